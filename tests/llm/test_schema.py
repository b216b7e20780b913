"""Schemas for structured output: strict mode's rules hold, and no good answer is shut out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import jsonschema  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from coach.llm.schema import instruction, response_format


class Quote(BaseModel):
    turn: int = Field(ge=0)
    quote: str = Field(min_length=1, max_length=500, description="the agent's own words")


class Finding(BaseModel):
    """One of a tree of findings."""

    title: str
    verdict: Literal["honored", "missed"]
    best: Quote = Field(description="the strongest of them")
    quotes: list[Quote] = Field(default_factory=list, max_length=3)
    note: str | None = None
    turns: tuple[int, int]
    parts: list[Finding] = Field(default_factory=list)


class WithPair(BaseModel):
    turns: tuple[int, str]


class WithFreeKeys(BaseModel):
    scores: dict[str, float]


quotes = st.builds(Quote, turn=st.integers(0, 99), quote=st.text(min_size=1, max_size=20))
findings = st.recursive(
    st.builds(Finding, quotes=st.lists(quotes, max_size=3), best=quotes, parts=st.just([])),
    lambda parts: st.builds(Finding, quotes=st.just([]), best=quotes, parts=st.lists(parts, max_size=2)),
    max_leaves=4,
)


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema within a schema; the names in `properties` and `$defs` are not keywords."""
    if isinstance(schema, list):
        for item in schema:
            yield from nodes(item)
    elif isinstance(schema, dict):
        yield schema
        for key, value in schema.items():
            yield from nodes(list(value.values()) if key in ("properties", "$defs") else value)


def test_strict_mode_is_obeyed() -> None:
    asked = response_format(Finding)["json_schema"]
    assert asked["strict"] is True
    for node in nodes(asked["schema"]):
        if "properties" in node:
            assert node["required"] == list(node["properties"])
            assert node["additionalProperties"] is False
        assert not node.keys() & {"default", "minLength", "maxLength", "title", "oneOf", "allOf", "prefixItems"}
        assert "$ref" not in node or len(node) == 1


def test_pair_keeps_its_length() -> None:
    pair = response_format(Finding)["json_schema"]["schema"]["$defs"]["Finding"]["properties"]["turns"]
    assert pair == {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}


def test_a_property_named_like_a_keyword_stays() -> None:
    assert "title" in response_format(Finding)["json_schema"]["schema"]["$defs"]["Finding"]["properties"]


@given(findings)
def test_every_instance_fits_the_strict_schema(finding: Finding) -> None:
    schema = response_format(Finding)["json_schema"]["schema"]
    jsonschema.validate(finding.model_dump(mode="json"), schema)


def test_what_strict_mode_cannot_say_is_asked_for_loosely() -> None:
    for schema in (WithPair, WithFreeKeys):
        asked = response_format(schema)["json_schema"]
        assert asked["strict"] is False
        assert asked["schema"] == schema.model_json_schema()


def test_instruction_names_every_field() -> None:
    assert all(f'"{name}"' in instruction(Finding) for name in Finding.model_fields)
