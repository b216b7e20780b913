"""Runs of digits told apart: cards, phones, ids, accounts, and everyday numbers that stay."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby
from typing import NamedTuple

from coach.transcripts.masking.cues import Cue
from coach.transcripts.masking.dates import is_date
from coach.transcripts.masking.hits import Hit, Piece, pieces_of
from coach.transcripts.masking.identifiers import (
    is_branded_card,
    is_card,
    is_national_id,
    is_nino,
    is_spoken_iban,
    looks_like_card,
)
from coach.transcripts.masking.numerals import Atom, Run, is_digits
from coach.transcripts.masking.phones import e164
from coach.transcripts.masking.postcodes import is_postcode
from coach.transcripts.masking.streams import Call
from coach.transcripts.masking.tokens import Token

_SHORTEST = 3
_LONGEST_MIXED = 36
_NEAR = 60
_RECENT = 6
_ASKED_TURNS = 4
_LAST4_TURNS = 2
_MAX_CARD = 19
_WHOLE_CARD = 12
_CARD_SIZES = (13, 14, 15, 16, 17, 18, 19)
_PAUSES = (("",), (".", ";", "?", "!"), (",", "and", "then", "next", "so"))
_LENGTHS = {
    "CARD": range(7, 20), "PHONE": range(7, 16), "ID": range(6, 16), "ACCOUNT": range(5, 21),
    "ACCOUNT_TALK": range(7, 21), "SECURITY_CODE": range(3, 9), "ZIP": (5, 9), "SORT_CODE": (6,),
    "DATE_OF_BIRTH": range(5, 9),
}  # fmt: skip
_ASKED_ORDER = (
    "CARD", "ID", "ACCOUNT", "SORT_CODE", "ACCOUNT_TALK", "SECURITY_CODE", "ZIP", "DATE_OF_BIRTH", "PHONE",
)  # fmt: skip
_LABELS = {"ZIP": "ADDRESS", "ACCOUNT_TALK": "ACCOUNT", "SORT_CODE": "ACCOUNT"}


class Context(NamedTuple):
    """What the talk says about a number: `near` is the cue just before it, `asked` the kinds in play."""

    near: str
    asked: frozenset[str]


def find_numbers(call: Call, stream: Sequence[Token], runs: Iterable[Run], regions: tuple[str, ...]) -> Iterator[Hit]:
    """All personal numbers of one speaker's stream.

    Args:
        call: the call.
        stream: the stream the runs come from.
        runs: the runs.
        regions: ISO 3166 codes for phone numbers without a country code.
    """
    for run in runs:
        if len(run.atoms) == 1 and not run.plus and len(run.value) < _SHORTEST:
            continue
        for part in _cut_before_letters(run):
            with_letters = _alphanumeric(part, stream, _context(call, stream[part.atoms[0].first]))
            if with_letters is not None:
                yield with_letters
                continue
            for digits, group in groupby(part.atoms, key=is_digits):
                if digits:
                    atoms = tuple(group)
                    yield from _digits(call, stream, Run(atoms, part.plus and atoms[0] is part.atoms[0]), regions)


def _cut_before_letters(run: Run) -> Iterator[Run]:
    """The run, cut where a sentence ends in digits and the next begins with letters: "... seventy-nine. H C four"."""
    first = 0
    for at in range(1, len(run.atoms)):
        ends = is_digits(run.atoms[at - 1]) and not is_digits(run.atoms[at]) and "." in run.atoms[at].gap
        if ends:
            yield Run(run.atoms[first:at], run.plus and first == 0)
            first = at
    yield Run(run.atoms[first:], run.plus and first == 0)


def _context(call: Call, token: Token) -> Context:
    cues = call.cues[token.turn]
    at = bisect_right(cues, token.start, key=lambda cue: cue.end)
    before = cues[max(0, at - _RECENT) : at]
    asked = {cue.kind for cue in before}
    turn = token.turn - 1
    while not asked and turn >= max(0, token.turn - _ASKED_TURNS):
        asked = {cue.kind for cue in call.cues[turn]}
        if token.turn - turn > _LAST4_TURNS:
            asked.discard("LAST4")
        turn -= 1
    near = before[-1].kind if before and token.start - before[-1].end <= _NEAR else ""
    if near in ("LAST4", "ENDING"):
        near = _last4_of(before, asked)
    return Context(near, frozenset(asked))


def _last4_of(before: Sequence[Cue], asked: set[str]) -> str:
    """What "the last four" are of: the cue that stands nearest, else what is in play, else a card."""
    kinds = [cue.kind for cue in reversed(before)] + sorted(asked)
    return next((kind for kind in kinds if kind in ("ID", "ACCOUNT", "PHONE", "CARD")), "CARD") + "_LAST4"


def _alphanumeric(run: Run, stream: Sequence[Token], context: Context) -> Hit | None:
    """IBANs, National Insurance numbers, postcodes and references that mix letters and digits."""
    if len(run.atoms) > _LONGEST_MIXED:
        return None
    for atoms in (run.atoms, _without_words(run.atoms)):
        value = "".join(atom.value for atom in atoms)
        if value.isdigit() or not any(c.isdigit() for c in value) or len(value) > 34:
            continue
        kind = _mixed_kind(value, context)
        if kind:
            return Hit(kind, value, _pieces(atoms, stream), "".join(c for c in value if c.isdigit()))
    return None


def _without_words(atoms: tuple[Atom, ...]) -> tuple[Atom, ...]:
    """The atoms without "a" and "I" at the ends, which are more likely words than letters of a reference."""
    first, last = 0, len(atoms)
    while first < last and atoms[first].value in ("A", "I"):
        first += 1
    while last > first and atoms[last - 1].value in ("A", "I"):
        last -= 1
    return atoms[first:last]


def _mixed_kind(value: str, context: Context) -> str:
    if is_spoken_iban(value):
        return "IBAN"
    if is_nino(value):
        return "ID"
    kinds = {context.near} if context.near else context.asked
    if "ZIP" in kinds and is_postcode(value):
        return "ADDRESS"
    if value[-1] in "AI" or value[0] in "AI" or not 5 <= len(value) <= 20 or sum(c.isdigit() for c in value) < 4:
        return ""
    return next((kind for kind in ("ID", "ACCOUNT") if kind in kinds), "")


def _digits(call: Call, stream: Sequence[Token], run: Run, regions: tuple[str, ...]) -> Iterator[Hit]:
    """A run of digits as one number; else the cards within it; the rest by parts, cut where the speaker paused."""
    hit = _one_number(call, stream, run, regions)
    if hit is not None:
        yield hit
        return
    done = 0
    for first, last in _cards_within(run.atoms):
        atoms = run.atoms[first:last]
        value = "".join(atom.value for atom in atoms)
        yield Hit("CARD", value, _pieces(atoms, stream), value)
        yield from _parts(call, stream, Run(run.atoms[done:first], run.plus and done == 0), regions, _PAUSES)
        done = last
    yield from _parts(call, stream, Run(run.atoms[done:], run.plus and done == 0), regions, _PAUSES)


def _parts(
    call: Call, stream: Sequence[Token], run: Run, regions: tuple[str, ...], pauses: Sequence[tuple[str, ...]]
) -> Iterator[Hit]:
    hit = _one_number(call, stream, run, regions)
    if hit is not None:
        yield hit
    elif pauses:
        for part in _cut(run, pauses[0]):
            yield from _parts(call, stream, part, regions, pauses[1:])


def _one_number(call: Call, stream: Sequence[Token], run: Run, regions: tuple[str, ...]) -> Hit | None:
    if not run.atoms or len(run.atoms) > _MAX_CARD + 2:
        return None
    context = _context(call, stream[run.atoms[0].first])
    for atoms in _readings(run.atoms):
        value = "".join(atom.value for atom in atoms)
        if any("and" in atom.gap and not atom.spoken for atom in atoms[1:]) and not is_card(value):
            continue  # figures on both sides of "and" are two numbers
        found = _kind(value, atoms, run.plus, context, regions)
        if found is not None:
            kind, key = found
            return Hit(kind, key, _with_prefix(_pieces(atoms, stream), call, run.plus), value)
    return None


def _readings(atoms: tuple[Atom, ...]) -> Iterator[tuple[Atom, ...]]:
    """The atoms, then without a leading "oh", which may belong to the sentence."""
    yield atoms
    if len(atoms) > 7 and atoms[0].spoken and atoms[0].value == "0":
        yield atoms[1:]


def _kind(
    value: str, atoms: Sequence[Atom], plus: bool, context: Context, regions: tuple[str, ...]
) -> tuple[str, str] | None:
    if is_card(value) and not (plus and e164(value, plus=True, regions=regions, valid=True)):
        return "CARD" if context.near != "ACCOUNT" or is_branded_card(value) else "ACCOUNT", value
    if context.near:
        if context.near == "OTHER":
            return None
        cued = _cued(value, context.near, plus, regions, near=True)
        if cued:
            return cued
    phone = _shaped_like_phone(value, atoms, plus, regions, sure="OTHER" in context.asked)
    if context.asked and not (phone and "PHONE" in context.asked):
        for kind in (
            "CARD",
            "ID",
            "ACCOUNT",
            "SORT_CODE",
            "ACCOUNT_TALK",
            "SECURITY_CODE",
            "ZIP",
            "DATE_OF_BIRTH",
            "PHONE",
        ):
            if kind in context.asked and not (kind == "CARD" and len(value) < _WHOLE_CARD and len(context.asked) > 1):
                cued = _cued(value, kind, plus, regions, near=False)
                if cued and not (phone and kind == "CARD"):
                    return cued
        if "LAST4" in context.asked and len(value) == 4:
            return _last4_of((), set(context.asked)), value
    if phone:
        return "PHONE", phone
    if looks_like_card(value) and "OTHER" not in context.asked:
        return "CARD", value
    return ("ID", value) if is_national_id(value) else None


def _cued(value: str, kind: str, plus: bool, regions: tuple[str, ...], *, near: bool) -> tuple[str, str] | None:
    if kind.endswith("_LAST4"):
        return (kind, value) if 3 <= len(value) <= 5 else None
    lengths = range(4, 21) if near and kind == "ACCOUNT" else _LENGTHS.get(kind, ())
    if len(value) not in lengths or (kind == "DATE_OF_BIRTH" and not is_date(value)):
        return None
    if kind == "PHONE":
        return "PHONE", e164(value, plus=plus, regions=regions, valid=False) or value
    return _LABELS.get(kind, kind), value


def _shaped_like_phone(
    value: str, atoms: Sequence[Atom], plus: bool, regions: tuple[str, ...], *, sure: bool
) -> str | None:
    """The E.164 form of digits that are a phone number with no cue; None for all others.

    Read digit by digit or grouped as phones are, a number of the right length and start is enough. An unbroken row of
    figures must be one that the numbering plan assigns, and is none at all (`sure`) while order numbers are the topic.
    """
    if not 10 <= len(value) <= 15:
        return None
    if plus:
        return e164(value, plus=True, regions=regions, valid=False)
    singles = sum(len(atom.value) for atom in atoms if len(set(atom.value)) == 1 and atom.spoken)
    spoken = any(atom.spoken for atom in atoms)
    if spoken:
        return e164(value, plus=False, regions=regions, valid=False) if 2 * singles >= len(value) else None
    if len(atoms) == 1:
        return None if sure else e164(value, plus=False, regions=regions, valid=True)
    return e164(value, plus=False, regions=regions, valid=False) if _phone_groups(value, atoms) else None


def _phone_groups(value: str, atoms: Sequence[Atom]) -> bool:
    """Figures grouped as 3-3-4 (with or without a country's 1), or, after a leading 0, in at most five groups."""
    ends: list[int] = []
    for atom in atoms:
        ends.append((ends[-1] if ends else 0) + len(atom.value))
    if value.startswith("0"):
        return len(atoms) <= 5 and all(len(atom.value) >= 2 for atom in atoms[1:])
    shift = len(value) - 10
    return shift in (0, 1) and set(ends) <= {1, 3 + shift, 6 + shift, 10 + shift}


def _cards_within(atoms: Sequence[Atom]) -> Iterator[tuple[int, int]]:
    """Stretches of atoms, `(start, end)`, that are a card of a known scheme; in order, none overlapping."""
    starts = [0, *accumulate(len(atom.value) for atom in atoms)]
    whole = "".join(atom.value for atom in atoms)
    free = 0
    for first in range(len(atoms)):
        if first < free or whole[starts[first]] not in "23456":
            continue
        for last in range(first + 1, min(first + _MAX_CARD, len(atoms)) + 1):
            size = starts[last] - starts[first]
            if size > _MAX_CARD:
                break
            if size in _CARD_SIZES and is_branded_card(whole[starts[first] : starts[last]]):
                free = last
                yield first, last
                break


def _cut(run: Run, pauses: tuple[str, ...]) -> list[Run]:
    parts: list[list[Atom]] = [[]]
    for atom in run.atoms:
        if parts[-1] and any(pause in atom.gap for pause in pauses):
            parts.append([])
        parts[-1].append(atom)
    return [Run(tuple(part), run.plus and n == 0) for n, part in enumerate(parts)]


def _pieces(atoms: Sequence[Atom], stream: Sequence[Token]) -> tuple[Piece, ...]:
    return pieces_of(token for atom in atoms for token in stream[atom.first : atom.last + 1])


def _with_prefix(pieces: tuple[Piece, ...], call: Call, plus: bool) -> tuple[Piece, ...]:
    """The pieces, the first with the plus sign or bracket that belongs to it."""
    turn, start, end = pieces[0]
    text = call.texts[turn]
    if plus:
        lead = text[max(0, start - 8) : start].lower().rstrip()
        start -= len(text[max(0, start - 8) : start]) - len(lead) + (1 if lead.endswith("+") else len("plus"))
    if text[start - 1 : start] == "(" and ")" in text[start:end]:
        start -= 1
    return Piece(turn, start, end), *pieces[1:]
