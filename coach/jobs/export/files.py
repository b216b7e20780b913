"""Files that appear whole or not at all, and cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coach.jobs.export.rows import Cell
from coach.rendering.safe import clean

_FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet begins a formula with, full-width forms included, and what it skips before one."""


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A name to write to; what was written takes the place of `path` at the end, and is removed after a fault."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def beside(path: Path, part: str) -> Path:
    """The name of one part of an export: `results.csv` to `results-calls.csv`."""
    return path.with_name(f"{path.stem}-{part}{path.suffix}")


def harmless(cell: Cell) -> Cell:
    """The cell for a spreadsheet: text that would be read as a formula is led by an apostrophe; numbers stay."""
    if not isinstance(cell, str):
        return cell
    text = clean(cell)
    first = text.lstrip(" \u00a0")[:1]
    return f"'{text}" if first in _FORMULA else text
