"""Asks the judge: any number of tasks, some at a time, one failing case never stopping the others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Iterator

from coach.domain.moment import ExemplarHit, Retrieved
from coach.domain.review import MomentReview
from coach.domain.transcript import Transcript
from coach.errors import ModelError
from coach.evaluation.bench import Bench
from coach.evaluation.recordings import NoRecordingError
from coach.evaluation.records import Outcome, Said
from coach.evaluation.tasks import Task
from coach.judging.moments import moment_at

KEPT = 20
"""Of what retrieval brings back; no number looks further down."""


async def ask_all(
    tasks: Iterable[Task],
    bench: Bench,
    *,
    repeats: int,
    done: Collection[tuple[str, int]],
    tell: Callable[[Outcome], None],
) -> None:
    """Ask for every task and repeat that is not done yet.

    Args:
        tasks: what to ask.
        bench: whom to ask.
        repeats: how often each task is asked, at least 1.
        done: (key, repeat) pairs to skip.
        tell: told each outcome as it comes, in any order.
    """
    waiting = ((task, repeat) for repeat in range(repeats) for task in tasks if (task.gold.key, repeat) not in done)

    async def work() -> None:
        for task, repeat in waiting:
            tell(await ask(task, repeat, bench))

    await asyncio.gather(*(work() for _ in range(bench.concurrency)))


async def ask(task: Task, repeat: int, bench: Bench) -> Outcome:
    """Ask once. A judge that gives no answer is an outcome too, with its reason."""
    started = time.perf_counter()
    key = task.gold.key
    try:
        if task.gold.set == "retrieval":
            return _search(task, repeat, bench)
        return await _judge(task, repeat, bench)
    except NoRecordingError as error:
        return Outcome(key=key, repeat=repeat, error=str(error), missing=True)
    except (ModelError, ValueError) as error:
        tokens_in, tokens_out = (error.tokens_in, error.tokens_out) if isinstance(error, ModelError) else (0, 0)
        return Outcome(
            key=key,
            repeat=repeat,
            error=" ".join(str(error).split()),
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            latency_ms=round((time.perf_counter() - started) * 1000),
        )


async def _judge(task: Task, repeat: int, bench: Bench) -> Outcome:
    reviewer = bench.reviewers[task.gold.company]
    shown = bench.prepare(task.transcript)
    review = await (reviewer.review(shown) if task.span is None else reviewer.review_spans(shown, [task.span]))
    provenance = review.provenance
    return Outcome(
        key=task.gold.key,
        repeat=repeat,
        said=tuple(_said(moment, shown) for moment in review.moments),
        withheld=review.counts.withheld,
        tokens_in=provenance.tokens_in,
        tokens_out=provenance.tokens_out,
        cost_usd=provenance.cost_usd,
        latency_ms=provenance.latency_ms,
    )


def _search(task: Task, repeat: int, bench: Bench) -> Outcome:
    if task.span is None:
        raise ValueError("retrieval needs a moment")
    started = time.perf_counter()
    found = bench.searches[task.gold.company]([moment_at(bench.prepare(task.transcript), *task.span)])[0]
    return Outcome(
        key=task.gold.key,
        repeat=repeat,
        clauses=tuple(hit.clause.id for hit in found.clauses[:KEPT]),
        exemplars=tuple(hit.exemplar.id for hit in _ranked(found)[:KEPT]),
        latency_ms=round((time.perf_counter() - started) * 1000),
    )


def _ranked(found: Retrieved) -> list[ExemplarHit]:
    cases = (*found.honored, *found.missed, *found.mixed)
    return sorted(cases, key=lambda hit: (-hit.similarity, hit.exemplar.id))


def _said(moment: MomentReview, transcript: Transcript) -> Said:
    return Said(
        turns=moment.turns,
        verdict=moment.verdict,
        compliance=moment.compliance,
        attribution=moment.attribution,
        purpose_gap=moment.purpose_gap,
        confidence=moment.confidence,
        evidence_turns=tuple(dict.fromkeys(piece.turn for piece in moment.evidence)),
        quotes=len(moment.evidence),
        verified=sum(_stands(moment, transcript)),
        clauses=tuple(clause.id for clause in moment.clauses),
        flags=moment.flags,
    )


def _stands(moment: MomentReview, transcript: Transcript) -> Iterator[bool]:
    """For each quote, whether it is what the agent said, where it says, inside the moment."""
    first, last = moment.turns
    for piece in moment.evidence:
        turn = transcript.by_index.get(piece.turn)
        yield (
            turn is not None
            and first <= piece.turn <= last
            and turn.speaker == "agent"
            and turn.text[piece.start : piece.end] == piece.quote
        )
