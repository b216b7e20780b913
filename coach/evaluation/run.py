"""One run from checked sets to a complete run file."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from coach.evaluation import provenance
from coach.evaluation.asking import ask_all
from coach.evaluation.bench import Bench
from coach.evaluation.recordings import RECORDED
from coach.evaluation.records import Circumstances, Ingredients, Outcome, RunFile, SplitChoice
from coach.evaluation.runfile import Notes, write_run
from coach.evaluation.scoring.scores import score
from coach.evaluation.sets.cases import SetName
from coach.evaluation.sets.loading import EvalSets
from coach.evaluation.tasks import expand, mark_unchanged
from coach.evaluation.warming import warm


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run.

    Attributes:
        model: the judge, as the user named it.
        names: the sets.
        limit: at most so many cases of each set, spread over it; None for all.
        repeats: how often each case is asked, at least 1.
        mask: whether transcripts are masked first, as the bench does it; for the record.
    """

    model: str
    names: tuple[SetName, ...]
    split: SplitChoice
    limit: int | None
    repeats: int
    mask: bool


class Run:
    """A run that is about to be made, or continued.

    Args:
        plan: what to run.
        sets: the checked cases.
        bench: whom to ask.
    """

    def __init__(self, plan: Plan, sets: EvalSets, bench: Bench) -> None:
        self._plan = plan
        self._bench = bench
        self._tasks = mark_unchanged(expand(sets, plan.names, plan.split, plan.limit), bench.prepare)
        self._ingredients = _ingredients(plan, sets, bench)

    @property
    def key(self) -> str:
        """Names what the answers are made from: a run with an equal key may be continued as this one."""
        return provenance.answers_key(self._ingredients)

    @property
    def size(self) -> int:
        """How many times the judge will be asked."""
        return len(self._tasks) * self._plan.repeats

    async def make(self, out: Path, *, tell: Callable[[int], None]) -> RunFile:
        """Ask, score, and write the run file. A run that was cut off is continued where it was.

        Args:
            out: the run file.
            tell: told how many outcomes there are, after each.
        """
        started, clock = datetime.now(UTC), time.perf_counter()
        notes = Notes(out, self.key)
        outcomes = {(outcome.key, outcome.repeat): outcome for outcome in notes.resume()}
        warm(self._tasks, self._bench, done={key for key, _ in outcomes})

        def keep(outcome: Outcome) -> None:
            if self._plan.model == RECORDED:
                outcome = outcome.model_copy(update={"latency_ms": None})
            outcomes[outcome.key, outcome.repeat] = outcome
            notes.add(outcome)
            tell(len(outcomes))

        await ask_all(self._tasks, self._bench, repeats=self._plan.repeats, done=frozenset(outcomes), tell=keep)
        commit, dirty = provenance.git_state(provenance.PACKAGE)
        run = self._complete(
            [outcomes[task.gold.key, repeat] for repeat in range(self._plan.repeats) for task in self._tasks],
            Circumstances(
                started=started.isoformat(timespec="seconds"),
                seconds=round(time.perf_counter() - clock, 1),
                commit=commit,
                dirty=dirty,
                machine=provenance.machine(),
                versions=provenance.versions(),
            ),
        )
        write_run(out, run)
        notes.drop()
        return run

    def _complete(self, outcomes: Sequence[Outcome], circumstances: Circumstances) -> RunFile:
        cases = tuple(task.gold for task in self._tasks)
        return RunFile(
            ingredients=self._ingredients,
            circumstances=circumstances,
            scores=score(cases, outcomes, self._plan.names),
            cases=cases,
            outcomes=tuple(outcomes),
        )


def _ingredients(plan: Plan, sets: EvalSets, bench: Bench) -> Ingredients:
    return Ingredients(
        model=plan.model,
        embedder=bench.embedder.id,
        mask=plan.mask,
        sets={name: sets.hashes[name] for name in plan.names},
        split=plan.split,
        limit=plan.limit,
        repeats=plan.repeats,
        prompts=provenance.prompt_hashes(),
        answer_schema=provenance.answer_schema_hash(),
        calibration=provenance.calibration_hash(),
        corpora=provenance.corpus_hashes(sets.corpora),
        scorer=provenance.scorer_hash(),
        code=provenance.code_hash(),
    )
