"""Tolerant look-ups in vendors' JSON: what is missing, mistyped or absurd is None, and nothing raises."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

JsonObject = dict[str, object]

MAX_MS = 7 * 24 * 3600 * 1000
"""No conversation lasts longer than a week: a larger offset is a wall-clock time or a fault."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ABSENT = {"", "none", "null", "n/a", "nan"}


def clean(text: str) -> str:
    """Text stripped at both ends, its control characters replaced by spaces; they would reach terminals otherwise."""
    return _CONTROL.sub(" ", text).strip()


def as_object(value: object) -> JsonObject:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[JsonObject]:
    """The JSON objects in the value if it is an array, else none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """The cleaned text, empty where the value is no text."""
    return clean(value) if isinstance(value, str) else ""


def label(value: object) -> str | None:
    """A name, number or channel as text; None for what cannot name a speaker, such as "" and "None"."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        return str(value)
    name = text(value)
    return None if name.lower() in _ABSENT else name


def number(value: object) -> float | None:
    """A finite number, also when written as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def millis(value: object) -> int | None:
    """Milliseconds from the start of the call; None if missing, negative, or longer than a week."""
    result = number(value)
    return round(result) if result is not None and 0 <= result <= MAX_MS else None


def seconds(value: object) -> int | None:
    """Seconds from the start of the call, given in milliseconds; None as for `millis`."""
    result = number(value)
    return None if result is None else millis(result * 1000)


def confidence(value: object) -> float | None:
    """A confidence in [0, 1], or None."""
    result = number(value)
    return result if result is not None and 0 <= result <= 1 else None


def mean_confidence(values: Iterable[object]) -> float | None:
    """Mean of the usable confidences, rounded to four places; None where there are none."""
    usable = [result for result in map(confidence, values) if result is not None]
    return round(sum(usable) / len(usable), 4) if usable else None


def index(value: object) -> int | None:
    """A turn number from 0, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None
