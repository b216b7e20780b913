"""Names of persons, where the talk itself says that they are names."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from coach.transcripts.masking.hits import Hit
from coach.transcripts.masking.mentions import find_known, find_spelled
from coach.transcripts.masking.name_cues import (
    AFTER_SELF,
    ANSWER,
    ASKED,
    BRAND,
    BRAND_OPENING,
    CAMEL,
    LEAD_INS,
    NO_PERSON,
    SIGNED,
    STRONG,
    WEAK,
)
from coach.transcripts.masking.name_words import MAX_WORDS, bare, is_cased, is_name, is_quality, name_at, name_pieces
from coach.transcripts.masking.numerals import Run
from coach.transcripts.masking.people import People
from coach.transcripts.masking.streams import Call
from coach.transcripts.masking.tokens import Token
from coach.transcripts.masking.words import NOT_NAMES, NUMBER_WORDS, ORDINALS

_OPENING_TURNS = 3
_ASKED_TURNS = 2
_ANSWER_WORDS = 6


def find_names(call: Call, runs: Sequence[tuple[Sequence[Token], Sequence[Run]]], people: People) -> list[Hit]:
    """Introductions, answers to "your name?", spelled names, and every other mention of a name once it is known.

    Args:
        call: the call.
        runs: each stream with its runs, for names spelled letter by letter.
        people: the persons known; those found are added.
    """
    cased = [is_cased(tokens) for tokens in call.tokens]
    brands = _brands(call)
    hits: list[Hit] = []
    found = [*_introduced(call, cased, brands), *_answered(call, cased, brands)]
    for tokens in sorted(found, key=len, reverse=True):
        # full names first, so that a first name and a surname said apart before are known for one person's
        key = people.key([bare(token) for token in tokens if len(token.text) > 1])
        hits.append(Hit("NAME", key, name_pieces(tokens)))
    hits += find_spelled(call, runs, people)
    hits += find_known(call, cased, people, brands)
    return hits


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
            name = name_at(tokens, at, capital=cased[turn], strong=True, brands=brands)
            if name:
                strong_here = True
                yield name
        if not cased[turn]:
            continue
        yield from _signed(text, tokens, brands)
        for match in WEAK.finditer(text):
            at = bisect_left(starts, match.end())
            called = bool(match["vocative"]) and match["vocative"].lower() != "sure"
            name = name_at(tokens, at, capital=True, strong=called, brands=brands)
            if called and name and is_quality(bare(name[0])):
                continue
            if name and not (match["self"] and strong_here) and _fits(match.lastgroup, tokens, name):
                yield name


def _signed(text: str, tokens: Sequence[Token], brands: frozenset[str]) -> Iterator[list[Token]]:
    """Names before "here" or "speaking" that make a sentence with it; one word alone only before "speaking"."""
    for match in SIGNED.finditer(text):
        end = bisect_left(tokens, match.start(), key=lambda token: token.start)
        start = end
        while (
            start > 0
            and end - start < MAX_WORDS
            and is_name(tokens[start - 1], capital=True, strong=False, brands=brands)
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
        return following in AFTER_SELF or bare(name[-1]) != name[-1].text
    if how == "alone":
        return following in (".", ",", "!", "?") and len(name) <= 2
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
                words.add(bare(token))
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
            name = name_at(tokens, at, capital=cased[answer], strong=False, brands=brands)
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
        name = name_at(tokens, at, capital=True, strong=False, brands=brands)
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
