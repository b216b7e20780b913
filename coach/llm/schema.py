"""JSON Schemas as providers want them for structured output."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

# Keywords that strict mode refuses; pydantic checks them again on the answer, so that nothing is lost by dropping them.
_REFUSED = frozenset({"default", "minLength", "maxLength", "uniqueItems", "title", "examples", "discriminator"})
_KEYWORDS_WITH_NAMED_SCHEMAS = ("properties", "$defs")


@lru_cache(maxsize=32)
def response_format(schema: type[BaseModel]) -> dict[str, Any]:
    """The `response_format` of a chat request that asks for `schema`; strict where the schema can be said strictly."""
    plain = schema.model_json_schema()
    strict = _can_be_strict(plain)
    body = _strictly(plain) if strict else plain
    return {"type": "json_schema", "json_schema": {"name": schema.__name__, "schema": body, "strict": strict}}


@lru_cache(maxsize=32)
def instruction(schema: type[BaseModel]) -> str:
    """The schema in words, for models that are not shown it any other way."""
    text = json.dumps(schema.model_json_schema(), ensure_ascii=False, separators=(",", ":"))
    return f"Answer with one JSON object and nothing else. It must match this JSON Schema:\n{text}"


def _can_be_strict(node: Any) -> bool:
    """False for schemas with free keys or tuples of mixed types, which strict mode has no words for."""
    if isinstance(node, list):
        return all(_can_be_strict(item) for item in node)
    if not isinstance(node, Mapping):
        return True
    free_keys = node.get("type") == "object" and (
        "properties" not in node or node.get("additionalProperties", False) is not False
    )
    if free_keys or not _is_uniform(node.get("prefixItems", [])) or "allOf" in node:
        return False
    children = [value for key, value in node.items() if key not in _KEYWORDS_WITH_NAMED_SCHEMAS]
    named = [sub for key in _KEYWORDS_WITH_NAMED_SCHEMAS for sub in node.get(key, {}).values()]
    return all(_can_be_strict(child) for child in (*children, *named))


def _is_uniform(items: list[Any]) -> bool:
    return all(item == items[0] for item in items)


def _strictly(node: Any) -> Any:
    """The same schema with every key required and no other allowed, as strict mode demands."""
    if isinstance(node, list):
        return [_strictly(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    out: dict[str, Any] = {}
    for key, value in node.items():
        if key in _KEYWORDS_WITH_NAMED_SCHEMAS:
            out[key] = {name: _strictly(sub) for name, sub in value.items()}
        elif key == "prefixItems":
            out["items"] = _strictly(value[0])  # the length is in minItems and maxItems
        elif key not in _REFUSED:
            out["anyOf" if key == "oneOf" else key] = _strictly(value)
    if "properties" in out:
        out["required"] = list(out["properties"])
        out["additionalProperties"] = False
    if "$ref" in out and len(out) > 1:
        # Strict mode takes no keyword beside a reference.
        out["anyOf"] = [{"$ref": out.pop("$ref")}]
    return out
