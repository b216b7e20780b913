"""What holds for any call: card numbers vanish however they are said, masking twice is masking once, words stay."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from coach.domain.transcript import Transcript, Turn
from coach.transcripts.masking import mask

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["", ".", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_DIGIT_WORDS = {*_WORDS, *_TEENS, *_TENS[2:], "oh", "double", "triple"}
_ASIDES = ["mhm", "okay", "Uh huh.", "go ahead", "got it", "Yes?"]


def _call(*turns: tuple[str, str]) -> Transcript:
    return Transcript.model_validate(
        {"call_id": "p", "turns": [{"index": n, "speaker": who, "text": text} for n, (who, text) in enumerate(turns)]}
    )


def _texts(transcript: Transcript) -> list[str]:
    return [turn.text for turn in mask(transcript).transcript.turns]


@st.composite
def _cards(draw: st.DrawFn) -> str:
    """Card numbers of 13 to 19 digits with a right Luhn check digit."""
    size = draw(st.integers(13, 19))
    payload = draw(st.integers(10 ** (size - 2), 10 ** (size - 1) - 1))
    total = sum(
        sum(divmod(int(digit) * (2 if place % 2 == 0 else 1), 10)) for place, digit in enumerate(reversed(str(payload)))
    )
    return f"{payload}{-total % 10}"


@st.composite
def _written(draw: st.DrawFn) -> str:
    digits = draw(_cards())
    mark = draw(st.sampled_from(["", " ", "-", ".", "  ", " - ", "\u00a0"]))
    return mark.join(digits[at : at + 4] for at in range(0, len(digits), 4))


def _said(draw: st.DrawFn, digits: str) -> list[str]:
    """The digits in words, in pieces that are never cut further."""
    pieces: list[str] = []
    at = 0
    while at < len(digits):
        two, one = digits[at : at + 2], digits[at]
        choices = ["single"]
        if len(two) == 2 and two[0] == two[1]:
            choices.append("double")
        if len(two) == 2 and two[0] != "0" and (two[0] == "1" or two[1] != "0"):
            choices.append("pair")
        if digits[at : at + 3] == one * 3:
            choices.append("triple")
        how = draw(st.sampled_from(choices))
        word = draw(st.sampled_from(["oh", "zero"])) if one == "0" else _WORDS[int(one)]
        if how == "single":
            pieces.append(word)
        elif how in ("double", "triple"):
            pieces.append(f"{how} {word}")
        elif two[0] == "1":
            pieces.append(_TEENS[int(two[1])])
        else:
            pieces.append(_TENS[int(two[0])] + draw(st.sampled_from([" ", "-"])) + _WORDS[int(two[1])])
        at += {"single": 1, "double": 2, "triple": 3, "pair": 2}[how]
    return pieces


@st.composite
def _spoken_calls(draw: st.DrawFn) -> Transcript:
    """A card number said over one turn or several, with fillers, asides and read-backs."""
    pieces = _said(draw, draw(_cards()))
    turns: list[tuple[str, str]] = [("agent", "And the card number?")] if draw(st.booleans()) else []
    said = draw(st.sampled_from(["", "it's ", "Sure, that's ", "um "]))
    for n, piece in enumerate(pieces):
        said += piece
        if n + 1 == len(pieces):
            break
        if draw(st.integers(0, 5)) == 0:
            turns += [("customer", said), ("agent", draw(st.sampled_from([*_ASIDES, said.split("'s ")[-1]])))]
            said = draw(st.sampled_from(["", "okay ", "then "]))
        else:
            said += draw(st.sampled_from([" ", " ", " ", ", ", " uh ", ". ", " and then ", " dash "]))
    return _call(*turns, ("customer", said))


@given(_written(), st.sampled_from(["", "My card is ", "so ", "Please use "]), st.sampled_from(["", ".", " thanks"]))
def test_written_cards_vanish(card: str, before: str, after: str) -> None:
    assert _texts(_call(("customer", before + card + after))) == [f"{before}<CARD_1>{after}"]


@settings(max_examples=300)
@given(_spoken_calls())
def test_spoken_cards_vanish(call: Transcript) -> None:
    texts = _texts(call)
    assert any("<CARD_1>" in text for text in texts)
    left = [
        word for text in texts for word in re.findall(r"[a-z]+|\d", re.sub(r"<\w+>", "", text)) if word in _DIGIT_WORDS
    ]
    assert len(left) < 7


@st.composite
def _both_forms(draw: st.DrawFn) -> tuple[str, str]:
    card = draw(_cards())
    return card, " ".join(_said(draw, card))


@given(_both_forms())
def test_written_and_spoken_forms_share_a_placeholder(card: tuple[str, str]) -> None:
    written, spoken = card
    texts = _texts(_call(("customer", written), ("agent", f"So that is {spoken}?")))
    assert texts == ["<CARD_1>", "So that is <CARD_1>?"]


_FRAGMENTS = (
    "my name is|Jane|Doe|jane|this is|speaking|Thanks,|Ms.|I'm|S M I T H|m as in mary|card number|dollars|cvv|123|a|I|"
    "4111 1111 1111 1111|four one one one|double|five|oh|one|twenty|hundred|and|,|.|?|ending in|4412|last four|social|"
    "123-45-6789|phone|(415) 555-0142|+44 20 7946 0958|plus|email|jane dot doe|at|example|dot com|jane@example.com|"
    "account number|00482917|HC4471902|date of birth|March 5th|1984|03/05/1984|42 Maple Street|IL 62704|oak|street|"
    "LS6 3HN|zip code|94110|order number|$39.99|9:45|[PII]|<CARD_1>|<NAME_2>|{{name}}|DE89 3704 0044 0532 0130 00|"
    "expires|09/28|on the back|my password is|bluebell|Hauptstraße 12|10115 Berlin|12 rue de Lille|HX-|number plate|"
    "AB12 CDE|(at)|(dot)|signed in as|call her.|Carol-Ann|city and zip|springfield|maiden name?|called|Hang on|"
    "AB 12 34 56 C|sort code|20-33-51|spell|who am I speaking with|thank you for calling"
)
_CALLS = st.lists(
    st.tuples(
        st.sampled_from(["agent", "customer", "unknown"]),
        st.lists(st.sampled_from(_FRAGMENTS.split("|")) | st.text(max_size=8), max_size=9).map(" ".join),
    ),
    min_size=1,
    max_size=6,
).map(lambda turns: _call(*turns))


@settings(max_examples=400)
@given(_CALLS)
@example(_call(("customer", "account number <CARD_1> 4111 I")))
def test_masking_twice_is_masking_once(call: Transcript) -> None:
    once = mask(call)
    twice = mask(once.transcript)
    assert twice.transcript == once.transcript
    assert twice.counts == {}


@given(
    st.lists(st.text(), min_size=1, max_size=4), st.dictionaries(st.text(max_size=9), st.text(max_size=30), max_size=3)
)
def test_any_text_is_accepted(texts: list[str], metadata: dict[str, str]) -> None:
    turns = tuple(Turn(index=n, speaker="unknown", text=text) for n, text in enumerate(texts))
    masked = mask(Transcript(call_id="x", turns=turns, metadata=metadata)).transcript
    assert [turn.index for turn in masked.turns] == list(range(len(texts)))
    assert masked.metadata.keys() == metadata.keys()


_PLAIN = (
    "the driver was kind and waited while we found the side door but nobody told her that it would cost extra so she "
    "felt ignored and asked why shoes that looked different from what we had seen came without laces maybe somebody "
    "could explain how claims get paid when a clinic sends wrong forms again because i never know which letter matters"
)


@given(st.lists(st.sampled_from(_PLAIN.split()), min_size=1, max_size=40), st.booleans())
def test_plain_words_stay(words: list[str], sentence: bool) -> None:
    text = " ".join(words)
    if sentence:
        text = text[0].upper() + text[1:] + "."
    assert _texts(_call(("customer", text), ("agent", text))) == [text, text]
