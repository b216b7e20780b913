"""What a detector found, and putting placeholders in its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from coach.transcripts.masking.tokens import Token


class Piece(NamedTuple):
    """A stretch of one turn's text: `turn` is the position in the call, `start` included, `end` excluded."""

    turn: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One mention of a personal value.

    Attributes:
        kind: the placeholder's label, such as `CARD`.
        key: the value in a normal form; mentions with the same kind and key share a placeholder.
        pieces: where it stands; several where it is spread over turns.
        digits: the value's digits, for finding fragments of it; empty for values that are not numbers.
    """

    kind: str
    key: str
    pieces: tuple[Piece, ...]
    digits: str = ""


_ORDER = ("EMAIL", "IBAN", "CARD", "EXPIRY", "ID", "PHONE", "ACCOUNT", "DATE_OF_BIRTH", "ADDRESS", "SECRET")
_RANK = {kind: rank for rank, kind in enumerate(_ORDER)}


class Ledger:
    """Hands out placeholders: one per kind and key, counted from 1 past those already in the text.

    Args:
        taken: the highest number already used in the text, by kind.
    """

    def __init__(self, taken: dict[str, int]) -> None:
        self._next = dict(taken)
        self._given: dict[tuple[str, str], str] = {}

    def placeholder(self, kind: str, key: str) -> str:
        """The placeholder for a value, the same each time."""
        if (kind, key) not in self._given:
            self._next[kind] = self._next.get(kind, 0) + 1
            self._given[kind, key] = f"<{kind}_{self._next[kind]}>"
        return self._given[kind, key]

    def counts(self) -> dict[str, int]:
        """How many different values got a placeholder, by kind, kinds in alphabetical order."""
        totals: dict[str, int] = {}
        for kind, _ in sorted(self._given):
            totals[kind] = totals.get(kind, 0) + 1
        return totals


def pieces_of(tokens: Iterable[Token]) -> tuple[Piece, ...]:
    """One piece for each turn that the tokens, in order, stand in: from the first to the last of them there."""
    pieces: list[Piece] = []
    for token in tokens:
        if pieces and pieces[-1].turn == token.turn:
            pieces[-1] = Piece(token.turn, pieces[-1].start, token.end)
        else:
            pieces.append(Piece(token.turn, token.start, token.end))
    return tuple(pieces)


def replace(texts: Sequence[str], hits: Iterable[Hit], ledger: Ledger) -> list[str]:
    """The texts with every hit replaced; where two overlap, the surer kind stays, then the longer."""
    by_turn: dict[int, list[tuple[Piece, Hit]]] = {}
    for hit in hits:
        for piece in hit.pieces:
            by_turn.setdefault(piece.turn, []).append((piece, hit))
    result = list(texts)
    for turn in sorted(by_turn):
        parts: list[str] = []
        end = 0
        for piece, hit in _apart(by_turn[turn]):
            parts += texts[turn][end : piece.start], ledger.placeholder(hit.kind, hit.key)
            end = piece.end
        result[turn] = "".join(parts) + texts[turn][end:]
    return result


def _apart(found: list[tuple[Piece, Hit]]) -> list[tuple[Piece, Hit]]:
    found.sort(key=lambda item: (item[0].start, -item[0].end, _RANK.get(item[1].kind, 99)))
    kept: list[tuple[Piece, Hit]] = []
    for item in found:
        if not kept or item[0].start >= kept[-1][0].end:
            kept.append(item)
        elif _strength(item) > _strength(kept[-1]):
            kept[-1] = item
    return kept


def _strength(item: tuple[Piece, Hit]) -> tuple[int, int]:
    piece, hit = item
    return -_RANK.get(hit.kind, 99), piece.end - piece.start
