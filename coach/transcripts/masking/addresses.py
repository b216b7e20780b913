"""Street addresses and postcodes, written and spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from coach.transcripts.masking.hits import Hit, Piece
from coach.transcripts.masking.numerals import read_runs
from coach.transcripts.masking.postcodes import STATE_ZIP, WRITTEN
from coach.transcripts.masking.streams import Call
from coach.transcripts.masking.tokens import Token
from coach.transcripts.masking.words import NOT_NAMES, NUMBER_WORDS, ORDINALS, TENS, UNIT_NOUNS, word_set

_SURE_TYPES = {
    "street": "st", "avenue": "ave", "ave": "ave", "road": "rd", "rd": "rd", "boulevard": "blvd", "blvd": "blvd",
    "lane": "ln", "crescent": "cres",
}  # fmt: skip
_OTHER_TYPES = {
    "st": "st", "ln": "ln", "drive": "dr", "dr": "dr", "court": "ct", "ct": "ct", "place": "pl", "pl": "pl",
    "way": "way", "close": "close", "walk": "walk", "hill": "hill", "row": "row", "square": "sq", "park": "park",
    "circle": "cir", "cir": "cir", "grove": "grove", "mews": "mews", "gardens": "gdns", "terrace": "ter",
    "parkway": "pkwy", "pkwy": "pkwy", "highway": "hwy", "trail": "trl", "view": "view", "rise": "rise",
}  # fmt: skip
_TYPES = _SURE_TYPES | _OTHER_TYPES
_CUE = re.compile(
    r"\baddress\b|\blives?\s+(?:at|on)\b|\b(?:deliver|ship|sen[dt]|mail)\w*\s+(?:it\s+|them\s+|that\s+)?to\b"
    r"|\blocated\b|\bpick(?:ed)?[ -]?(?:me\s+)?up\b|\bdropp?(?:ed)?[ -]?(?:me\s+)?off\b",
    re.IGNORECASE,
)
_ASKED_TURNS = 2
_NO_STREET = (
    (NOT_NAMES - ORDINALS - word_set("spring london paris england"))
    | UNIT_NOUNS
    | NUMBER_WORDS
    | word_set(
        "blocks block doors cars car bus stops lights drivers people way lane dead times steps mph speed different "
        "single double road street by near"
    )
)
_TAIL = re.compile(
    r"(?:,?\s+(?i:apt|apartment|unit|suite|flat|ste)\b\.?\s*#?\w{1,5}(?:\s[b-hj-zB-HJ-Z](?![\w'’]))?)?"
    rf"(?:(?:,?\s+[A-Z][a-z]+(?:\s[A-Z][a-z]+){{0,2}})?,?\s+{STATE_ZIP}(?!\w))?"
)
_BOX = re.compile(r"\bp\.?\s?o\.?\s?box\s+\d{1,6}\b", re.IGNORECASE)
_MAX_MIDDLE = 3
_MAX_NUMBER = 5


def find_addresses(call: Call) -> Iterator[Hit]:
    """House number, street and type, with what follows up to the ZIP code; postcodes; PO boxes."""
    asked_at = -_ASKED_TURNS - 1
    for turn, text in enumerate(call.texts):
        for pattern in (WRITTEN, _BOX):
            for match in pattern.finditer(text):
                key = re.sub(r"\W", "", match.group()).upper()
                yield Hit("ADDRESS", key, (Piece(turn, *match.span()),))
        cued = bool(_CUE.search(text))
        tokens = call.tokens[turn]
        for at, token in enumerate(tokens):
            if token.kind == "word" and token.text in _TYPES:
                start = _start(tokens, at, cued=cued or turn - asked_at <= _ASKED_TURNS)
                if start is not None:
                    tail = _TAIL.match(text, token.end)
                    end = tail.end() if tail else token.end
                    yield Hit("ADDRESS", _key(tokens[start : at + 1]), (Piece(turn, tokens[start].start, end),))
        if cued:
            asked_at = turn


def _start(tokens: Sequence[Token], at: int, *, cued: bool) -> int | None:
    """Position of the house number of the street whose type stands at `at`; None if this is no address."""
    middle = at
    while middle > 0 and at - middle < _MAX_MIDDLE and _names_street(tokens[middle - 1]):
        middle -= 1
    if middle < at and middle > 0 and tokens[middle].text in ORDINALS and tokens[middle - 1].text in TENS:
        middle -= 1  # "forty second street" is a street by itself
    first = middle
    while first > 0 and middle - first < _MAX_NUMBER and _is_house_number(tokens[first - 1]):
        first -= 1
    if first == middle or middle == at:
        return None
    capital = all(token.capital or token.kind == "alnum" for token in tokens[middle:at])
    sure = tokens[at].text in _SURE_TYPES or (capital and tokens[at].capital)
    return first if sure or cued else None


def _names_street(token: Token) -> bool:
    if token.kind == "alnum":
        return bool(re.fullmatch(r"\d{1,3}(?:st|nd|rd|th)", token.text))
    if token.text in ORDINALS or token.text == ".":
        return True
    return token.kind == "word" and token.text not in _NO_STREET


def _is_house_number(token: Token) -> bool:
    if token.kind in ("number", "alnum"):
        return bool(re.fullmatch(r"\d{1,5}[a-z]?", token.text))
    return token.text == "-" or (token.kind == "word" and token.text in NUMBER_WORDS)


def _key(tokens: Sequence[Token]) -> str:
    number = "".join(run.value for run in read_runs([token for token in tokens if _is_house_number(token)]))
    words = [_TYPES.get(token.text, token.text) for token in tokens if not _is_house_number(token)]
    return " ".join([number, *(word for word in words if word != ".")])
