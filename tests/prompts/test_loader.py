from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.prompts import Prompt, load_prompt
from coach.prompts.loader import PromptError


def prompt(**changes: Any) -> Prompt:
    fields = {
        "id": "greet",
        "version": 1,
        "variables": ("name", "things"),
        "system": "You greet {{ name }}.",
        "user": "{% for thing in things %}- {{ thing }}\n{% endfor %}end",
    }
    return Prompt.model_validate({**fields, **changes})


def test_both_messages_are_filled_in() -> None:
    assert prompt().render(name="Odile", things=["a hat", "a boat"]) == ("You greet Odile.", "- a hat\n- a boat\nend")


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"name": "Odile"}, r"missing \['things'\]"),
        ({"name": "Odile", "things": [], "mood": "sunny"}, r"unknown \['mood'\]"),
        ({"nmae": "Odile", "things": []}, r"missing \['name'\], unknown \['nmae'\]"),
    ],
)
def test_a_missing_and_an_unknown_variable_are_named(values: dict[str, object], named: str) -> None:
    with pytest.raises(PromptError, match=rf"prompt greet: .*{named}"):
        prompt().render(**values)


@pytest.mark.parametrize("template", ["{{ mood }}", "{{ name.mood }}", "{% if mood %}x{% endif %}"])
def test_what_a_template_uses_must_be_declared(template: str) -> None:
    with pytest.raises(PromptError, match=r"prompt greet: .*mood"):
        prompt(system=template).render(name="Odile", things=[])


@pytest.mark.parametrize("template", ["{{ name", "{% for x in things %}", "{{ ''.__class__.__mro__ }}"])
def test_a_broken_or_unsafe_template_is_an_error_of_its_prompt(template: str) -> None:
    with pytest.raises(PromptError, match="prompt greet: "):
        prompt(user=template).render(name="Odile", things=[])


@pytest.mark.parametrize(
    "said", ["{{ 7 * 7 }}", "{% for x in things %}{{ x }}{% endfor %}", "{# gone #}", "<b>&amp;</b>", "{{ secret }}"]
)
def test_a_value_is_never_read_as_a_template_nor_escaped(said: str) -> None:
    assert prompt().render(name=said, things=[said]) == (f"You greet {said}.", f"- {said}\nend")


@given(st.text())
def test_any_value_stands_in_the_message_as_it_is(said: str) -> None:
    assert prompt().render(name=said, things=[]) == (f"You greet {said}.", "end")


@pytest.mark.parametrize("prompt_id", ["no-such-prompt", "judge_call", "loader.py", "../prompts/judge-call"])
def test_an_unknown_prompt_is_refused_by_name(prompt_id: str) -> None:
    with pytest.raises(PromptError, match=prompt_id.replace(".", r"\.")):
        load_prompt(prompt_id)


@pytest.mark.parametrize("prompt_id", ["judge-call", "repair-answer"])
def test_a_shipped_prompt_says_who_it_is_and_needs_what_it_declares(prompt_id: str) -> None:
    shipped = load_prompt(prompt_id)
    assert shipped.id == prompt_id
    with pytest.raises(PromptError, match="missing"):
        shipped.render()
    for name in shipped.variables:
        others = dict.fromkeys(set(shipped.variables) - {name}, "")
        with pytest.raises(PromptError, match=rf"missing \['{name}'\], unknown \[\]"):
            shipped.render(**others)


@pytest.mark.parametrize("prompt_id", ["judge-call", "repair-answer"])
def test_every_declared_variable_of_a_shipped_prompt_is_used(prompt_id: str) -> None:
    """A variable that is declared and never used would be gathered for nothing."""
    shipped = load_prompt(prompt_id)
    for name in shipped.variables:
        without = shipped.model_copy(update={"variables": tuple(v for v in shipped.variables if v != name)})
        with pytest.raises(PromptError, match=f"'{name}' is undefined"):
            without.render(**dict.fromkeys(without.variables, ""))


SCHEMA = {"type": "object", "properties": {"verdict": {"type": "string"}}}


@pytest.mark.parametrize(
    "other",
    [
        prompt(system="You greet {{ name }}!").content_hash(SCHEMA),
        prompt(user="{{ things }}").content_hash(SCHEMA),
        prompt(system="", user="You greet {{ name }}.").content_hash(SCHEMA),
        prompt(variables=("name", "things", "mood")).content_hash(SCHEMA),
        prompt().content_hash({**SCHEMA, "required": ["verdict"]}),
        prompt().content_hash(),
    ],
)
def test_the_hash_changes_with_text_variables_and_schema(other: str) -> None:
    assert other != prompt().content_hash(SCHEMA)


def test_the_hash_does_not_change_with_the_name_or_the_order_of_a_schemas_keys() -> None:
    same = prompt(id="welcome", version=9).content_hash(dict(reversed(SCHEMA.items())))
    assert same == prompt().content_hash(SCHEMA)
