"""Fills the embedding cache in large batches before any case is judged, which is faster than case by case.

A text that is forgotten here is embedded when it is needed: this is about speed only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from coach.evaluation.bench import Bench
from coach.evaluation.tasks import Task
from coach.judging.embedding import clip
from coach.judging.exchanges import exchanges
from coach.judging.moments import moment_at
from coach.judging.sentences import sentence_spans

BATCH = 2048


def warm(tasks: Iterable[Task], bench: Bench, *, done: Collection[str]) -> None:
    """Embed what judging the tasks will need, as far as it is known beforehand.

    Args:
        tasks: what will be asked.
        bench: whose embedder to warm.
        done: keys of tasks that will not be asked again.
    """
    texts = list(dict.fromkeys(text for task in tasks if task.gold.key not in done for text in _texts(task, bench)))
    for start in range(0, len(texts), BATCH):
        bench.embedder.embed(texts[start : start + BATCH])


def _texts(task: Task, bench: Bench) -> Iterator[str]:
    transcript = bench.prepare(task.transcript)
    if task.span is None:
        for unit in exchanges(transcript.turns):
            sides = [" ".join(turn.text for turn in side) for side in (unit.need, unit.answer) if side]
            yield clip(" / ".join(sides))
        return
    try:
        moment = moment_at(transcript, *task.span)
    except ValueError:
        return
    sides = [side for side in (moment.need_text, moment.answer_text) if side]
    yield clip(" / ".join(sides))
    yield from (side.strip() for side in sides if side.strip())
    for turn in moment.answer:
        yield from (turn.text[start:end] for start, end in sentence_spans(turn.text))
