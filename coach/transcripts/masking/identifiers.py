"""Check digits and shapes: cards, IBANs, national ids. Written forms are found by pattern, all are checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module

from coach.transcripts.masking.hits import Hit, Piece

_IIN = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[689]\d)\d{11}|6(?:011|4[4-9]\d|5\d\d|2\d\d)\d{12,15}|35(?:2[89]|[3-8]\d)\d{12}"
)

_WRITTEN = re.compile(
    r"(?<![^\W_])(?:"
    r"(?P<iban>[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]{4}){2,7}(?:[ -]?[A-Za-z0-9]{1,3})?)"
    r"|(?P<nino>[A-CEGHJ-PR-TW-Za-ceghj-pr-tw-z][A-CEGHJ-NPR-TW-Za-ceghj-npr-tw-z](?:[ -]?\d{2}){3}[ -]?[A-Da-d])"
    r"|(?P<ssn>\d{3}([ -])\d{2}\4\d{4})"
    r"|(?P<dni>\d{8}-?[A-HJ-NP-TV-Z]|[XYZ]-?\d{7}-?[A-HJ-NP-TV-Z])"
    r"|(?P<codicefiscale>[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z])"
    r"|(?P<cpf>\d{3}\.\d{3}\.\d{3}-\d{2})"
    r"|(?P<nir>[12] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2})"
    r")(?![^\W_])"
)
_NINO = re.compile(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-Z]{2}\d{6}[A-D]")
_CHECKS = {
    "iban": "stdnum.iban",
    "ssn": "stdnum.us.ssn",
    "dni": "stdnum.es.dni",
    "nie": "stdnum.es.nie",
    "codicefiscale": "stdnum.it.codicefiscale",
    "cpf": "stdnum.br.cpf",
    "nir": "stdnum.fr.nir",
    "idnr": "stdnum.de.idnr",
    "luhn": "stdnum.luhn",
}


def is_card(digits: str) -> bool:
    """13 to 19 digits, not starting with 0, with a right Luhn check digit (ISO/IEC 7812-1)."""
    return 13 <= len(digits) <= 19 and digits[0] != "0" and _valid("luhn", digits)


def looks_like_card(digits: str) -> bool:
    """15 or 16 digits as a card scheme issues them; the check digit may be wrong, as where one digit was misheard."""
    return len(digits) in (15, 16) and bool(_IIN.fullmatch(digits))


def is_branded_card(digits: str) -> bool:
    """A card by check digit whose first digits and length some card scheme issues."""
    return bool(_IIN.fullmatch(digits)) and is_card(digits)


def is_national_id(digits: str) -> bool:
    """An all-digit national id whose check digits leave little doubt: French NIR, German tax id."""
    return (len(digits) == 15 and _valid("nir", digits)) or (len(digits) == 11 and _valid("idnr", digits))


def is_spoken_iban(value: str) -> bool:
    """A whole IBAN, upper case without spaces, right by length and check digits (ISO 13616)."""
    return 15 <= len(value) <= 34 and value[:2].isalpha() and _valid("iban", value)


def is_nino(value: str) -> bool:
    """A UK National Insurance number, upper case without spaces."""
    return bool(_NINO.fullmatch(value))


def find_written(text: str, turn: int) -> Iterator[Hit]:
    """IBANs and national ids in their written shapes."""
    for match in _WRITTEN.finditer(text):
        shape = str(match.lastgroup)
        value = re.sub(r"[ .-]", "", match.group()).upper()
        if shape == "iban":
            # the last groups may be the next words of the sentence: try shorter ends
            yield from _shortened_iban(match.group(), turn, match.start())
        elif is_nino(value) if shape == "nino" else _valid("nie" if value[0] in "XYZ" else shape, value):
            yield _hit("ID", value, turn, match.span())


def _shortened_iban(raw: str, turn: int, start: int) -> Iterator[Hit]:
    end = len(raw)
    while end >= 15:
        value = re.sub(r"[ -]", "", raw[:end]).upper()
        if is_spoken_iban(value):
            yield _hit("IBAN", value, turn, (start, start + end))
            return
        end = max(raw.rfind(" ", 0, end), raw.rfind("-", 0, end))


def _hit(kind: str, value: str, turn: int, span: tuple[int, int]) -> Hit:
    return Hit(kind, value, (Piece(turn, *span),), "".join(c for c in value if c.isdigit()))


def _valid(check: str, value: str) -> bool:
    is_valid: Callable[[str], bool] = import_module(_CHECKS[check]).is_valid
    return is_valid(value)
