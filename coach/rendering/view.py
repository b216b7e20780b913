"""What a reader sees of a review, as typed words: no markup, no layout, the same for every format."""

from __future__ import annotations

from dataclasses import dataclass

from coach.domain.corpus import Corpus, Exemplar, ExemplarVerdict
from coach.domain.review import ClauseRef, Counts, ExemplarRef, MomentReview, Review
from coach.domain.transcript import Transcript
from coach.rendering import wording
from coach.rendering.kpi_view import KpiView, kpi_views
from coach.rendering.safe import clean, one_line
from coach.rendering.transcript_view import Stretch, stretches, who
from coach.rendering.wording import Label

_SCORED = ("honored", "mixed", "missed")


@dataclass(frozen=True, slots=True)
class Count:
    """How many moments ended in one way."""

    label: Label
    number: int


@dataclass(frozen=True, slots=True)
class Quote:
    """The words a verdict rests on; `time` is empty where the source has none."""

    turn: int
    speaker: str
    time: str
    text: str


@dataclass(frozen=True, slots=True)
class ClauseView:
    """A clause of the purpose; `principle` is the principle's title, or "Guardrail"."""

    id: str
    principle: str
    text: str


@dataclass(frozen=True, slots=True)
class ExemplarView:
    """An exemplar beside a moment; `turns` are (speaker, words)."""

    id: str
    label: Label
    title: str
    similarity: float
    situation: str
    turns: tuple[tuple[str, str], ...]
    why: str
    better_move: str


