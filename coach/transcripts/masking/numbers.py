"""Personal numbers in a speaker's stream: as one, spread over turns, or among other numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby

from coach.transcripts.masking.context import Context, context_of
from coach.transcripts.masking.hits import Hit, Piece, pieces_of
from coach.transcripts.masking.identifiers import is_branded_card, is_card
from coach.transcripts.masking.kinds import kind_of, mixed_kind_of
from coach.transcripts.masking.numerals import Atom, Run, is_digits
from coach.transcripts.masking.phones import e164
from coach.transcripts.masking.streams import Call
from coach.transcripts.masking.tokens import Token

_SHORTEST = 3
_LONGEST_MIXED = 36
_MAX_CARD = 19
_PHONE_SIZE = 10
_PREFIX = re.compile(r"(?<![\w-])[A-Z]{1,4}-$")
_CARD_SIZES = (13, 14, 15, 16, 17, 18, 19)
_PAUSES = (("",), (".", ";", "?", "!"), (",", "and", "then", "next", "so"))


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
            with_letters = _alphanumeric(part, stream, context_of(call, stream[part.atoms[0].first]))
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


def _alphanumeric(run: Run, stream: Sequence[Token], context: Context) -> Hit | None:
    """IBANs, National Insurance numbers, postcodes and references that mix letters and digits."""
    if len(run.atoms) > _LONGEST_MIXED:
        return None
    for atoms in (run.atoms, _without_words(run.atoms)):
        value = "".join(atom.value for atom in atoms)
        if value.isdigit() or not any(c.isdigit() for c in value) or len(value) > 34:
            continue
        kind = mixed_kind_of(value, context)
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
    rest = list(_parts(call, stream, Run(run.atoms[done:], run.plus and done == 0), regions, _PAUSES))
    yield from rest
    if any(hit.kind == "PHONE" for hit in rest):
        yield from _listed(run.atoms[done:], stream, regions)


def _listed(atoms: Sequence[Atom], stream: Sequence[Token], regions: tuple[str, ...]) -> Iterator[Hit]:
    """Unbroken numbers in a list with phone numbers, which need not be assigned to be one too."""
    for atom in atoms:
        number = e164(atom.value, plus=False, regions=regions, valid=False) if len(atom.value) >= _PHONE_SIZE else None
        if number and not atom.spoken:
            yield Hit("PHONE", number, _pieces((atom,), stream), atom.value)


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
    context = context_of(call, stream[run.atoms[0].first])
    for atoms in _readings(run.atoms):
        value = "".join(atom.value for atom in atoms)
        if any("and" in atom.gap and not atom.spoken for atom in atoms[1:]) and not is_card(value):
            continue  # figures on both sides of "and" are two numbers
        found = kind_of(value, atoms, run.plus, context, regions)
        if found is not None:
            kind, key = found
            pieces = _with_prefix(_pieces(atoms, stream), call, run.plus)
            letters = _PREFIX.search(call.texts[pieces[0].turn][max(0, pieces[0].start - 6) : pieces[0].start])
            if kind in ("ACCOUNT", "ID") and letters:
                pieces = (pieces[0]._replace(start=pieces[0].start - len(letters.group())), *pieces[1:])
            return Hit(kind, key, pieces, value)
    return None


def _readings(atoms: tuple[Atom, ...]) -> Iterator[tuple[Atom, ...]]:
    """The atoms, then without a leading "oh", which may belong to the sentence."""
    yield atoms
    if len(atoms) > 7 and atoms[0].spoken and atoms[0].value == "0":
        yield atoms[1:]


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
