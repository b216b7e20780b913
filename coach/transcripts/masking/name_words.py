"""Which words make up a name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.transcripts.masking.hits import Piece, pieces_of
from coach.transcripts.masking.name_cues import DOUBLES, LEAD_INS, QUALITIES
from coach.transcripts.masking.tokens import Token
from coach.transcripts.masking.words import NOT_NAMES, NUMBER_WORDS, word_set

MAX_WORDS = 3
"""The most words that a name is taken to have, without initials."""

_CONTRACTION = re.compile(r"'(?:m|re|ll|ve|d|t)$")
_BEFORE_NAME = word_set(", : - . uh um er")
_VERBS = word_set("hang hold bear carry come go")
_PARTICLES = word_set("on up off out in tight")
_NAMES_LIKE_QUALITIES = word_set("sterling harding manning fleming browning keating constable golding spalding")
_TITLED = frozenset(
    {
        ("dr", "pepper"), ("dr", "martens"), ("dr", "marten"), ("doctor", "pepper"), ("doctor", "martens"),
        ("dr", "scholl"), ("dr", "oetker"), ("dr", "seuss"), ("mr", "whippy"), ("mister", "whippy"), ("mr", "kipling"),
        ("mr", "muscle"), ("mr", "clean"), ("mr", "potato"), ("mr", "coffee"), ("ms", "pac"), ("mr", "pibb"),
    }
)  # fmt: skip
"""Products whose name begins with a title."""
_HONORIFICS = word_set("mr mrs ms mister missus miss dr doctor professor madam")


def is_cased(tokens: Sequence[Token]) -> bool:
    """Whether capitals mean something in this turn."""
    return any(token.capital and not token.shouted and len(token.text) > 1 for token in tokens if token.kind == "word")


def bare(token: Token) -> str:
    """The word, without a possessive ending."""
    return token.text.replace("’", "'").removesuffix("'s")


def name_pieces(tokens: Sequence[Token]) -> tuple[Piece, ...]:
    """Where a name stands, its possessive ending left out."""
    last = tokens[-1]
    shorter = last._replace(end=last.end - (len(last.text) - len(bare(last))))
    return pieces_of([*tokens[:-1], shorter])


def is_name(token: Token, *, capital: bool, strong: bool, brands: frozenset[str]) -> bool:
    """Whether a word can be part of a name; `strong` if what stands before it says so, whatever the word."""
    word = bare(token)
    if token.kind != "word" or len(word) < 2 or word in brands or _CONTRACTION.search(word):
        return False
    if capital and (not token.capital or (token.shouted and not strong)):
        return False
    if word in NOT_NAMES or word in NUMBER_WORDS:
        return strong and capital and word in DOUBLES
    return capital or word not in LEAD_INS


def name_at(tokens: Sequence[Token], at: int, *, capital: bool, strong: bool, brands: frozenset[str]) -> list[Token]:
    """The name that starts at a position, up to three words with initials and hyphens; empty if there is none."""
    while at < len(tokens) and (tokens[at].text in _BEFORE_NAME or tokens[at].text in _HONORIFICS):
        at += 1
    name: list[Token] = []
    words = 0
    # without capitals nothing shows where a name ends: two words at most
    most = MAX_WORDS if capital else 2
    for token in tokens[at : at + 3 * MAX_WORDS]:
        if name and token.shouted != name[0].shouted and len(token.text) > 1:
            break
        if words < most and is_name(token, capital=capital, strong=strong and not name, brands=brands):
            words += 1
        elif not (name and _inside_name(token, name[-1], capital=capital)):
            break
        name.append(token)
        if bare(token) != token.text:
            break
    if name and _is_no_person(tokens, at, name, strong=strong):
        return []
    following = tokens[at + len(name)] if at + len(name) < len(tokens) else None
    if words == MAX_WORDS and following and following.kind == "word" and following.capital:
        return []  # four capitals in a row are a title or a company
    while name and (name[-1].kind != "word" or len(name[-1].text) == 1):
        name.pop()
    return name


def is_quality(word: str) -> bool:
    """Whether a word by its ending says how somebody or something is, rather than who: "ridiculous", "recording"."""
    if word in QUALITIES:
        return True
    if len(word) < 7 or word in _NAMES_LIKE_QUALITIES:
        return False
    return word.endswith(("ous", "ful", "less", "able", "ible", "ting", "king", "ding", "ying", "shed", "ated", "ised"))


def is_imperative(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word is a verb with its particle: "Hang on"."""
    return tokens[at].text in _VERBS and at + 1 < len(tokens) and tokens[at + 1].text in _PARTICLES


def _is_no_person(tokens: Sequence[Token], at: int, name: Sequence[Token], *, strong: bool) -> bool:
    if is_imperative(tokens, at) or (not strong and is_quality(bare(name[0]))):
        return True
    titles = [token.text for token in tokens[max(0, at - 2) : at]]
    return any((title, bare(name[0])) in _TITLED for title in titles)


def _inside_name(token: Token, before: Token, *, capital: bool) -> bool:
    """An initial, the stop after it, or a hyphen."""
    if token.kind == "word":
        return capital and token.capital and len(token.text) == 1 and token.text != "i"
    return token.start == before.end and (token.text == "-" or (token.text == "." and len(before.text) == 1))
