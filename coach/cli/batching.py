"""What the batch commands do, between the settings and the person who watches."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coach.batch_app import CoachJudging, build_judging, make_judging, make_recipe, request_files, settings_for
from coach.cli.terminal import complain, errors, output
from coach.cli.watching import Watch, duration, summary_line
from coach.errors import SettingsError
from coach.jobs import running
from coach.jobs.sources import check_sources
from coach.jobs.worker import Worker, check_alone
from coach.rendering.safe import one_line
from coach.store import Batch, Store, open_store

if TYPE_CHECKING:
    from coach.jobs.export import Format
    from coach.settings import Settings
    from coach.store.records import Mode

FAILURES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user wants judged."""

    sources: tuple[str, ...]
    company: str | None
    agent_speaker: str | None
    mode: Mode
    max_cost: float | None


def run(settings: Settings, asked: Asked, *, yes: bool, detach: bool) -> int:
    """Begin a batch and judge it, or only queue it; the exit code."""
    check_sources(asked.sources)
    _check_mode(asked, detach)
    with _opened(settings) as store:
        watch = Watch(errors())
        judging = build_judging(settings, store, asked.company, asked.mode, watch.tell)
        _check_price(settings, asked.max_cost)
        if not yes and settings.model != "local":
            _confirm(settings, asked, judging, watch)
        recipe = make_recipe(settings, judging, asked.sources, agent_speaker=asked.agent_speaker, mode=asked.mode)
        with watch:  # not before: a bar that moves and a question do not go together
            batch = running.begin(store, recipe, asked.max_cost)
            watch.tell(f"batch {batch.id}")
            if detach:
                return _queue(store, batch, judging, watch)
            return _judge(settings, store, batch, judging, watch)


def resume(settings: Settings, batch_id: str, max_cost: float | None) -> int:
    """Go on with a batch; the exit code."""
    with _opened(settings) as store, Watch(errors()) as watch:
        batch = running.find(store, batch_id)
        if batch.state == "done":
            watch.tell(summary_line(batch))
            return _code(batch)
        _check_limit(batch.recipe.mode, max_cost)
        _check_price(settings_for(settings, batch.recipe), max_cost)
        check_alone(store, batch.id)
        store.batches.go_on(batch.id, max_cost=max_cost)
        return _judge(settings, store, running.find(store, batch_id), _judging_of(settings, store, batch, watch), watch)


def retry_failed(settings: Settings, batch_id: str) -> int:
    """Judge failed calls again; the exit code."""
    from coach.llm.deferred import GIVEN_UP

    with _opened(settings) as store, Watch(errors()) as watch:
        batch = running.find(store, batch_id)
        if batch.state == "running":
            raise SettingsError(f"batch {batch_id}", "is still running", remedy="wait, or cancel it first")
        check_alone(store, batch_id)
        again = store.items.retry_failed(batch_id)
        store.requests.forget_failed(batch_id, GIVEN_UP)
        watch.tell(f"{again} calls to try again")
        store.batches.go_on(batch_id)
        return _judge(settings, store, running.find(store, batch_id), _judging_of(settings, store, batch, watch), watch)


def cancel(settings: Settings, batch_id: str) -> None:
    """Stop a batch wherever it runs."""
    with _opened(settings) as store:
        running.find(store, batch_id)
        store.batches.stop(batch_id, "cancelled", "by the user")
        complain(summary_line(running.find(store, batch_id)))


def status(settings: Settings, batch_id: str) -> None:
    """Print how a batch stands."""
    with _opened(settings) as store:
        batch, console = running.find(store, batch_id), output()
        console.print(one_line(summary_line(batch)), soft_wrap=True)
        for event in store.events.of(batch_id):
            console.print(one_line(f"{event.at:%Y-%m-%d %H:%M:%S} UTC  {event.kind}  {event.text}"), soft_wrap=True)
        for item in store.items.failures(batch_id, FAILURES_SHOWN):
            name = f" ({item.call_id})" if item.call_id else ""
            console.print(one_line(f"failed: {item.source}{name}: {item.reason}"), soft_wrap=True)
        if batch.failed > FAILURES_SHOWN:
            console.print(f"and {batch.failed - FAILURES_SHOWN} more; the export names all")


def list_batches(settings: Settings) -> None:
    """Print every batch."""
    with _opened(settings) as store:
        for batch in store.batches.all():
            sources = ", ".join(batch.recipe.sources)
            output().print(one_line(f"{summary_line(batch)}; {batch.recipe.company}; {sources}"), soft_wrap=True)


def estimate(settings: Settings, asked: Asked) -> None:
    """Print what a batch would take."""
    from coach.batch_measure import estimate_of

    check_sources(asked.sources)
    with _opened(settings) as store, Watch(errors()) as watch:
        judging = build_judging(settings, store, asked.company, asked.mode, watch.tell)
        found = estimate_of(settings, store, judging, asked.sources, asked.agent_speaker, asked.mode)
    for line in found.lines(duration):
        output().print(one_line(line), soft_wrap=True)


