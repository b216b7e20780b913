"""Passwords and other words that open an account, where they are said or asked for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from coach.transcripts.masking.hits import Hit, pieces_of
from coach.transcripts.masking.name_cues import LEAD_INS
from coach.transcripts.masking.name_words import is_quality
from coach.transcripts.masking.streams import Call
from coach.transcripts.masking.tokens import Token
from coach.transcripts.masking.words import NOT_NAMES, word_set

_WHAT = r"(?:pass\s?word|pass\s?phrase|(?:security|memorable|secret|safe)\s+(?:word|answer))"
_SAID = re.compile(rf"\b(?:my|the|our)\s+(?:\w{{1,20}}\s+)?{_WHAT}\s*(?:is|was|['’]s|:)\s+", re.IGNORECASE)
_ASKED = re.compile(
    rf"(?:\byour|\bthe|^(?:and\s+)?)\s*(?:account\s+|online\s+|telephone\s+)?{_WHAT}(?:\s+on\s+\w+\s+\w+)?(?:,?\s+please)?\s*[?]",
    re.IGNORECASE,
)
_NO_SECRET = (
    NOT_NAMES
    | LEAD_INS
    | word_set(
        "still always never invalid expired locked blocked saved safe weak strong missing broken temporary required "
        "rejected forgotten different stuck stored empty case sensitive hard impossible saying being getting supposed "
        "fetch set valid long short what"
    )
)
_MOST_WORDS = 4


def find_secrets(call: Call) -> Iterator[Hit]:
    """What follows "my password is", and short answers to "your password?"; what is said about one stays."""
    for turn, text in enumerate(call.texts):
        tokens = call.tokens[turn]
        for match in _SAID.finditer(text):
            yield from _secret(tokens, bisect_left(tokens, match.end(), key=lambda token: token.start), asked=False)
        answer = turn + 1
        if answer < len(call.texts) and call.speakers[answer] != call.speakers[turn] and _ASKED.search(text):
            tokens = call.tokens[answer]
            at = 0
            while at < len(tokens) and (tokens[at].text in LEAD_INS or tokens[at].text in ",.-"):
                at += 1
            yield from _secret(tokens, at, asked=True)


def _secret(tokens: Sequence[Token], at: int, *, asked: bool) -> Iterator[Hit]:
    """The words up to the sentence's end, if they are few; without a question, what is glued to the first only."""
    end = at
    while end < len(tokens) and end - at < 3 * _MOST_WORDS:
        token = tokens[end]
        glued = end > at and token.start == tokens[end - 1].end
        if token.kind in ("opaque", "soft", "hard"):
            break
        if token.text in ".,?;" and (end + 1 == len(tokens) or tokens[end + 1].start > token.end):
            break
        if not asked and end > at and not glued:
            break
        end += 1
    secret = tokens[at:end]
    words = [token for token in secret if token.kind != "punct"]
    if not words or len(words) > _MOST_WORDS or len("".join(token.text for token in words)) < 3:
        return
    if any(token.text in _NO_SECRET or "'" in token.text or is_quality(token.text) for token in words):
        return
    yield Hit("SECRET", " ".join(token.text for token in secret), pieces_of(secret))
