"""The evidence gate: nothing a judge claims is shown before it was found in the sources.

A quote must stand in the turn it cites, spoken by the agent, inside the moment, and be long enough to mean something.
Clause and exemplar ids must be among what retrieval found for the call, and the clause text shown is the corpus's own.
Words in quotation marks inside feedback must have been said in the call. What fails is named as a `Fault`, so that the
judge can be asked once more; what fails again is withheld and counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from coach.domain.base import Frozen
from coach.domain.moment import ClauseHit, ExemplarHit, Retrieved
from coach.domain.review import ClauseRef, Evidence, ExemplarRef, Feedback, Verdict
from coach.domain.transcript import Transcript, Turn
from coach.judging.judge import CallText, Fault, Judgement, Quote
from coach.judging.normal import locate, quoted_spans
from coach.judging.tone import suggestion_faults, tone_faults

SCORED = ("honored", "missed", "mixed")
MIN_QUOTE_WORDS = 2
"""A shorter quote counts only if it is all that was said in the turn."""


Hit = TypeVar("Hit", ClauseHit, ExemplarHit)


def _keep_best(best: dict[str, Hit], key: str, hit: Hit) -> None:
    if key not in best or hit.similarity > best[key].similarity:
        best[key] = hit


class Offered(Frozen):
    """What retrieval found for the moments of a call: all that a judge may cite, by id."""

    clauses: dict[str, ClauseHit]
    exemplars: dict[str, ExemplarHit]

    @classmethod
    def of(cls, retrieved: Iterable[Retrieved]) -> Offered:
        """Everything found for any of the moments, each with its best similarity."""
        clauses: dict[str, ClauseHit] = {}
        exemplars: dict[str, ExemplarHit] = {}
        for near in retrieved:
            for hit in near.clauses:
                _keep_best(clauses, hit.clause.id, hit)
            for case in (*near.honored, *near.missed, *near.mixed):
                _keep_best(exemplars, case.exemplar.id, case)
        return cls(clauses=clauses, exemplars=exemplars)

    def seen_from(self, near: Retrieved) -> Offered:
        """The same permissions, with the similarities of one moment where it has its own."""
        own = Offered.of([near])
        return Offered(clauses={**self.clauses, **own.clauses}, exemplars={**self.exemplars, **own.exemplars})


class Verified(Frozen):
    """A judgement's claims after the gate: what stood, and what did not.

    `feedback` is None where the judge gave none or a part of it did not stand.
    `withheld` counts the claims that were left out, `unsupported` those of them that are evidence and not wording.
    """

    judgement: Judgement
    evidence: tuple[Evidence, ...]
    clauses: tuple[ClauseRef, ...]
    exemplars: tuple[ExemplarRef, ...]
    feedback: Feedback | None
    faults: tuple[Fault, ...]
    withheld: int
    unsupported: int

    @property
    def stands(self) -> bool:
        """False for a verdict on the agent that has lost all its quotes or all its clauses."""
        return self.judgement.verdict not in SCORED or bool(self.evidence and self.clauses)


def verify(judgement: Judgement, transcript: Transcript, offered: Offered) -> Verified:
    """Check every claim of one judgement against the transcript and against what was retrieved for the call."""
    faults: list[str] = []
    evidence = tuple(_quotes(judgement, transcript, faults))
    clauses = tuple(_clauses(judgement.clause_ids, offered, faults))
    exemplars = tuple(_exemplars(judgement.exemplar_ids, offered, faults))
    withheld = len(faults)
    if judgement.verdict in SCORED and not judgement.quotes:
        faults.append("no words of the agent are quoted")
    if judgement.verdict in SCORED and not judgement.clause_ids:
        faults.append("no clause of the purpose is cited")
    faults += _contradictions(judgement.verdict, clauses, offered)
    feedback_faults = [] if judgement.feedback is None else list(_feedback_faults(judgement.feedback, transcript))
    return Verified(
        judgement=judgement,
        evidence=evidence,
        clauses=clauses,
        exemplars=exemplars,
        feedback=None if feedback_faults else judgement.feedback,
        faults=tuple(Fault(moment_id=judgement.moment.id, what=what) for what in (*faults, *feedback_faults)),
        withheld=withheld + bool(feedback_faults),
        unsupported=withheld,
    )


def _contradictions(verdict: Verdict | None, cited: Iterable[ClauseRef], offered: Offered) -> list[str]:
    """A miss that rests on nothing but honored-when lines, or the other way round, rests on nothing."""
    opposite = {"missed": "honored", "honored": "missed"}.get(verdict or "")
    kinds = {offered.clauses[clause.id].clause.kind for clause in cited}
    return [f"a {verdict} moment cites only {opposite}-when clauses"] if opposite and kinds == {opposite} else []


def call_text_faults(text: CallText, transcript: Transcript) -> list[str]:
    """What may not be shown of the words about the whole call; what is celebrated must be the agent's own."""
    parts = (text.summary, text.celebrate, text.try_next)
    faults = [fault for part in parts for fault in tone_faults(part)]
    faults += [fault for part in parts for fault in _unsaid(part, transcript.turns)]
    faults += _unsaid(text.celebrate, [turn for turn in transcript.turns if turn.speaker == "agent"])
    return faults + suggestion_faults(text.try_next)