def export(settings: Settings, batch_id: str, fmt: Format, target: Path | None) -> None:
    """Write the results of a batch."""
    from coach.jobs.export import write_export

    with _opened(settings) as store:
        batch = running.find(store, batch_id)
        for path in write_export(store, batch, fmt, target or Path(f"{batch_id}.{fmt}")):
            complain(f"wrote {path}")


def work(settings: Settings) -> None:
    """Judge queued calls until stopped."""
    with _opened(settings) as store, Watch(errors()) as watch:
        _room_for_connections()
        worker = Worker(store, make_judging(settings, store), tell=watch.tell)
        with _stopping(worker, watch), worker:
            watch.tell(f"worker {worker.id} is ready")
            while not worker.engine.stopping:
                worker.ended.wait(0.5)
        if worker.fault is not None:
            raise worker.fault


def _judge(settings: Settings, store: Store, batch: Batch, judging: CoachJudging, watch: Watch) -> int:
    judging.batch = batch.id
    worker = Worker(store, lambda batch, tell: judging, tell=watch.tell, only=batch.id)
    files = request_files(settings, store, batch, watch.tell, worker.wait)
    _room_for_connections()
    gc.freeze()  # the libraries loaded by now stay; looking through them again and again takes a tenth of the time
    with _stopping(worker, watch), worker:
        check_alone(store, batch.id, worker.id)
        for current in running.work_on(store, worker, batch, judging.prepare, watch.tell, files):
            watch.show(current)
    ended = running.find(store, batch.id)
    watch.tell(summary_line(ended))
    if ended.state != "done":
        watch.tell(f"go on with: coach batch resume {batch.id}")
    elif ended.read == 0:
        raise SettingsError(", ".join(batch.recipe.sources), "no calls found", remedy="check the folder")
    return _code(ended)


def _queue(store: Store, batch: Batch, judging: CoachJudging, watch: Watch) -> int:
    worker = Worker(store, lambda batch, tell: judging, tell=watch.tell, only=batch.id, works=False)
    with _stopping(worker, watch), worker:
        running.take_in(store, worker, batch, judging.prepare, watch.tell)
    queued = running.find(store, batch.id)
    if not queued.read_all:
        watch.tell(
            f"{queued.read} calls queued, more to read; read and judge the rest with: coach batch resume {batch.id}"
        )
        return 1
    watch.tell(f"{queued.read} calls queued; judge them with: coach worker")
    return 0


def _code(batch: Batch) -> int:
    return 0 if batch.state == "done" and batch.failed == 0 else 1


def _judging_of(settings: Settings, store: Store, batch: Batch, watch: Watch) -> CoachJudging:
    return make_judging(settings, store)(batch, watch.tell)


def _check_mode(asked: Asked, detach: bool) -> None:
    if asked.mode != "openai-batch":
        return
    if detach:
        raise SettingsError("--detach", "files of requests need a process that waits", remedy="leave --detach out")
    _check_limit(asked.mode, asked.max_cost)


def _check_limit(mode: Mode, max_cost: float | None) -> None:
    if mode == "openai-batch" and max_cost is not None:
        reason = "a file of requests is paid as a whole"
        raise SettingsError("--max-cost", reason, remedy="see --estimate first, and leave --max-cost out")


def _check_price(settings: Settings, max_cost: float | None) -> None:
    from coach.batch_app import has_price

    if max_cost is not None and not has_price(settings):
        raise SettingsError(
            "--max-cost",
            f"no price of {settings.model} is known",
            remedy="put it into a file for COACH_PRICE_TABLE",
        )


def _confirm(settings: Settings, asked: Asked, judging: CoachJudging, watch: Watch) -> None:
    """Ask a person before money is spent; a program has to say --yes."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        remedy = "say --yes, or see --estimate first"
        raise SettingsError(
            "coach batch run", f"{settings.model} may cost money and nobody is here to ask", remedy=remedy
        )
    from coach.batch_measure import estimate_of

    with _opened(settings) as store:
        found = estimate_of(settings, store, judging, asked.sources, asked.agent_speaker, asked.mode)
    for line in found.lines(duration):
        watch.tell(line)
    if input("Go on? [y/N] ").strip().lower() not in ("y", "yes"):
        raise SettingsError("coach batch run", "not begun", remedy="nothing was judged")


def _room_for_connections() -> None:
    """Allow as many open files as the system lets us: every call under way has a few."""
    try:
        import resource
    except ImportError:  # not on Windows, which has no such limit
        return
    try:
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    except (ValueError, OSError):
        return  # some systems name a limit that they then refuse; what there is has to do


@contextmanager
def _opened(settings: Settings) -> Iterator[Store]:
    with open_store(settings.database_url, settings.home) as store:
        yield store


@contextmanager
def _stopping(worker: Worker, watch: Watch) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM stop the worker cleanly; the second one at once."""

    def stop(*_: object) -> None:
        if not worker.engine.stopping:
            watch.tell("stopping: the calls under way are finished; Ctrl-C again gives them up")
        worker.stop()

    before: dict[signal.Signals, Callable[..., object] | int | None] = {
        number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
