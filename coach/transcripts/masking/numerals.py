"""Digits and letters as written and spoken: "4111", "four one", "double five", "forty-one", "b as in bravo"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from coach.transcripts.masking.tokens import Token
from coach.transcripts.masking.words import (
    JOIN_MARKS,
    JOINERS,
    NUMBER_WORDS,
    ONE_AFTER,
    ONE_BEFORE,
    REPEATS,
    TEENS,
    TENS,
    UNIT_NOUNS,
    UNITS,
)

_MAX_GAP = 12
_GLUED = "·"


class Atom(NamedTuple):
    """The smallest piece of a number: one or more tokens that give digits, or one letter.

    Attributes:
        first, last: positions in the stream, both included.
        value: ASCII digits, or upper-case letters (and digits, for a written mix such as `HC44`).
        spoken: in words rather than in figures.
        gap: what stands before it in the run, as token texts; empty strings for a change of turn.
    """

    first: int
    last: int
    value: str
    spoken: bool
    gap: tuple[str, ...] = ()


class Run(NamedTuple):
    """Atoms that follow each other with nothing but fillers and marks between; `plus` if a plus sign leads."""

    atoms: tuple[Atom, ...]
    plus: bool

    @property
    def value(self) -> str:
        """All values in one string."""
        return "".join(atom.value for atom in self.atoms)


def read_runs(stream: Sequence[Token]) -> list[Run]:
    """All runs of a stream, in order."""
    runs: list[Run] = []
    atoms: list[Atom] = []
    gap: list[str] = []
    plus = False
    at = 0

    def close() -> None:
        nonlocal plus
        if atoms and at < len(stream) and stream[at].text in UNIT_NOUNS and not gap and len(atoms[-1].value) < 7:
            atoms.pop()
        if atoms:
            runs.append(Run(tuple(atoms), plus))
        atoms.clear()
        gap.clear()
        plus = False

    while at < len(stream):
        atom = _atom(stream, at, in_number=bool(atoms))
        if atom is not None:
            atoms.append(atom._replace(gap=tuple(gap)))
            gap.clear()
            at = atom.last + 1
            continue
        token = stream[at]
        if token.text in ("+", "plus") and _starts_number(stream, at + 1):
            close()
            plus = True
        elif atoms and _joins(token) and len(gap) < _MAX_GAP:
            gap.append(_GLUED if _is_glued_stop(stream, at) else token.text)
        else:
            close()
        at += 1
    close()
    return runs


def is_digits(atom: Atom) -> bool:
    """Whether an atom is digits only."""
    return atom.value.isdigit()


def _joins(token: Token) -> bool:
    if token.kind == "word":
        return token.text in JOINERS
    return token.kind == "soft" or (token.kind == "punct" and token.text in JOIN_MARKS)


def _is_glued_stop(stream: Sequence[Token], at: int) -> bool:
    """Whether a full stop stands within a number, as in "312.555.0199", and ends no sentence."""
    return stream[at].text == "." and at + 1 < len(stream) and stream[at + 1].start == stream[at].end


def _starts_number(stream: Sequence[Token], at: int) -> bool:
    return at < len(stream) and (stream[at].kind == "number" or stream[at].text in NUMBER_WORDS)


def _text(stream: Sequence[Token], at: int) -> str:
    return stream[at].text if at < len(stream) else ""


def _atom(stream: Sequence[Token], at: int, *, in_number: bool) -> Atom | None:
    token = stream[at]
    if token.kind == "number":
        return Atom(at, at, token.text, spoken=False)
    if token.kind == "alnum" and token.text.isascii():
        return Atom(at, at, token.text.upper(), spoken=False)
    if token.kind != "word":
        return None
    if token.text in REPEATS:
        return _repeated(stream, at)
    if token.text == "one" and _is_pronoun(stream, at):
        return None
    if token.text == "oh" and _is_exclamation(stream, at):
        return None
    if token.text == "o" and not (in_number or _starts_number(stream, at + 1)):
        return Atom(at, at, "O", spoken=True)
    if token.text in UNITS or token.text in TEENS or token.text in TENS or _is_a_hundred(stream, at):
        return _cardinal(stream, at)
    if len(token.text) == 1 and token.text.isascii():
        return Atom(at, _after_example(stream, at), token.text.upper(), spoken=True)
    return None


def _repeated(stream: Sequence[Token], at: int) -> Atom | None:
    following = _text(stream, at + 1)
    digit = UNITS.get(following, following)
    if len(digit) == 1 and digit.isdigit():
        return Atom(at, at + 1, digit * REPEATS[stream[at].text], spoken=True)
    if len(following) == 1 and following.isascii() and following.isalpha():
        return Atom(at, at + 1, following.upper() * REPEATS[stream[at].text], spoken=True)
    return None


def _is_pronoun(stream: Sequence[Token], at: int) -> bool:
    following = _text(stream, at + 1)
    if following in ONE_BEFORE:
        return True
    return at > 0 and stream[at - 1].text in ONE_AFTER and not _starts_number(stream, at + 1)


def _is_exclamation(stream: Sequence[Token], at: int) -> bool:
    """Whether "oh" opens a sentence of words, rather than standing alone or before digits."""
    opens = at == 0 or stream[at - 1].kind in ("soft", "hard") or stream[at - 1].text in ".!?…"
    following = at + 1
    while following < len(stream) and following - at < _MAX_GAP and _may_stand_in_number(stream[following]):
        following += 1
    words = following < len(stream) and stream[following].kind == "word" and not _starts_number(stream, following)
    return opens and words


def _may_stand_in_number(token: Token) -> bool:
    return token.kind == "punct" or token.text in JOINERS


def _is_a_hundred(stream: Sequence[Token], at: int) -> bool:
    return stream[at].text == "a" and _text(stream, at + 1) in ("hundred", "thousand")


def _after_example(stream: Sequence[Token], at: int) -> int:
    """The last token of "b as in bravo" or "b for bravo"; `at` itself for a bare letter."""
    letter = stream[at].text
    if _text(stream, at + 1) == "as" and _text(stream, at + 2) in ("in", "and") and _text(stream, at + 3)[:1] == letter:
        return at + 3
    if _text(stream, at + 1) == "for" and _text(stream, at + 2)[:1] == letter and len(_text(stream, at + 2)) > 1:
        return at + 2
    return at


def _below_hundred(stream: Sequence[Token], at: int) -> tuple[int, int] | None:
    """Value and last token of "seven", "seventeen" or "seventy-seven"; None if there is no such number."""
    word = _text(stream, at)
    if word in TEENS:
        return TEENS[word], at
    if word in TENS:
        unit = at + 2 if _text(stream, at + 1) == "-" else at + 1
        value = UNITS.get(_text(stream, unit), "0")
        # "twenty oh one" is 20, 0, 1; "twenty one hundred" is rarer than 20, 100
        return (TENS[word] + int(value), unit) if value != "0" else (TENS[word], at)
    if word in UNITS and UNITS[word] != "0":
        return int(UNITS[word]), at
    return (1, at) if at < len(stream) and _is_a_hundred(stream, at) else None


def _cardinal(stream: Sequence[Token], at: int) -> Atom:
    small = _below_hundred(stream, at)
    if small is None:
        return Atom(at, at, UNITS[stream[at].text], spoken=True)
    value, last = small
    for name, size in (("thousand", 1000), ("hundred", 100)):
        if _text(stream, last + 1) == name:
            value, last = value * size, last + 1
            tail = _tail(stream, last + 1, size)
            if tail is not None:
                value, last = value + tail[0], tail[1]
            break
    return Atom(at, last, str(value), spoken=True)


def _tail(stream: Sequence[Token], at: int, below: int) -> tuple[int, int] | None:
    """What follows "hundred" or "thousand" within the same cardinal.

    "eight hundred five five five" reads 800, 5, 5, 5: a single digit belongs to the hundred only if none follows it.
    """
    start = at + 1 if _text(stream, at) == "and" else at
    small = _below_hundred(stream, start)
    if small is None:
        return None
    value, last = small
    if below == 1000 and _text(stream, last + 1) == "hundred":
        return value * 100, last + 1
    if start == at and value < 10 and (_text(stream, last + 1) in UNITS or _text(stream, last + 1) in REPEATS):
        return None
    return value, last
