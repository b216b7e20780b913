"""Parts of numbers that are masked elsewhere in the call: read-backs, repeats, a last group said again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from coach.transcripts.masking.hits import Hit, pieces_of
from coach.transcripts.masking.numerals import Run, is_digits
from coach.transcripts.masking.streams import Call
from coach.transcripts.masking.tokens import Token

_KINDS = ("CARD", "PHONE", "ID", "ACCOUNT", "IBAN")
_ANYWHERE = 6
_IN_READ_BACK = 3


def find_fragments(
    call: Call, runs: Sequence[tuple[Sequence[Token], Sequence[Run]]], hits: Sequence[Hit]
) -> Iterator[Hit]:
    """Runs that are part of a known number.

    Six digits or more count anywhere in the call; three or more in turns between the number's first and last piece,
    and in the one after, where the other side reads it back.
    """
    by_part: dict[str, Hit] = {}
    nearby: dict[int, list[Hit]] = {}
    whole: set[tuple[int, int]] = set()
    for hit in hits:
        if hit.kind in _KINDS and len(hit.digits) >= _ANYWHERE:
            for at in range(len(hit.digits) - _ANYWHERE + 1):
                by_part.setdefault(hit.digits[at : at + _ANYWHERE], hit)
            whole |= {(piece.turn, piece.start) for piece in hit.pieces}
            for turn in range(hit.pieces[0].turn, hit.pieces[-1].turn + 2):
                nearby.setdefault(turn, []).append(hit)
    for stream, stream_runs in runs if by_part else ():
        for run in stream_runs:
            for digits, group in groupby(run.atoms, key=is_digits):
                atoms = list(group)
                # a run over several turns is looked at turn by turn
                for turn, parts in groupby(atoms, key=lambda atom: stream[atom.first].turn):
                    piece = list(parts)
                    first = stream[piece[0].first]
                    value = "".join(atom.value for atom in piece)
                    if not digits or len(value) < _IN_READ_BACK or (turn, first.start) in whole:
                        continue
                    known = _known(value, by_part, nearby.get(turn, ())[-4:] if turn in nearby else ())
                    if known:
                        tokens = stream[piece[0].first : piece[-1].last + 1]
                        yield Hit(known.kind, known.key, pieces_of(tokens), known.digits)


def _known(value: str, by_part: dict[str, Hit], nearby: Sequence[Hit]) -> Hit | None:
    if len(value) >= _ANYWHERE:
        hit = by_part.get(value[:_ANYWHERE])
        return hit if hit and value in hit.digits else None
    return next((hit for hit in nearby if len(hit.pieces) > 1 and value in hit.digits), None)
