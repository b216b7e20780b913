"""CSV and TSV with a column for the speaker and one for the words; a column of call ids tells several calls apart."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from coach.transcripts import values
from coach.transcripts.draft import Draft, SpokenTurn, UnreadableError
from coach.transcripts.naming import clock_ms

_COLUMNS = {
    "speaker": "speaker speaker_label speaker_name role participant participant_role party sender author who from",
    "text": "text transcript utterance content message sentence body words line",
    "call": "call_id callid conversation_id conversationid contact_id contactid interaction_id session_id call",
    "index": "index turn turn_index turn_id turn_number",
    "start": "start_ms start_s start_seconds start start_time begin time timestamp offset",
    "end": "end_ms end_s end_seconds end end_time",
    "confidence": "asr_confidence confidence",
}  # fmt: skip
_MARKS = ",;\t|"
_RULE = re.compile(r":?-{2,}:?")
Row = Mapping[str, str]


def matches(content: str) -> bool:
    """Whether the first line is a heading with a column for the speaker and one for the words."""
    return _layout(content) is not None


def read(content: str) -> Iterator[Draft]:
    """Every call of the table, in the order in which they begin.

    Times are read where the heading names the unit (`start_ms`, `start_s`), where they are written as clocks
    ("0:12"), or where they have decimals (seconds); bare integers of no unit are left out.

    Raises:
        UnreadableError: a quotation mark is never closed, or the table is broken otherwise.
    """
    layout = _layout(content)
    if layout is None:
        raise UnreadableError("has no columns for speaker and text")
    mark, heading = layout
    columns = {name: heading.index(column) for name, column in _found(heading).items()}
    calls: dict[str, list[list[str]]] = {}
    for row in _rows(_body(content), mark):
        if any(cell.strip() for cell in row) and not _is_rule(row):
            calls.setdefault(_cell(row, columns.get("call")), []).append(row)
    for call, rows in calls.items():
        turns = [_spoken(row, columns, heading) for row in rows]
        yield Draft(turns=turns, call_id=values.label(call), place=f'call "{call[:60]}"' if len(calls) > 1 else "")


def _layout(content: str) -> tuple[str, list[str]] | None:
    first = _body(content).split("\n", 1)[0]
    if len(first) > 2000:
        return None
    for mark in _MARKS:
        heading = [cell.strip().strip('"').lower().replace(" ", "_").replace("-", "_") for cell in first.split(mark)]
        if {"speaker", "text"} <= set(_found(heading)):
            return mark, heading
    return None


def _body(content: str) -> str:
    """The table without the line by which Excel names the separator."""
    content = content.lstrip("\n")
    return content.split("\n", 1)[-1] if content[:4].lower() == "sep=" else content


def _found(heading: Sequence[str]) -> dict[str, str]:
    found = {}
    for name, aliases in _COLUMNS.items():
        if column := next((alias for alias in aliases.split() if alias in heading), None):
            found[name] = column
    return found


def _rows(content: str, mark: str) -> list[list[str]]:
    # The limit belongs to the module: raised for one long turn, and put back.
    before = csv.field_size_limit(max(len(content), 131_072))
    try:
        return list(csv.reader(io.StringIO(content, newline=""), delimiter=mark, strict=True))[1:]
    except csv.Error as error:
        raise UnreadableError(f"is not a readable table ({error})", remedy="export it again as CSV in UTF-8") from None
    finally:
        csv.field_size_limit(before)


def _is_rule(row: Sequence[str]) -> bool:
    """Whether the row is the line under the heading of a Markdown table."""
    return all(_RULE.fullmatch(cell.strip()) for cell in row if cell.strip())


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""


def _spoken(row: Sequence[str], columns: Mapping[str, int], heading: Sequence[str]) -> SpokenTurn:
    def time(name: str) -> int | None:
        column = columns.get(name)
        return None if column is None else _time(_cell(row, column), heading[column])

    number = _cell(row, columns.get("index"))
    return SpokenTurn(
        label=values.label(_cell(row, columns.get("speaker"))),
        text=values.clean(_cell(row, columns.get("text"))),
        start_ms=time("start"),
        end_ms=time("end"),
        confidence=values.confidence(_cell(row, columns.get("confidence"))),
        number=int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None,
    )


def _time(cell: str, column: str) -> int | None:
    if ":" in cell:
        return clock_ms(cell)
    if column.endswith("_ms"):
        return values.millis(cell)
    return values.seconds(cell) if column.endswith(("_s", "_seconds")) or "." in cell else None
