"""The cases that a report shows in full: wrong verdicts, the surest first, and verdicts that moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coach.domain.transcript import Transcript
from coach.evaluation.records import Gold, SplitChoice
from coach.evaluation.scoring.answers import Answer
from coach.evaluation.sets.loading import VARIANT_SETS, EvalSets
from coach.evaluation.tables import said

SHOWN = 12


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn; `inside` the moment, `quoted` by the judge as evidence."""

    index: int
    speaker: str
    text: str
    inside: bool
    quoted: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case in full. `moved` says from which verdict a variant moved; empty for a wrong verdict."""

    key: str
    company: str
    tags: tuple[str, ...]
    right: str
    said: str
    confidence: str
    moved: str
    why: str
    turns: tuple[TurnView, ...]


@dataclass(frozen=True, slots=True)
class _Source:
    transcript: Transcript
    span: tuple[int, int]
    why: str


def telling_cases(answers: Sequence[Answer], sets: EvalSets, split: SplitChoice) -> tuple[CaseView, ...]:
    """At most a dozen wrong verdicts and a dozen flips, of the first time each case was asked."""
    shown = [a for a in answers if a.outcome.repeat == 0 and split in ("all", a.gold.split)]
    wrong = [a for a in shown if a.gold.set in ("moments", "swaps") and a.verdict is not None and not a.right]
    wrong.sort(key=lambda a: (-(a.said.confidence if a.said else 0), a.gold.key))
    base = {a.gold.key: a for a in answers if a.outcome.repeat == 0}
    flips = [
        (a, base[a.gold.base])
        for a in shown
        if a.gold.set in VARIANT_SETS and a.gold.base in base and a.verdict != base[a.gold.base].verdict
    ]
    sources = dict(_sources(sets))
    return tuple(
        _view(answer, sources[answer.gold.key], moved)
        for answer, moved in (
            *((a, "") for a in wrong[:SHOWN]),
            *((a, said(b.verdict)) for a, b in flips[:SHOWN]),
        )
    )


def _sources(sets: EvalSets) -> Iterator[tuple[str, _Source]]:
    for case in sets.moments:
        yield f"moments/{case.id}", _Source(case.transcript, case.moment, case.why)
    for swap in sets.swaps:
        for side in swap.sides:
            yield f"swaps/{swap.id}/{side.company}", _Source(swap.transcript, swap.moment, side.why)
    for name, variants in sets.variants.items():
        for variant in variants:
            yield f"{name}/{variant.id}", _Source(variant.transcript, variant.moment, "")


def _view(answer: Answer, source: _Source, moved: str) -> CaseView:
    first, last = source.span
    quoted = set(answer.said.evidence_turns if answer.said else ())
    gold: Gold = answer.gold
    return CaseView(
        key=gold.key,
        company=gold.company,
        tags=(*((gold.kind,) if gold.kind else ()), *gold.tags),
        right=said(gold.verdict),
        said=said(answer.verdict),
        confidence=f"{answer.said.confidence:.2f}" if answer.said else "",
        moved=moved,
        why=source.why,
        turns=tuple(
            TurnView(turn.index, turn.speaker, turn.text, first <= turn.index <= last, turn.index in quoted)
            for turn in source.transcript.turns
        ),
    )
