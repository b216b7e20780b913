"""From what a model wrote to an instance of the schema it was asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from coach.errors import ModelAnswerInvalid

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    from coach.llm.chat import SchemaT

MAX_STARTS = 1000
"""How many opening braces are tried; bounds the work on a text of nothing but braces."""

_SHOWN_FAULTS = 3
# pydantic's own messages for these quote the answer, which may hold the transcript's words.
_QUOTING = {"extra_forbidden": "an unexpected key", "union_tag_invalid": "an unknown tag"}


def parse_answer(text: str, schema: type[SchemaT]) -> SchemaT:
    """The last JSON object in `text` that fits `schema`.

    The text may be the object alone, or hold it in a code fence or amid prose. The last one wins because models that
    think aloud draft before they decide.

    Raises:
        ModelAnswerInvalid: no object fits; the message names the faults of the last one in one line, `raw` is `text`.
    """
    from pydantic import ValidationError

    fault = "" if text.strip() else "the answer is empty"
    for candidate in reversed(list(_objects(text))):
        try:
            return schema.model_validate(candidate)
        except ValidationError as error:
            fault = fault or _describe(error, schema)
    raise ModelAnswerInvalid(fault or "the answer holds no JSON object", raw=text)


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Every outermost JSON object in the text, in order."""
    decoder = json.JSONDecoder(parse_constant=_refuse)
    start = text.find("{")
    for _ in range(MAX_STARTS):
        if start < 0:
            return
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            yield value
        start = text.find("{", end)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _describe(error: ValidationError, schema: type[BaseModel]) -> str:
    """What is wrong, in one line, without any of the answer's own words."""
    faults = error.errors(include_url=False, include_input=False)
    names = _names(schema.model_json_schema())
    shown = "; ".join(_one_fault(fault, names) for fault in faults[:_SHOWN_FAULTS])
    more = f"; and {len(faults) - _SHOWN_FAULTS} more" if len(faults) > _SHOWN_FAULTS else ""
    return " ".join(f"the answer does not fit {schema.__name__}: {shown}{more}".split())


def _one_fault(fault: Any, names: frozenset[str]) -> str:
    place = ".".join(str(part) for part in fault["loc"] if isinstance(part, int) or part in names) or "answer"
    message = _QUOTING.get(fault["type"]) or str(fault["msg"]).removeprefix("Value error, ")
    return f"{place}: {message[:1].lower()}{message[1:]}"


def _names(schema: Any) -> frozenset[str]:
    """Every property name in a JSON Schema: the only path parts that are known not to come from the answer."""
    if isinstance(schema, list):
        return frozenset().union(*(_names(item) for item in schema))
    if not isinstance(schema, dict):
        return frozenset()
    own = schema.get("properties")
    return frozenset(own if isinstance(own, dict) else ()).union(*(_names(value) for value in schema.values()))
