from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from coach.domain.transcript import Transcript, Turn
from coach.rendering.safe import clean
from coach.rendering.transcript_view import segments, stretches
from tests.support.sample_review import FULL, HONORED, transcript

words = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)
spans = st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=6)


@given(words, spans)
def test_segments_lose_nothing_and_mark_exactly_what_is_quoted(text: str, quoted: list[tuple[int, int]]) -> None:
    text = text.replace("\r", " ")  # the only character that cleaning may drop
    cut = segments(text, quoted)
    assert "".join(segment.text for segment in cut) == clean(text)
    marks = "".join(("x" if segment.quoted else ".") * len(segment.text) for segment in cut)
    assert marks == "".join("x" if any(start <= n < end for start, end in quoted) else "." for n in range(len(text)))
    assert all(before.quoted != after.quoted for before, after in pairwise(cut))


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 6)), max_size=6), st.integers(1, 30))
def test_every_turn_is_in_one_stretch_and_every_moment_owns_its_turns(ranges: list[tuple[int, int]], size: int) -> None:
    call = Transcript(call_id="c", turns=tuple(Turn(index=n, speaker="agent", text="x") for n in range(size)))
    moments = [HONORED.model_copy(update={"turns": (first, first + extra), "evidence": ()}) for first, extra in ranges]
    cut = stretches(call, moments)
    assert [turn.index for stretch in cut for turn in stretch.turns] == list(range(size))
    for position, moment in enumerate(moments):
        owned = {turn.index for stretch in cut if position in stretch.moments for turn in stretch.turns}
        assert {n for n in range(size) if moment.turns[0] <= n <= moment.turns[1]} <= owned
    for stretch in cut:
        covered = any(m.turns[0] <= t.index <= m.turns[1] for m in moments for t in stretch.turns)
        assert bool(stretch.moments) == covered


def test_routine_and_judged_stretches_follow_each_other_in_the_order_of_the_call() -> None:
    cut = stretches(transcript(), FULL.moments[1:])
    assert [(stretch.label, stretch.moments) for stretch in cut] == [
        ("turns 0–5", ()),
        ("turns 6–7", (0,)),
        ("turns 8–9", ()),
        ("turns 10–13", (1,)),
        ("turns 14–15", (2,)),
        ("turns 16–19", ()),
    ]