def _quotes(judgement: Judgement, transcript: Transcript, faults: list[str]) -> Iterator[Evidence]:
    seen: set[tuple[int, int, int]] = set()
    for quote in judgement.quotes:
        found = _locate(quote, judgement, transcript)
        if isinstance(found, str):
            faults.append(found)
        elif (found.turn, found.start, found.end) not in seen:
            seen.add((found.turn, found.start, found.end))
            yield found


def _locate(quote: Quote, judgement: Judgement, transcript: Transcript) -> Evidence | str:
    """The evidence, or what is wrong with the quote."""
    turn = transcript.by_index.get(quote.turn)
    if turn is None:
        return f"turn {quote.turn} does not exist"
    first, last = judgement.moment.turns
    if not first <= quote.turn <= last:
        return f"turn {quote.turn} lies outside the moment's turns {first} to {last}"
    if turn.speaker != "agent":
        return f"turn {quote.turn} was spoken by the {turn.speaker}, not by the agent"
    span = locate(quote.text, turn.text)
    if span is None:
        return f"the quote '{quote.text[:80]}' does not stand in turn {quote.turn}; copy it letter by letter"
    start, end = span
    if too_short(turn.text, start, end):
        return f"the quote '{quote.text[:80]}' is too short to carry a verdict; quote two whole words or more"
    return Evidence(turn=quote.turn, start=start, end=end, quote=turn.text[start:end])


def too_short(text: str, start: int, end: int) -> bool:
    """Whether a quote means too little: cut inside a word, or a single word of a longer turn."""
    inside_word = (start > 0 and text[start - 1].isalnum() and text[start].isalnum()) or (
        end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    )
    words = len(text[start:end].split())
    return inside_word or (words < MIN_QUOTE_WORDS and words < len(text.split()))


def _clauses(ids: Iterable[str], offered: Offered, faults: list[str]) -> Iterator[ClauseRef]:
    for clause_id in dict.fromkeys(ids):
        if clause_id in offered.clauses:
            yield ClauseRef(id=clause_id, text=offered.clauses[clause_id].clause.text)
        else:
            faults.append(f"clause '{clause_id[:80]}' is not among the clauses given")


def _exemplars(ids: Iterable[str], offered: Offered, faults: list[str]) -> Iterator[ExemplarRef]:
    for exemplar_id in dict.fromkeys(ids):
        if exemplar_id in offered.exemplars:
            hit = offered.exemplars[exemplar_id]
            yield ExemplarRef(id=exemplar_id, verdict=hit.exemplar.verdict, similarity=hit.similarity)
        else:
            faults.append(f"exemplar '{exemplar_id[:80]}' is not among the cases given")


def _feedback_faults(feedback: Feedback, transcript: Transcript) -> Iterator[str]:
    for name, text in feedback:
        for fault in tone_faults(text):
            yield f"feedback {name} {fault}"
        # A suggestion or a question may offer wording of its own, in single marks.
        for fault in _unsaid(text, transcript.turns, single_marks=name == "observation"):
            yield f"feedback {name} {fault}"
    for fault in suggestion_faults(feedback.better_move):
        if not fault.startswith(("blames", "threatens")):
            yield f"feedback better_move {fault}"


def _unsaid(text: str, turns: Iterable[Turn], *, single_marks: bool = False) -> Iterator[str]:
    """Quoted words that nobody said in these turns."""
    said = [turn.text for turn in turns]
    for span in quoted_spans(text, single_marks=single_marks):
        if not any(locate(span.rstrip(".,;:!?…"), words) for words in said):
            yield f"quotes words that were not said in the call: '{span[:80]}'"
