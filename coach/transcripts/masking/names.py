"""Names of persons, where the talk itself says that they are names."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from coach.transcripts.masking.hits import Hit, Piece, pieces_of
from coach.transcripts.masking.name_cues import (
    AFTER_SELF,
    ANSWER,
    ASKED,
    BRAND,
    BRAND_OPENING,
    CAMEL,
    DOUBLES,
    LEAD_INS,
    NO_PERSON,
    SIGNED,
    SPELLING,
    STRONG,
    WEAK,
)
from coach.transcripts.masking.numerals import Run
from coach.transcripts.masking.people import People
from coach.transcripts.masking.streams import Call
from coach.transcripts.masking.tokens import Token
from coach.transcripts.masking.words import NOT_NAMES, NUMBER_WORDS, ORDINALS, word_set

_MAX_WORDS = 3
_OPENING_TURNS = 3
_ASKED_TURNS = 2
_SPELLING_TURNS = 3
_ANSWER_WORDS = 6
_CONTRACTION = re.compile(r"'(?:m|re|ll|ve|d|t)$")
_BEFORE_NAME = word_set(", : - . uh um er")
_HONORIFICS = word_set("mr mrs ms mister missus miss dr doctor professor madam")


def find_names(call: Call, runs: Sequence[tuple[Sequence[Token], Sequence[Run]]], people: People) -> list[Hit]:
    """Introductions, answers to "your name?", spelled names, and every other mention of a name once it is known.

    Args:
        call: the call.
        runs: each stream with its runs, for names spelled letter by letter.
        people: the persons known; those found are added.
    """
    cased = [_is_cased(tokens) for tokens in call.tokens]
    brands = _brands(call)
    hits: list[Hit] = []
    for tokens in [*_introduced(call, cased, brands), *_answered(call, cased, brands)]:
        hits.append(Hit("NAME", people.key([_bare(token) for token in tokens if len(token.text) > 1]), _pieces(tokens)))
    hits += _spelled(call, runs, people)
    hits += _known(call, cased, people, brands)
    return hits


def _is_cased(tokens: Sequence[Token]) -> bool:
    """Whether capitals mean something in this turn."""
    return any(token.capital and not token.shouted and len(token.text) > 1 for token in tokens if token.kind == "word")


def _bare(token: Token) -> str:
    return token.text.replace("’", "'").removesuffix("'s")


def _pieces(tokens: Sequence[Token]) -> tuple[Piece, ...]:
    last = tokens[-1]
    shorter = last._replace(end=last.end - (len(last.text) - len(_bare(last))))
    return pieces_of([*tokens[:-1], shorter])


def _is_name(token: Token, *, capital: bool, strong: bool, brands: frozenset[str]) -> bool:
    word = _bare(token)
    if token.kind != "word" or len(word) < 2 or word in brands or _CONTRACTION.search(word):
        return False
    if capital and (not token.capital or (token.shouted and not strong)):
        return False
    if word in NOT_NAMES or word in NUMBER_WORDS:
        return strong and capital and word in DOUBLES
    return capital or word not in LEAD_INS


def _name_at(tokens: Sequence[Token], at: int, *, capital: bool, strong: bool, brands: frozenset[str]) -> list[Token]:
    """The name that starts at a position, up to three words with initials and hyphens; empty if there is none."""
    while at < len(tokens) and (tokens[at].text in _BEFORE_NAME or tokens[at].text in _HONORIFICS):
        at += 1
    name: list[Token] = []
    words = 0
    # without capitals nothing shows where a name ends: two words at most
    most = _MAX_WORDS if capital else 2
    for token in tokens[at : at + 3 * _MAX_WORDS]:
        if name and token.shouted != name[0].shouted and len(token.text) > 1:
            break
        if words < most and _is_name(token, capital=capital, strong=strong and not name, brands=brands):
            words += 1
        elif not (name and _inside_name(token, name[-1], capital=capital)):
            break
        name.append(token)
        if _bare(token) != token.text:
            break
    following = tokens[at + len(name)] if at + len(name) < len(tokens) else None
    if words == _MAX_WORDS and following and following.kind == "word" and following.capital:
        return []  # four capitals in a row are a title or a company
    while name and (name[-1].kind != "word" or len(name[-1].text) == 1):
        name.pop()
    return name


def _inside_name(token: Token, before: Token, *, capital: bool) -> bool:
    """An initial, the stop after it, or a hyphen."""
    if token.kind == "word":
        return capital and token.capital and len(token.text) == 1 and token.text != "i"
    return token.start == before.end and (token.text == "-" or (token.text == "." and len(before.text) == 1))


def _introduced(call: Call, cased: Sequence[bool], brands: frozenset[str]) -> Iterator[list[Token]]:
    for turn, text in enumerate(call.texts):
        tokens = call.tokens[turn]
        starts = [token.start for token in tokens]
        strong_here = False
        for match in STRONG.finditer(text):
            before = bisect_left(starts, match.start()) - 1
            if match["statement"] and before >= 0 and tokens[before].text in NO_PERSON:
                continue
            at = bisect_left(starts, match.end())
            name = _name_at(tokens, at, capital=cased[turn], strong=True, brands=brands)
            if name:
                strong_here = True
                yield name
        if not cased[turn]:
            continue
        yield from _signed(text, tokens, brands)
        for match in WEAK.finditer(text):
            at = bisect_left(starts, match.end())
            called = bool(match["vocative"]) and match["vocative"].lower() != "sure"
            name = _name_at(tokens, at, capital=True, strong=called, brands=brands)
            if name and not (match["self"] and strong_here) and _fits(match.lastgroup, tokens, name):
                yield name


def _signed(text: str, tokens: Sequence[Token], brands: frozenset[str]) -> Iterator[list[Token]]:
    """Names before "here" or "speaking" that make a sentence with it; one word alone only before "speaking"."""
    for match in SIGNED.finditer(text):
        end = bisect_left(tokens, match.start(), key=lambda token: token.start)
        start = end
        while (
            start > 0
            and end - start < _MAX_WORDS
            and _is_name(tokens[start - 1], capital=True, strong=False, brands=brands)
        ):
            start -= 1
        opens = start == 0 or tokens[start - 1].text in ".!?,"
        enough = end - start > (0 if match.group().lower() == "speaking" else 1)
        if opens and enough and not tokens[end - 1].text.endswith("ly"):
            yield list(tokens[start:end])


def _fits(how: str | None, tokens: Sequence[Token], name: Sequence[Token]) -> bool:
    after = bisect_left(tokens, name[-1].end, key=lambda token: token.start)
    following = tokens[after].text if after < len(tokens) else "."
    if how == "self":
        return following in AFTER_SELF or _bare(name[-1]) != name[-1].text
    if how == "vocative":
        return following in (".", ",", "!", "?", "-", "—") and len(name) <= 2
    return True


def _brands(call: Call) -> frozenset[str]:
    """Words of company names, which are not persons': what is called, welcomed to, or spoken for."""
    words: set[str] = set()
    for turn, text in enumerate(call.texts):
        tokens = call.tokens[turn]
        for match in BRAND.finditer(text):
            at = bisect_left(tokens, match.end(), key=lambda token: token.start)
            for token in tokens[at : at + 3]:
                if token.kind != "word" or token.text in NOT_NAMES:
                    break
                words.add(_bare(token))
        opening = BRAND_OPENING.match(text) if turn < _OPENING_TURNS else None
        if opening:
            words.update(opening[1].lower().split())
        words.update(word.lower() for word in CAMEL.findall(text))
    return frozenset(words)


