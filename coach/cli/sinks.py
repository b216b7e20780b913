"""Reviews on their way out: one sink for each format, to standard output, a file or a folder."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from rich.console import Console

from coach.cli.inputs import Failure
from coach.cli.terminal import STANDARD_OUTPUT, complain, output, writing
from coach.errors import SettingsError
from coach.rendering.json_line import error_line, review_line
from coach.rendering.view import ReviewView, review_view

if TYPE_CHECKING:
    from coach.app import Reviewed

Format = Literal["text", "json", "md", "html"]


class Sink(Protocol):
    """Takes outcomes in input order."""

    def reviewed(self, reviewed: Reviewed) -> None:
        """Write one review."""

    def failed(self, failure: Failure) -> None:
        """Write what stands in the place of a review, if the format has something for it."""


@contextmanager
def open_sink(fmt: Format, target: Path | None, several: bool, masked: bool) -> Iterator[Sink]:
    """The sink for a format.

    Args:
        fmt: the format.
        target: file or folder to write to; None for standard output.
        several: whether more than one call will come; a folder then takes one HTML page for each.
        masked: whether personal data was masked, which every page says.

    Raises:
        SettingsError: several HTML pages would go to standard output, or the target cannot be written.
    """
    if fmt == "html" and several and target is None:
        raise SettingsError("--format html", "several calls make several pages", remedy="name a folder with -o DIR")
    view = partial(_view, masked=masked)
    if target is None:
        yield _Stream(fmt, view, partial(_standard_output, fmt), STANDARD_OUTPUT)
    elif fmt == "html" and (several or target.is_dir()):
        with writing(str(target)):
            target.mkdir(parents=True, exist_ok=True)
        yield _Pages(view, target)
    else:
        _check_target(target)  # before any work is done, and paid for, in vain
        with ExitStack() as stack:
            yield _Stream(fmt, view, partial(_file_console, target, stack), str(target))


def _check_target(target: Path) -> None:
    if target.is_dir():
        raise SettingsError(str(target), "is a folder", remedy="name a file")
    if not target.parent.is_dir():
        raise SettingsError(str(target), "there is no such folder", remedy="make the folder first")


def _standard_output(fmt: Format) -> Console:
    # Programs read these two, and both are UTF-8 by their own rules, whatever the terminal's language.
    if fmt in ("json", "html") and (reconfigure := getattr(sys.stdout, "reconfigure", None)):
        reconfigure(encoding="utf-8")
    return output()


def _file_console(target: Path, stack: ExitStack) -> Console:
    file = stack.enter_context(target.open("w", encoding="utf-8", newline="\n"))
    stack.callback(complain, f"wrote {target}")
    return Console(file=file, width=100, no_color=True, markup=False, emoji=False, highlight=False)


def _view(reviewed: Reviewed, *, masked: bool) -> ReviewView:
    return review_view(reviewed.review, reviewed.transcript, reviewed.corpus, masked=masked)


class _Stream:
    """Writes one review after the other; only JSON has something to put in the place of a failure.

    The console is opened for the first word, so that nothing is overwritten with nothing.
    """

    def __init__(
        self, fmt: Format, view: Callable[[Reviewed], ReviewView], open_console: Callable[[], Console], name: str
    ) -> None:
        self._fmt = fmt
        self._view = view
        self._open_console = open_console
        self._name = name
        self._first = True

    @cached_property
    def _console(self) -> Console:
        return self._open_console()

    def reviewed(self, reviewed: Reviewed) -> None:
        with writing(self._name):
            if self._fmt in ("text", "md") and not self._first:
                self._write("")
            self._first = False
            self._show(reviewed)

    def failed(self, failure: Failure) -> None:
        if self._fmt == "json":
            with writing(self._name):
                self._write(error_line(failure.call_id, failure.source, failure.error))

    def _show(self, reviewed: Reviewed) -> None:
        if self._fmt == "json":
            self._write(review_line(reviewed.review))
        elif self._fmt == "md":
            from coach.rendering.markdown import review_markdown

            self._write(review_markdown(self._view(reviewed)).rstrip("\n"))
        elif self._fmt == "html":
            from coach.rendering.html import review_page

            self._write(review_page(self._view(reviewed)))
        else:
            from coach.rendering.text import print_review

            print_review(self._view(reviewed), self._console)

    def _write(self, text: str) -> None:
        self._console.out(text, highlight=False)


class _Pages:
    """One page a call in a folder, named by call."""

    def __init__(self, view: Callable[[Reviewed], ReviewView], folder: Path) -> None:
        self._view = view
        self._folder = folder
        self._names: set[str] = set()

    def reviewed(self, reviewed: Reviewed) -> None:
        from coach.rendering.html import review_page

        path = self._folder / f"{self._name(reviewed.review.call_id)}.html"
        with writing(str(path)):
            path.write_text(review_page(self._view(reviewed)), encoding="utf-8")
        complain(f"wrote {path}")

    def failed(self, failure: Failure) -> None:
        """Nothing: the failure is told on standard error."""

    def _name(self, call_id: str) -> str:
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", call_id).strip("-")[:80] or "call"
        name, number = stem, 1
        while name.lower() in self._names:  # some file systems fold case
            number += 1
            name = f"{stem}-{number}"
        self._names.add(name.lower())
        return name
