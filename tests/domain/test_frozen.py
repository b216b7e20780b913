from __future__ import annotations

import pytest
from pydantic import ValidationError

from coach.domain.transcript import Transcript, Turn
from tests.support.calls import call


def test_a_copy_does_not_answer_with_what_the_original_had_derived() -> None:
    original = call("C: My card is 4111 1111 1111 1111.", "A: Thank you.")
    assert original.by_index[0].text.startswith("My card")
    masked = original.model_copy(update={"turns": (Turn(index=0, speaker="customer", text="My card is <CARD_1>."),)})
    assert masked.by_index[0].text == "My card is <CARD_1>."


def test_turn_numbers_rise() -> None:
    turn = Turn(index=3, speaker="agent", text="Hello.")
    with pytest.raises(ValidationError, match="3 follows 3"):
        Transcript(call_id="c", turns=(turn, turn))


def test_clause_ids_count_from_one_in_the_order_of_the_file() -> None:
    from tests.support.calls import PURPOSE

    assert [clause.id for clause in PURPOSE.clauses] == [
        "fair-fees/meaning",
        "fair-fees/honored/1",
        "fair-fees/honored/2",
        "fair-fees/missed/1",
        "fair-fees/missed/2",
        "fair-fees/kpi",
        "guardrail/forty",
    ]