def _answered(call: Call, cased: Sequence[bool], brands: frozenset[str]) -> Iterator[list[Token]]:
    """Names that are the whole answer, or its beginning, to a question for one."""
    for turn, text in enumerate(call.texts):
        if not ASKED.search(text):
            continue
        for answer in range(turn + 1, min(turn + 1 + _ASKED_TURNS, len(call.texts))):
            if call.speakers[answer] == call.speakers[turn] and call.speakers[turn] != "unknown":
                continue
            tokens = call.tokens[answer]
            at = 0
            while at < len(tokens) and (tokens[at].text in LEAD_INS or tokens[at].kind == "punct"):
                at += 1
            name = _name_at(tokens, at, capital=cased[answer], strong=False, brands=brands)
            if not name and cased[answer]:
                name = _after_lead_in(call.texts[answer], tokens, brands)
                if name:
                    yield name
                    break
            if name and not all(token.shouted for token in name) and _is_answer(tokens[at:], name, cased=cased[answer]):
                yield name
                break


def _after_lead_in(text: str, tokens: Sequence[Token], brands: frozenset[str]) -> list[Token]:
    for match in ANSWER.finditer(text):
        at = bisect_left(tokens, match.end(), key=lambda token: token.start)
        name = _name_at(tokens, at, capital=True, strong=False, brands=brands)
        if name and _fits("self", tokens, name):
            return name
    return []


