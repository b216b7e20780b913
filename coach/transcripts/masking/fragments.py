"""Parts of numbers that are masked elsewhere in the call: read-backs, repeats, a last group said again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from coach.transcripts.masking.hits import Hit, pieces_of
from coach.transcripts.masking.numerals import Run, is_digits
from coach.transcripts.masking.streams import Call
from coach.transcripts.masking.tokens import Token

_KINDS = ("CARD", "PHONE", "ID", "ACCOUNT", "IBAN")
_ANYWHERE = 6
_IN_READ_BACK = 3
_GROUP = 4


def merge_parts(hits: Iterable[Hit]) -> list[Hit]:
    """The hits, those whose number is part of a longer one taken as mentions of that.

    So it is with unfinished read-backs, and with the last four digits of a number that is said elsewhere in the call.
    """
    by_part: dict[str, Hit] = {}
    by_last4: dict[tuple[str, str], Hit] = {}
    merged: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: -len(hit.digits)):
        known = _containing(hit.digits, by_part) if hit.kind in _KINDS else by_last4.get((hit.kind, hit.digits))
        if known and hit.kind in (known.kind, f"{known.kind}_LAST4"):
            merged.append(Hit(known.kind, known.key, hit.pieces, known.digits))
        else:
            merged.append(hit)
            if _index(hit, by_part):
                by_last4.setdefault((f"{hit.kind}_LAST4", hit.digits[-4:]), hit)
    return merged


def find_fragments(
    call: Call, runs: Sequence[tuple[Sequence[Token], Sequence[Run]]], hits: Sequence[Hit]
) -> Iterator[Hit]:
    """Runs that are part of a known number.

    Six digits or more count anywhere in the call; three or more in turns between the number's first and last piece,
    and in the one after, where the other side reads it back. Of a number said at once, the first or last four count.
    """
    by_part: dict[str, Hit] = {}
    nearby: dict[int, list[Hit]] = {}
    whole: set[tuple[int, int]] = set()
    for hit in hits:
        if _index(hit, by_part):
            whole |= {(piece.turn, piece.end) for piece in hit.pieces}
            for turn in range(hit.pieces[0].turn, hit.pieces[-1].turn + 2):
                nearby.setdefault(turn, []).append(hit)
    for stream, stream_runs in runs if by_part else ():
        for run in stream_runs:
            for digits, group in groupby(run.atoms, key=is_digits):
                atoms = list(group)
                # a run over several turns is looked at turn by turn
                for turn, parts in groupby(atoms, key=lambda atom: stream[atom.first].turn):
                    piece = list(parts)
                    end = stream[piece[-1].last].end
                    value = "".join(atom.value for atom in piece)
                    if not digits or len(value) < _IN_READ_BACK or (turn, end) in whole:
                        continue
                    known = _known(value, by_part, nearby.get(turn, [])[-4:])
                    if known:
                        tokens = stream[piece[0].first : piece[-1].last + 1]
                        yield Hit(known.kind, known.key, pieces_of(tokens), known.digits)


def _index(hit: Hit, by_part: dict[str, Hit]) -> bool:
    """Files a number under each of its stretches of six digits; False if it has none."""
    if hit.kind not in _KINDS or len(hit.digits) < _ANYWHERE:
        return False
    for at in range(len(hit.digits) - _ANYWHERE + 1):
        by_part.setdefault(hit.digits[at : at + _ANYWHERE], hit)
    return True


def _containing(digits: str, by_part: dict[str, Hit]) -> Hit | None:
    hit = by_part.get(digits[:_ANYWHERE]) if len(digits) >= _ANYWHERE else None
    return hit if hit and digits in hit.digits else None


def _known(value: str, by_part: dict[str, Hit], nearby: Sequence[Hit]) -> Hit | None:
    if len(value) >= _ANYWHERE:
        return _containing(value, by_part)
    return next((hit for hit in nearby if _reads_back(value, hit)), None)


def _reads_back(value: str, hit: Hit) -> bool:
    if len(hit.pieces) > 1:
        return value in hit.digits
    return len(value) >= _GROUP and (hit.digits.startswith(value) or hit.digits.endswith(value))
