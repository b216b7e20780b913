"""Where words go: standard output for results, standard error for everything about the run itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from coach.errors import SettingsError
from coach.rendering.safe import one_line

STANDARD_OUTPUT = "standard output"


def output() -> Console:
    """A console on standard output that prints words as they are: no markup, no emoji codes, no guessed colours."""
    return Console(markup=False, emoji=False, highlight=False)


def errors() -> Console:
    """Such a console on standard error."""
    return Console(stderr=True, markup=False, emoji=False, highlight=False)


@contextmanager
def writing(name: str) -> Iterator[None]:
    """Turn a fault in writing to `name` into a `SettingsError`; a reader that has gone away is none."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise SettingsError(name, f"cannot be written: {(error.strerror or 'unknown fault').lower()}") from None


def complain(line: str) -> None:
    """One line on standard error."""
    errors().print(one_line(line), soft_wrap=True)


@contextmanager
def working(what: str, console: Console | None = None) -> Iterator[None]:
    """Say what is going on while it goes on, if a person is watching; leaves nothing behind.

    Args:
        what: a few words.
        console: standard error as `errors` gave it; what is printed on the same one meanwhile stays readable.
    """
    console = console or errors()
    if console.is_terminal:
        with console.status(one_line(what)):
            yield
    else:
        yield


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar that is told how much is done, if a person is watching; leaves nothing behind."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = errors()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(one_line(what), total=total)
        yield lambda done: progress.update(task, completed=done)