def _is_answer(tokens: Sequence[Token], name: Sequence[Token], *, cased: bool) -> bool:
    """Whether the name is all that is said, but for a few words, or a sentence of its own."""
    words = sum(token.kind != "punct" for token in tokens)
    if not cased:
        after = bisect_left(tokens, name[-1].end, key=lambda token: token.start)
        ends = after == len(tokens) or tokens[after].kind == "number" or "'" in tokens[after].text
        ends = ends or tokens[after].text in NOT_NAMES | NUMBER_WORDS | ORDINALS
        return words <= len(name) + 1 or (ends and len(name) > 1)
    return words <= _ANSWER_WORDS or any(token.start == name[-1].end and token.text == "." for token in tokens)


def _spelled(call: Call, runs: Sequence[tuple[Sequence[Token], Sequence[Run]]], people: People) -> Iterator[Hit]:
    """Three letters or more, one by one, where a name or its spelling is the topic."""
    for stream, stream_runs in runs:
        for run in stream_runs:
            letters = [atom for atom in run.atoms if atom.value.isalpha() and atom.spoken]
            if len(letters) < 3 or len(letters) < len(run.atoms):
                continue
            word = "".join(atom.value for atom in letters).lower()
            tokens = stream[letters[0].first : letters[-1].last + 1]
            turn = tokens[0].turn
            before = [call.texts[turn][max(0, tokens[0].start - 80) : tokens[0].start]]
            before += [text[-400:] for text in call.texts[max(0, turn - _SPELLING_TURNS) : turn]]
            if word in people or any(SPELLING.search(text) for text in before):
                yield Hit("NAME", people.key([word]), pieces_of(tokens))


def _known(call: Call, cased: Sequence[bool], people: People, brands: frozenset[str]) -> Iterator[Hit]:
    """Mentions of names that are known, with the unknown half of a name beside them."""
    for turn, tokens in enumerate(call.tokens):
        last = -1
        for at in range(len(tokens)):
            if at <= last or not _mentions(tokens, at, people, cased=cased[turn]):
                continue
            first = last = at
            while last + 1 < len(tokens) and _belongs(tokens, last + 1, last, people, brands, cased=cased[turn]):
                last += 1
            if (
                first > 1
                and cased[turn]
                and tokens[first - 2].text not in ".!?"
                and _belongs(tokens, first - 1, first, people, brands, cased=True)
            ):
                first -= 1
            mention = tokens[first : last + 1]
            yield Hit("NAME", people.key([_bare(token) for token in mention]), _pieces(mention))


def _belongs(
    tokens: Sequence[Token], at: int, beside: int, people: People, brands: frozenset[str], *, cased: bool
) -> bool:
    """Whether a token is part of the name whose known word stands next to it."""
    left, right = tokens[min(at, beside)], tokens[max(at, beside)]
    if right.start - left.end != 1 or _bare(left) != left.text:
        return False
    if _mentions(tokens, at, people, cased=cased):
        return True
    return cased and not tokens[at].shouted and _is_name(tokens[at], capital=True, strong=False, brands=brands)


def _mentions(tokens: Sequence[Token], at: int, people: People, *, cased: bool) -> bool:
    token = tokens[at]
    word = _bare(token)
    if token.kind != "word" or word not in people or word in NOT_NAMES:
        return False
    if not cased:
        return word not in DOUBLES
    if not token.capital:
        return False
    return word not in DOUBLES or (at > 0 and tokens[at - 1].text not in ".!?")
