"""Reads a JSONL file into typed cases and says of every bad line what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from coach.errors import UserError

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

T = TypeVar("T", bound="BaseModel")


class EvalSetError(UserError):
    """An eval set, a run file or a file of recordings cannot be used."""


class Line(NamedTuple, Generic[T]):
    """A record and the line that it stands on, from 1."""

    number: int
    record: T


def read_lines(path: Path, record: type[T], faults: list[EvalSetError]) -> list[Line[T]]:
    """The good records of a file; what is wrong with the others is added to `faults`. Empty lines are skipped."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = "not UTF-8" if isinstance(error, UnicodeDecodeError) else (error.strerror or "unreadable").lower()
        faults.append(EvalSetError(str(path), f"cannot be read: {reason}"))
        return []
    return list(_parsed(path, text, record, faults))


def _parsed(path: Path, text: str, record: type[T], faults: list[EvalSetError]) -> Iterator[Line[T]]:
    from pydantic import ValidationError

    # Not splitlines: it would also cut at characters that may stand inside a JSON string.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield Line(number, record.model_validate(_object(line)))
        except ValidationError as error:
            faults += [EvalSetError(str(path), reason, place=f"line {number}") for reason in _reasons(error)]
        except ValueError as error:
            faults.append(EvalSetError(str(path), str(error), place=f"line {number}"))


def _object(line: str) -> object:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        for key in keys:
            if keys.count(key) > 1:
                raise ValueError(f"the key {key!r} stands twice")
        return dict(pairs)

    try:
        return json.loads(line, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from None


def _reasons(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        where = ".".join(str(part) for part in fault["loc"])
        what = fault["msg"].removeprefix("Value error, ")
        what = what[0].lower() + what[1:]
        yield f"{where}: {what}" if where else what
