"""Reading answers: whatever wraps the JSON, and whatever is wrong with it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, field_validator

from coach.errors import ModelAnswerInvalid
from coach.llm.answers import parse_answer


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    notes: dict[str, int] = {}

    @field_validator("name")
    @classmethod
    def _known(cls, value: str) -> str:
        if value == "nobody":
            raise ValueError("turn 7 is not in the transcript")
        return value


prose = st.text(st.characters(exclude_characters="{}", codec="utf-8"), max_size=200)
names = st.text(max_size=50).filter(lambda name: name != "nobody")


@given(names, prose, prose, st.sampled_from([None, 2]), st.booleans())
def test_object_is_found_amid_prose(name: str, before: str, after: str, indent: int | None, escaped: bool) -> None:
    text = json.dumps({"name": name}, indent=indent, ensure_ascii=escaped)
    assert parse_answer(f"{before}{text}{after}", Item).name == name


@given(names, prose)
def test_object_is_found_in_a_fence(name: str, before: str) -> None:
    text = json.dumps({"name": name})
    assert parse_answer(f"{before}\n```json\n{text}\n```\n", Item).name == name


@given(st.text(max_size=300) | st.recursive(st.integers() | st.text(), st.lists).map(json.dumps))
def test_anything_else_is_one_clear_error(text: str) -> None:
    with pytest.raises(ModelAnswerInvalid) as caught:
        parse_answer(text, Item)
    assert caught.value.raw == text
    assert "\n" not in str(caught.value)


def test_last_fitting_object_wins() -> None:
    text = '{"name": "draft"} then {"name": "final"} and {"unrelated": 1}'
    assert parse_answer(text, Item).name == "final"


def test_truncated_object_is_not_completed() -> None:
    with pytest.raises(ModelAnswerInvalid, match="no JSON object"):
        parse_answer('{"name": "half an ans', Item)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({}, "the answer does not fit Item: name: field required"),
        ({"name": "nobody"}, "name: turn 7 is not in the transcript"),
        ({"name": "x", "Zebulon said": 1}, "answer: an unexpected key"),
        ({"name": "x", "notes": {"Zebulon said": "lots"}}, "notes: input should be a valid integer"),
        ({"name": ["Zebulon"]}, "name: input should be a valid string"),
    ],
)
def test_fault_is_named_without_the_answers_words(answer: dict[str, Any], says: str) -> None:
    with pytest.raises(ModelAnswerInvalid) as caught:
        parse_answer(json.dumps(answer), Item)
    assert says in str(caught.value)
    assert "Zebulon" not in str(caught.value)


def test_many_faults_are_counted() -> None:
    notes = {str(n): "x" for n in range(9)}
    with pytest.raises(ModelAnswerInvalid, match="and 6 more"):
        parse_answer(json.dumps({"name": "x", "notes": notes}), Item)


@pytest.mark.parametrize("text", ["{" * 100_000, '{"a":' * 100_000, '{"name": NaN}', "[" * 100_000])
def test_hostile_text_is_refused(text: str) -> None:
    with pytest.raises(ModelAnswerInvalid):
        parse_answer(text, Item)
