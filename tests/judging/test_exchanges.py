from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coach.domain.transcript import Transcript, Turn
from coach.judging.exchanges import MAX_TURNS_PER_SIDE, exchanges, is_backchannel
from coach.judging.sentences import sentence_spans
from tests.support.calls import call


def spans(transcript: Transcript) -> list[tuple[list[int], list[int]]]:
    return [([t.index for t in e.need], [t.index for t in e.answer]) for e in exchanges(transcript.turns)]


def test_a_need_and_its_answer_are_one_exchange() -> None:
    found = call(
        "A: Good morning, how can I help?",
        "C: My fee.",
        "C: It is wrong.",
        "A: I will look.",
        "C: And the card?",
        "A: Sent.",
    )
    assert spans(found) == [([], [0]), ([1, 2], [3]), ([4], [5])]


def test_a_listeners_token_ends_nobodys_turn() -> None:
    found = call(
        "C: It came late.",
        "A: Mm-hmm.",
        "C: And then I was fined.",
        "A: I will look.",
        "C: Okay.",
        "A: It was our delay.",
    )
    assert spans(found) == [([0, 2, 4], [3, 5])]


def test_system_and_unknown_speakers_are_credited_to_nobody() -> None:
    assert spans(call("S: Press one.", "U: Hello?", "C: My fee is wrong.", "S: Please hold.", "A: I see it.")) == [
        ([2], [4])
    ]


def test_tokens() -> None:
    assert is_backchannel("Mhm, okay.")
    assert is_backchannel("Yes, thank you.")
    assert not is_backchannel("Yes, but I was fined.")


turns = st.lists(
    st.tuples(
        st.sampled_from(["agent", "customer", "system", "unknown"]),
        st.sampled_from(["okay", "mhm", "I was fined twice", "Let me look at that for you"]),
    ),
    min_size=1,
    max_size=60,
)


@given(turns)
def test_every_word_belongs_to_at_most_one_exchange_and_order_is_kept(said: list[tuple[str, str]]) -> None:
    transcript = Transcript(call_id="c", turns=tuple(Turn(index=i, speaker=s, text=t) for i, (s, t) in enumerate(said)))
    found = exchanges(transcript.turns)
    indices = [turn.index for exchange in found for turn in exchange.turns]
    assert indices == sorted(set(indices))
    assert all(len(e.need) <= MAX_TURNS_PER_SIDE + 1 for e in found)
    assert all(turn.speaker == "agent" for e in found for turn in e.answer)
    assert all(turn.speaker == "customer" for e in found for turn in e.need)
    agents = {t.index for t in transcript.turns if t.speaker == "agent" and not is_backchannel(t.text)}
    assert agents <= set(indices), "no words of the agent are lost but listener's tokens"


@given(st.text(max_size=400))
def test_quotable_pieces_lie_in_the_text_and_are_short(text: str) -> None:
    for start, end in sentence_spans(text):
        assert 0 <= start < end <= len(text)
        assert len(text[start:end].split()) <= 28
