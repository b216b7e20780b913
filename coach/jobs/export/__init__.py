"""Results as tables and as a report: a row for each call, a row for each moment, nothing held but a page of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from coach.errors import SettingsError
from coach.store import Batch, Store

Format = Literal["csv", "jsonl", "parquet", "xlsx", "html"]


def write_export(store: Store, batch: Batch, fmt: Format, target: Path) -> list[Path]:
    """Write a batch's results.

    CSV, JSONL and Parquet make two files, named after `target` with `-calls` and `-moments`; XLSX makes one with two
    sheets; HTML makes a report. A file appears whole or not at all.

    Returns:
        What was written.

    Raises:
        SettingsError: the target cannot be written, or is too small a format for so many rows.
    """
    if not target.parent.is_dir():
        raise SettingsError(str(target), "there is no such folder", remedy="make the folder first")
    try:
        return _writer(fmt)(store, batch, target)
    except OSError as error:
        reason = f"cannot be written: {(error.strerror or 'unknown fault').lower()}"
        raise SettingsError(str(target), reason) from None


def _writer(fmt: Format) -> Callable[[Store, Batch, Path], list[Path]]:
    if fmt == "csv":
        from coach.jobs.export.text import write_csv

        return write_csv
    if fmt == "jsonl":
        from coach.jobs.export.text import write_jsonl

        return write_jsonl
    if fmt == "parquet":
        from coach.jobs.export.parquet import write_parquet

        return write_parquet
    if fmt == "xlsx":
        from coach.jobs.export.xlsx import write_xlsx

        return write_xlsx
    from coach.jobs.export.report import write_html

    return write_html
