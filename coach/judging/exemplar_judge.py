"""The embedded judge: no network, no key, deterministic, milliseconds. Its words are the corpus's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from coach.domain.corpus import Clause, Exemplar, Principle
from coach.domain.moment import ClauseHit, ExemplarHit, Moment, Retrieved
from coach.domain.review import Compliance, Verdict
from coach.judging import feedback
from coach.judging.contrast import Calibration, read_contrast
from coach.judging.cues import Cues, hits
from coach.judging.embedding import Encoder
from coach.judging.gate import too_short
from coach.judging.judge import Judgement, JudgeRequest, JudgeResult, Quote
from coach.judging.moments import THRESHOLD
from coach.judging.sentences import sentence_spans

EXEMPLARS_SHOWN = 2
"""Per side: the nearest honoured and the nearest missed cases, for a reader to compare."""
CASE_NEAR = 0.5
"""A case less alike than this is not held up as an example to learn from."""
MOVE_NEAR = 0.25
"""A clause whose situation is less alike than this to the customer's need (cosine) is no suggestion for it."""
LEANING = 0.5
"""A verdict of less confidence than this is a leaning, and says so."""


class _Verdict(NamedTuple):
    verdict: Verdict | None
    confidence: float
    clause: Clause | None
    flags: tuple[str, ...]


class ExemplarJudge:
    """Judges by the contrast between honoured and missed cases and clauses near a moment.

    Args:
        encoder: chooses the sentence to quote.
        cues: words that speak of process and systems.
        calibration: parameters of the contrast.
    """

    model = "local"
    repairs = False
    finds_moments = False

    def __init__(self, encoder: Encoder, cues: Cues, calibration: Calibration) -> None:
        self._encoder = encoder
        self._cues = cues
        self._calibration = calibration

    @property
    def prompts(self) -> dict[str, str]:
        """None: this judge has no prompts."""
        return {}

    async def judge(self, request: JudgeRequest) -> JudgeResult:
        """Judge each moment as given; never raises ModelError."""
        verdicts = [self._verdict(moment, request.retrieved[moment.id]) for moment in request.moments]
        quotes = self._choose_quotes(request.moments, [verdict.clause for verdict in verdicts])
        return JudgeResult(
            judgements=tuple(
                self._judgement(request, moment, verdict, quote)
                for moment, verdict, quote in zip(request.moments, verdicts, quotes, strict=True)
            )
        )

    def _verdict(self, moment: Moment, near: Retrieved) -> _Verdict:
        if moment.salience < THRESHOLD:
            return _Verdict("no_opportunity", round(1 - moment.salience, 4), None, ())
        reading = read_contrast(near, self._calibration)
        clause = _clause_for(reading.verdict, near, reading.principle)
        if not moment.answer or not reading.near:
            return _Verdict(None, 0.0, None, ("nothing_near",))
        if hits(self._cues.harsh, moment.answer_text):
            return _Verdict(None, 0.0, clause, ("harsh_words",))
        if reading.verdict is None or clause is None:
            return _Verdict(None, 0.0, clause, ("undecided",))
        kept = None if reading.verdict == "no_opportunity" else clause
        return _Verdict(reading.verdict, reading.confidence, kept, ("leaning",) if reading.confidence < LEANING else ())

    def _judgement(self, request: JudgeRequest, moment: Moment, said: _Verdict, quote: Quote | None) -> Judgement:
        near, verdict, clause = request.retrieved[moment.id], said.verdict, said.clause
        principle = next((p for p in request.corpus.purpose.principles if clause and p.id == clause.principle), None)
        named = hits(self._cues.system, f"{moment.need_text} {moment.answer_text}") > 0
        system = named and verdict in ("missed", "mixed")
        return Judgement(
            moment=moment,
            verdict=verdict,
            compliance=self._compliance(moment.answer_text),
            attribution="system_or_policy" if system else "agent",
            confidence=said.confidence,
            principles=(principle.id,) if principle else (),
            quotes=(quote,) if quote and verdict not in (None, "no_opportunity") else (),
            clause_ids=(clause.id,) if clause else (),
            exemplar_ids=() if verdict == "no_opportunity" else _shown(near),
            feedback=feedback.compose(
                verdict,
                principle,
                clause,
                move=_move_for(near, principle),
                case=_case_for(verdict, near),
                system=system,
            ),
            flags=said.flags,
        )

    def _compliance(self, answer: str) -> Compliance:
        broke, followed = hits(self._cues.broke, answer), hits(self._cues.followed, answer)
        if broke > followed:
            return "broke"
        return "followed" if followed > broke else "not_covered"

    def _choose_quotes(self, moments: tuple[Moment, ...], clauses: list[Clause | None]) -> list[Quote | None]:
        """For each moment the agent's sentence nearest to the clause that the verdict rests on."""
        pieces = [list(_quotable(moment)) if clause else [] for moment, clause in zip(moments, clauses, strict=True)]
        texts = [quote.text for options in pieces for quote in options]
        texts += [clause.text for clause in clauses if clause]
        if not texts:
            return [None] * len(moments)
        vectors = dict(zip(texts, self._encoder.embed(texts), strict=True))
        return [
            max(options, key=lambda quote: round(float(vectors[quote.text] @ vectors[clause.text]), 4))
            if clause and options
            else None
            for options, clause in zip(pieces, clauses, strict=True)
        ]


def _quotable(moment: Moment) -> Iterator[Quote]:
    """Pieces of the agent's turns that the gate takes."""
    for turn in moment.answer:
        for start, end in sentence_spans(turn.text):
            if not too_short(turn.text, start, end):
                yield Quote(turn=turn.index, text=turn.text[start:end])


def _clause_for(verdict: Verdict | None, near: Retrieved, principle: str | None) -> Clause | None:
    """The nearest clause that can carry the verdict, from the principle touched if it has one."""
    kinds = {"honored": ("honored", "meaning"), "missed": ("missed", "meaning"), "mixed": ("meaning", "honored")}
    wanted = kinds.get(verdict or "", ("meaning", "honored", "missed"))
    fitting = [hit for hit in near.clauses if hit.clause.kind in wanted]

    def rank(hit: ClauseHit) -> tuple[bool, bool, float]:
        return hit.clause.principle == principle, hit.clause.kind == wanted[0], hit.similarity

    return max(fitting, key=rank).clause if fitting else None


def _move_for(near: Retrieved, principle: Principle | None) -> Clause | None:
    """What the principle would like to see where the need is like this one."""
    fitting = [hit for hit in near.clauses if principle and hit.clause.principle == principle.id]
    honored = [hit for hit in fitting if hit.clause.kind == "honored" and hit.to_need >= MOVE_NEAR]
    return max(honored, key=lambda hit: (hit.to_need, hit.clause.id)).clause if honored else None


def _case_for(verdict: Verdict | None, near: Retrieved) -> Exemplar | None:
    side: dict[Verdict | None, tuple[ExemplarHit, ...]] = {
        "honored": near.honored,
        "missed": near.missed,
        "mixed": near.mixed,
    }
    nearest = next(iter(side.get(verdict, ())), None)
    return nearest.exemplar if nearest and nearest.similarity >= CASE_NEAR else None


def _shown(near: Retrieved) -> tuple[str, ...]:
    sides = (near.honored[:EXEMPLARS_SHOWN], near.missed[:EXEMPLARS_SHOWN], near.mixed[:1])
    ranked = sorted((hit for side in sides for hit in side), key=lambda hit: (-hit.similarity, hit.exemplar.id))
    return tuple(hit.exemplar.id for hit in ranked)
