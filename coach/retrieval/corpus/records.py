"""From a mapping to a domain type, with every fault named in words an author of a corpus understands."""

from __future__ import annotations

import difflib
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from coach.retrieval.corpus.faults import Faults

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Record = TypeVar("Record", bound=BaseModel)


def parse_record(model: type[Record], raw: dict[str, Any], path: Path, faults: Faults) -> Record | None:
    """Validates a mapping read from `path`.

    Returns:
        The record, or None if `faults` received one error or more.
    """
    try:
        return model.model_validate(raw)
    except ValidationError as invalid:
        for detail in invalid.errors(include_url=False):
            reason, remedy = _explain(detail, model)
            faults.error(path, reason, place=_place(detail["loc"]), remedy=remedy)
        return None


def _place(location: tuple[int | str, ...]) -> str:
    place = ""
    for part in location:
        if isinstance(part, int):
            place += f"[{part}]"
        else:
            place += f".{part}" if place else part
    return place


def _explain(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    kind, found = detail["type"], detail["input"]
    context = detail.get("ctx", {})
    match kind:
        case "missing":
            return "the key is missing", "add it"
        case "extra_forbidden":
            return "unknown key", _suggest(str(detail["loc"][-1]), _known_keys(model, detail["loc"][:-1]))
        case "string_type":
            remedy = "put it in quotation marks" if not isinstance(found, list | dict | None) else ""
            return f"expected text, found {_describe(found)}", remedy
        case "tuple_type":
            return f"expected a list, found {_describe(found)}", "start each entry on its own line with '- '"
        case "model_type" | "dict_type":
            return f"expected keys and values, found {_describe(found)}", ""
        case "string_too_short":
            return "the text is empty", "write it or remove the entry"
        case "too_short":
            return "the list is empty", "give at least one entry"
        case "string_pattern_mismatch":
            return f"'{found}' is not a valid id", "use lower-case letters, digits and single hyphens"
        case "literal_error":
            return f"expected {context.get('expected')}, found {_describe(found)}", ""
        case _:
            return detail["msg"], ""


def _describe(found: object) -> str:
    match found:
        case None:
            return "nothing"
        case bool():
            return "true or false (yes, no, on and off count as such)"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "keys and values"
        case str():
            return f"'{found[:40]}'"
        case _:
            return f"a {type(found).__name__}"


def _suggest(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(known)}"


def _known_keys(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    inner: Any = model
    for part in location:
        if isinstance(part, str):
            annotation = inner.model_fields[part].annotation
            inner = next(iter(typing.get_args(annotation)), annotation)
    return list(inner.model_fields)
