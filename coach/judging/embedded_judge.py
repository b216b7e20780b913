"""The embedded judge: no network, no key, deterministic, milliseconds. Its words are the corpus's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from coach.domain.corpus import Clause, Exemplar, Principle
from coach.domain.moment import ClauseHit, ExemplarHit, Moment, Retrieved
from coach.domain.review import Compliance, Verdict
from coach.judging import feedback
from coach.judging.cues import Cues, hits
from coach.judging.judge import Judgement, JudgeRequest, JudgeResult, Quote
from coach.judging.moments import THRESHOLD
from coach.judging.reading import Ground, Reader

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
    clauses: tuple[Clause, ...]
    flags: tuple[str, ...]


class EmbeddedJudge:
    """Judges by what a reader says of each moment.

    Args:
        reader: reads the moments and chooses the words to quote.
        cues: words that speak of process and systems.
    """

    repairs = False
    finds_moments = False

    def __init__(self, reader: Reader, cues: Cues) -> None:
        self._reader = reader
        self._cues = cues

    @property
    def model(self) -> str:
        """Such as "local:contrast"."""
        return f"local:{self._reader.id}"

    @property
    def prompts(self) -> dict[str, str]:
        """None: this judge has no prompts."""
        return {}

    async def judge(self, request: JudgeRequest) -> JudgeResult:
        """Judge each moment as given; never raises ModelError."""
        verdicts = [self._verdict(moment, request.retrieved[moment.id]) for moment in request.moments]
        quotes = self._quotes(request.moments, verdicts)
        return JudgeResult(
            judgements=tuple(
                self._judgement(request, moment, verdict, found)
                for moment, verdict, found in zip(request.moments, verdicts, quotes, strict=True)
            )
        )

    def _verdict(self, moment: Moment, near: Retrieved) -> _Verdict:
        if moment.salience < THRESHOLD:
            return _Verdict("no_opportunity", round(1 - moment.salience, 4), (), ())
        reading = self._reader.read(moment, near)
        clauses = reading.clauses or _clauses_for(reading.verdict, near, reading.principle)
        if not moment.answer or not reading.near:
            return _Verdict(None, 0.0, (), ("nothing_near",))
        if hits(self._cues.harsh, moment.answer_text):
            return _Verdict(None, 0.0, clauses, ("harsh_words",))
        if reading.verdict is None or not clauses:
            return _Verdict(None, 0.0, clauses, ("undecided",))
        kept = () if reading.verdict == "no_opportunity" else clauses
        return _Verdict(reading.verdict, reading.confidence, kept, ("leaning",) if reading.confidence < LEANING else ())

    def _quotes(self, moments: Sequence[Moment], said: Sequence[_Verdict]) -> list[tuple[Quote, ...]]:
        """For each moment the words that carry its verdict, one quote for each clause it rests on, none twice."""
        grounds = [
            (n, Ground(moment, clause, one.verdict))
            for n, (moment, one) in enumerate(zip(moments, said, strict=True))
            if one.verdict is not None and one.verdict != "no_opportunity"
            for clause in one.clauses
        ]
        found: list[dict[Quote, None]] = [{} for _ in moments]
        for (n, _), quote in zip(grounds, self._reader.evidence([ground for _, ground in grounds]), strict=True):
            if quote is not None:
                found[n][quote] = None
        return [tuple(quotes) for quotes in found]

    def _judgement(self, request: JudgeRequest, moment: Moment, said: _Verdict, quotes: tuple[Quote, ...]) -> Judgement:
        near, verdict = request.retrieved[moment.id], said.verdict
        clause = said.clauses[0] if said.clauses else None
        principles = request.corpus.purpose.principles
        principle = next((p for p in principles if clause and p.id == clause.principle), None)
        named = hits(self._cues.system, f"{moment.need_text} {moment.answer_text}") > 0
        system = named and verdict in ("missed", "mixed")
        touched = {one.principle for one in said.clauses}
        return Judgement(
            moment=moment,
            verdict=verdict,
            compliance=self._compliance(moment.answer_text),
            attribution="system_or_policy" if system else "agent",
            confidence=said.confidence,
            principles=tuple(p.id for p in principles if p.id in touched),
            quotes=quotes,
            clause_ids=tuple(one.id for one in said.clauses),
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


def _clauses_for(verdict: Verdict | None, near: Retrieved, principle: str | None) -> tuple[Clause, ...]:
    """The nearest clause that can carry the verdict, from the principle touched if it has one; () if there is none."""
    kinds = {"honored": ("honored", "meaning"), "missed": ("missed", "meaning"), "mixed": ("meaning", "honored")}
    wanted = kinds.get(verdict or "", ("meaning", "honored", "missed"))
    fitting = [hit for hit in near.clauses if hit.clause.kind in wanted]

    def rank(hit: ClauseHit) -> tuple[bool, bool, float]:
        return hit.clause.principle == principle, hit.clause.kind == wanted[0], hit.similarity

    return (max(fitting, key=rank).clause,) if fitting else ()


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
