"""XLSX: one workbook, a sheet of calls and a sheet of moments."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coach.errors import SettingsError
from coach.jobs.export.files import harmless, whole_file
from coach.jobs.export.rows import CALLS, MOMENTS, Cell, Kind, call_row, moment_rows
from coach.store import Batch, Store

MAX_ROWS = 1_048_576
MAX_CHARACTERS = 32_767
CUT = " [cut]"


def write_xlsx(store: Store, batch: Batch, target: Path) -> list[Path]:
    """Text is written as text, whatever it looks like; longer than a cell may be, it is cut and says so."""
    import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

    with whole_file(target) as part, part.open("wb") as file:
        book = xlsxwriter.Workbook(
            file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        try:
            calls, moments = _Sheet(book, "Calls", CALLS), _Sheet(book, "Moments", MOMENTS)
            for result in store.items.results(batch.id):
                calls.add(call_row(result))
                for moment in moment_rows(result):
                    moments.add(moment)
        finally:
            _close(book)
    return [target]


def _close(book: Any) -> None:
    """Write the workbook; a fault of the disk is told as the `OSError` it is."""
    from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]

    try:
        book.close()
    except FileCreateError as error:
        book.fileclosed = True  # else it tries again, and complains, when it is thrown away
        cause = error.args[0] if error.args else None
        raise (cause if isinstance(cause, OSError) else OSError()) from None


class _Sheet:
    def __init__(self, book: Any, name: str, columns: Mapping[str, Kind]) -> None:
        self._name = name
        self._columns = columns
        self._sheet = book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, len(columns) - 1, 18)
        self._row = 0
        for column, title in enumerate(columns):
            self._sheet.write_string(0, column, title, book.add_format({"bold": True}) if column == 0 else None)

    def add(self, row: dict[str, Cell]) -> None:
        self._row += 1
        if self._row >= MAX_ROWS:
            reason = f"the sheet of {self._name.lower()} would have more than {MAX_ROWS:,} rows"
            raise SettingsError("--format xlsx", reason, remedy="use csv or parquet")
        for column, name in enumerate(self._columns):
            cell = harmless(row[name])
            if isinstance(cell, bool):
                self._sheet.write_boolean(self._row, column, cell)
            elif isinstance(cell, (int, float)):
                self._sheet.write_number(self._row, column, cell)
            elif cell is not None:
                text = cell if len(cell) <= MAX_CHARACTERS else cell[: MAX_CHARACTERS - len(CUT)] + CUT
                self._sheet.write_string(self._row, column, text)
