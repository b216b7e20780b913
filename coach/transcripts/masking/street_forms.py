"""German and French street addresses, and what stands between a masked street and its ZIP code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from coach.transcripts.masking.context import context_of
from coach.transcripts.masking.hits import Hit, Piece, pieces_of
from coach.transcripts.masking.name_cues import LEAD_INS
from coach.transcripts.masking.numerals import is_digits, read_runs
from coach.transcripts.masking.streams import Call
from coach.transcripts.masking.tokens import Token
from coach.transcripts.masking.words import NOT_NAMES, NUMBER_WORDS, UNIT_NOUNS, word_set

_TOWN = (
    r"(?:,?\s+(?:[A-Z]-)?\d{5}\s+[A-ZÀ-Ý][\w'’-]{1,30}(?:\s(?:am|an\s+der|im|en|sur|de|[A-ZÀ-Ý][\w'’-]{1,30})){0,2})"
)
_GERMAN = re.compile(
    r"(?<!\w)(?:"
    rf"(?:[A-ZÄÖÜ][\w-]{{1,30}}\s)?[\w-]{{0,30}}(?i:straße|strasse|str\.)\s?\d{{1,4}}\s?[a-z]?(?!\w){_TOWN}?"
    rf"|[A-ZÄÖÜ][\w-]{{2,30}}(?:weg|allee|platz|gasse)\s\d{{1,4}}\s?[a-z]?(?!\w){_TOWN}?"
    rf"|(?:[A-ZÄÖÜ][\w-]{{1,30}}\s){{1,3}}\d{{1,4}}[a-z]?{_TOWN}"
    r")"
)
_ARTICLES = r"(?:(?i:de\s+la|de\s+l['’]|des|de|du|d['’]|la|les|le|l['’]|aux|à)\s?){1,2}"
_FRENCH = re.compile(
    r"(?<!\w)\d{1,4}(?:\s?(?i:bis|ter))?,?\s+(?:"
    rf"(?i:rue|boulevard|bd|chemin|impasse|quai|allée)\s+(?:{_ARTICLES})?[\w'’-]{{2,30}}"
    rf"|(?i:avenue|place|cours|route|passage|square)\s+{_ARTICLES}[\w'’-]{{2,30}}"
    rf")(?:[\s-][A-ZÀ-Ý][\w'’-]{{1,30}}){{0,2}}{_TOWN}?"
)
_NO_TOWN = NOT_NAMES | NUMBER_WORDS | UNIT_NOUNS | LEAD_INS | word_set("extension code ref dollars euros")
_TOWN_WORDS = 4
_MOST_LEAD_INS = 6
_TOWN_ASKED = re.compile(r"\b(?:city|town|state|zip|post\s?code)\b", re.IGNORECASE)
_STREET_TURNS = 3


def find_foreign(text: str, turn: int) -> Iterator[Hit]:
    """Street, number and, where they follow, postcode and town."""
    for pattern in (_GERMAN, _FRENCH):
        for match in pattern.finditer(text):
            key = re.sub(r"\W+", " ", match.group()).casefold()
            yield Hit("ADDRESS", key, (Piece(turn, *match.span()),))


def find_towns(call: Call) -> Iterator[Hit]:
    """Town, state and ZIP code after a masked street, in the same turn or as the start of one of the next."""
    street_at = -_STREET_TURNS - 1
    for turn, text in enumerate(call.texts):
        tokens = call.tokens[turn]
        recent = turn - street_at <= _STREET_TURNS
        here = "<ADDRESS_" in text
        runs = read_runs(tokens) if recent or here else []
        for run in runs:
            first, last = run.atoms[0].first, run.atoms[-1].last
            if len(run.value) not in (5, 9) or not all(is_digits(atom) for atom in run.atoms):
                continue
            start = _town_before(tokens, first)
            street = start - 2 if start > 0 and tokens[start - 1].text == "," else start - 1
            after_street = street >= 0 and tokens[street].text.startswith("<address_")
            opens = recent and _opens(tokens, start)
            if start < first and (after_street or opens) and context_of(call, tokens[first]).near != "OTHER":
                key = f"{' '.join(token.text for token in tokens[start:first])} {run.value}"
                yield Hit("ADDRESS", key, (Piece(turn, tokens[start].start, tokens[last].end),))
        if recent and turn and _TOWN_ASKED.search(call.texts[turn - 1]):
            yield from _town_before_placeholder(tokens)
        if here:
            street_at = turn


def _town_before(tokens: Sequence[Token], first: int) -> int:
    """Where the words of a town begin that end before a position; the position itself if there are none."""
    start = first
    while start > 0 and first - start < 2 * _TOWN_WORDS:
        before = tokens[start - 1]
        if before.text != "," and (before.kind != "word" or before.text in _NO_TOWN or len(before.text) == 1):
            break
        start -= 1
    while start < first and tokens[start].text == ",":
        start += 1
    return start


def _opens(tokens: Sequence[Token], start: int) -> bool:
    """Whether only a few words such as "it's" stand before a position."""
    return start <= _MOST_LEAD_INS and all(token.text in LEAD_INS or token.kind == "punct" for token in tokens[:start])


def _town_before_placeholder(tokens: Sequence[Token]) -> Iterator[Hit]:
    for at, token in enumerate(tokens):
        if token.text.startswith("<address_"):
            start = _town_before(tokens, at)
            words = [word for word in tokens[start:at] if word.kind == "word"]
            if words and _opens(tokens, start):
                yield Hit("ADDRESS", " ".join(word.text for word in words), pieces_of(words))
            return