@dataclass(frozen=True, slots=True)
class MomentView:
    """One judged moment; `notes` are whole sentences the reader must know before trusting the verdict."""

    id: str
    number: int
    turns: str
    time: str
    purpose: Label
    script: Label
    confidence: str
    confidence_value: float
    principles: tuple[str, ...]
    notes: tuple[str, ...]
    quotes: tuple[Quote, ...]
    clauses: tuple[ClauseView, ...]
    exemplars: tuple[ExemplarView, ...]
    observation: str
    better_move: str
    question: str


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One call's review in words.

    Attributes:
        statement: what the company is for, in one sentence.
        score: `82 of 100` or `No score`.
        score_value: the score in [0, 100], or None.
        basis: what the score rests on, such as `from 3 moments`; empty without a score.
        lead: what to read first: the summary, and why there is no score where there is none.
        routine: whether the agent spoke and nothing was there to judge.
        moments: what deserves a reader's time, in the order of the call.
        telling: position in `moments` of the first one with a verdict worth comparing; None if there is none.
        routine_turns: turn ranges of moments that were looked at and found routine.
        stretches: the whole transcript, cut into stretches with and without judged moments.
        unmarked: what to call a stretch without one; nobody looks at a call whose agent is not known.
        masking: whether personal data was masked, and what its placeholders mean.
    """

    call_id: str
    company: str
    statement: str
    score: str
    score_value: float | None
    basis: str
    counts: tuple[Count, ...]
    withheld: int
    lead: tuple[str, ...]
    celebrate: str
    try_next: str
    routine: bool
    notes: tuple[str, ...]
    moments: tuple[MomentView, ...]
    telling: int | None
    routine_turns: tuple[str, ...]
    kpis: tuple[KpiView, ...]
    kpi_notes: tuple[KpiView, ...]
    stretches: tuple[Stretch, ...]
    unmarked: str
    masking: str
    provenance: tuple[tuple[str, str], ...]


def review_view(review: Review, transcript: Transcript, corpus: Corpus, *, masked: bool) -> ReviewView:
    """Put a review into words.

    Args:
        review: the review.
        transcript: the transcript the review's turn numbers and offsets refer to, masked if it was.
        corpus: the corpus it was judged by.
        masked: whether personal data was masked.
    """
    agent_speaks = any(turn.speaker == "agent" for turn in transcript.turns)
    routine = agent_speaks and review.score is None and all(_is_routine(moment) for moment in review.moments)
    kpis = kpi_views(transcript.kpis, corpus.purpose.kpis)
    shown = tuple(moment for moment in review.moments if not _is_routine(moment))
    return ReviewView(
        call_id=one_line(review.call_id),
        company=one_line(corpus.purpose.name),
        statement=wording.first_sentence(one_line(corpus.purpose.statement)),
        score=wording.NO_SCORE if review.score is None else f"{review.score:.0f} of 100",
        score_value=review.score,
        basis=_basis(review),
        counts=_counts(review.counts),
        withheld=review.counts.withheld,
        lead=_lead(review, routine),
        celebrate=clean(review.celebrate),
        try_next=clean(review.try_next),
        routine=routine,
        notes=tuple(wording.flag_note(flag) for flag in transcript.flags),
        moments=tuple(_moment(number, moment, transcript, corpus) for number, moment in enumerate(shown, 1)),
        telling=next((n for n, moment in enumerate(shown) if moment.verdict in _SCORED), None),
        routine_turns=tuple(wording.turns_words(*moment.turns) for moment in review.moments if _is_routine(moment)),
        kpis=kpis,
        kpi_notes=tuple(kpi for kpi in kpis if kpi.note),
        stretches=stretches(transcript, shown),
        unmarked=wording.NOTHING_MARKED if agent_speaks else wording.NOT_LOOKED_AT,
        masking=wording.masking_note(masked, (turn.text for turn in transcript.turns)),
        provenance=_provenance(review),
    )


def counts_words(view: ReviewView) -> str:
    """The counts on one line, such as `✓ 2 honored · ✗ 1 missed`; lines break between counts only."""
    parts = [f"{count.label.symbol} {count.number} {count.label.text.lower()}" for count in view.counts]
    return " · ".join(part.replace(" ", "\xa0") for part in parts)


def withheld_words(view: ReviewView) -> str:
    """What the evidence gate withheld, as a sentence; empty where it withheld nothing."""
    if not view.withheld:
        return ""
    pieces = "1 piece" if view.withheld == 1 else f"{view.withheld} pieces"
    return f"{pieces} of evidence could not be verified and was withheld."


def _is_routine(moment: MomentReview) -> bool:
    return (
        moment.verdict == "no_opportunity"
        and moment.compliance != "broke"
        and moment.attribution == "agent"
        and moment.purpose_gap == "none"
    )


def _basis(review: Review) -> str:
    if review.score is None:
        return ""
    scored = sum(moment.attribution == "agent" and moment.verdict in _SCORED for moment in review.moments)
    return "from 1 moment" if scored == 1 else f"from {scored} moments"


def _lead(review: Review, routine: bool) -> tuple[str, ...]:
    summary = clean(review.summary).strip()
    if routine:
        told = wording.ROUTINE_MARK in summary
        return (summary,) if told else tuple(part for part in (wording.ROUTINE, summary) if part)
    why = wording.NOTHING_COUNTS if review.score is None else ""
    return tuple(part for part in (summary, why) if part)


def _counts(counts: Counts) -> tuple[Count, ...]:
    return (
        Count(wording.purpose_label("honored"), counts.honored),
        Count(wording.purpose_label("missed"), counts.missed),
        Count(wording.purpose_label("mixed"), counts.mixed),
        Count(wording.purpose_label("no_opportunity"), counts.no_opportunity),
        Count(wording.purpose_label(None), counts.unscored),
    )


def _moment(number: int, moment: MomentReview, transcript: Transcript, corpus: Corpus) -> MomentView:
    titles = {principle.id: principle.title for principle in corpus.purpose.principles}
    first = transcript.by_index.get(moment.turns[0])
    notes = (
        wording.attribution_note(moment.attribution),
        wording.gap_note(moment.purpose_gap),
        *(wording.flag_note(flag) for flag in moment.flags if flag not in transcript.flags),
    )
    return MomentView(
        id=moment.id,
        number=number,
        turns=wording.turns_words(*moment.turns),
        time=wording.clock(first.start_ms if first else None),
        purpose=wording.purpose_label(moment.verdict),
        script=wording.script_label(moment.compliance),
        confidence=wording.confidence_words(moment.verdict, moment.confidence),
        confidence_value=moment.confidence,
        principles=tuple(titles.get(principle, principle) for principle in moment.principles),
        notes=tuple(clean(note) for note in notes if note),
        quotes=_quotes(moment, transcript),
        clauses=tuple(_clause(clause, titles) for clause in moment.clauses),
        exemplars=_nearest(moment, corpus),
        observation=clean(moment.feedback.observation),
        better_move=clean(moment.feedback.better_move),
        question=clean(moment.feedback.question),
    )


def _quotes(moment: MomentReview, transcript: Transcript) -> tuple[Quote, ...]:
    quotes = []
    for evidence in moment.evidence:
        turn = transcript.by_index.get(evidence.turn)
        speaker, time = (who(turn.speaker), wording.clock(turn.start_ms)) if turn else ("", "")
        quotes.append(Quote(evidence.turn, speaker, time, one_line(evidence.quote)))
    return tuple(quotes)


def _clause(clause: ClauseRef, titles: dict[str, str]) -> ClauseView:
    owner = clause.id.split("/", 1)[0]
    principle = "Guardrail" if owner == "guardrail" else titles.get(owner, owner)
    return ClauseView(id=clause.id, principle=principle, text=one_line(clause.text))


def _nearest(moment: MomentReview, corpus: Corpus) -> tuple[ExemplarView, ...]:
    """The nearest honored and the nearest missed exemplar, and the nearest mixed one only where it is nearer still."""
    nearest: dict[ExemplarVerdict, ExemplarRef] = {}
    for ref in sorted(moment.exemplars, key=lambda ref: -ref.similarity):
        if ref.id in corpus.exemplar_by_id:
            nearest.setdefault(ref.verdict, ref)
    if "mixed" in nearest and next(iter(nearest)) != "mixed":
        del nearest["mixed"]
    order: tuple[ExemplarVerdict, ...] = ("honored", "missed", "mixed")
    refs = (nearest[verdict] for verdict in order if verdict in nearest)
    return tuple(_exemplar(corpus.exemplar_by_id[ref.id], ref.similarity) for ref in refs)


def _exemplar(exemplar: Exemplar, similarity: float) -> ExemplarView:
    return ExemplarView(
        id=exemplar.id,
        label=wording.purpose_label(exemplar.verdict),
        title=one_line(exemplar.title),
        similarity=similarity,
        situation=clean(exemplar.situation).strip(),
        turns=tuple((who(turn.speaker), clean(turn.text).strip()) for turn in exemplar.turns),
        why=clean(exemplar.why).strip(),
        better_move=clean(exemplar.better_move).strip(),
    )


def _provenance(review: Review) -> tuple[tuple[str, str], ...]:
    made = review.provenance
    cost = "not known" if made.cost_usd is None else f"${made.cost_usd:.4f}"
    prompts = ", ".join(f"{name} {digest[:12]}" for name, digest in sorted(made.prompts.items()))
    rows = (
        ("Model", made.model),
        ("Prompts", prompts),
        ("Purpose", made.purpose[:12]),
        ("Corpus", made.corpus[:12]),
        ("Embedder", made.embedder),
        ("Tokens", f"{made.tokens_in} in, {made.tokens_out} out" if made.tokens_in or made.tokens_out else ""),
        ("Cost", cost if made.tokens_in or made.tokens_out else ""),
        ("Time", f"{made.latency_ms} ms"),
        ("Version", made.version),
    )
    return tuple((name, one_line(value)) for name, value in rows if value)
