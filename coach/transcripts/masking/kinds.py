"""What kind of number digits are, by check digit, by cue and by shape."""

from __future__ import annotations

from collections.abc import Sequence

from coach.transcripts.masking.context import Context, last4_of
from coach.transcripts.masking.dates import is_date
from coach.transcripts.masking.identifiers import (
    is_branded_card,
    is_card,
    is_national_id,
    is_nino,
    is_spoken_iban,
    looks_like_card,
)
from coach.transcripts.masking.numerals import Atom
from coach.transcripts.masking.phones import e164
from coach.transcripts.masking.postcodes import is_postcode

_WHOLE_CARD = 12
_LENGTHS = {
    "CARD": range(7, 20), "PHONE": range(7, 16), "ID": range(6, 16), "ACCOUNT": range(5, 21),
    "ACCOUNT_TALK": range(7, 21), "SECURITY_CODE": range(3, 9), "ZIP": (5, 9), "SORT_CODE": (6,),
    "DATE_OF_BIRTH": range(5, 9),
}  # fmt: skip
_ASKED_ORDER = (
    "CARD", "ID", "ACCOUNT", "SORT_CODE", "ACCOUNT_TALK", "SECURITY_CODE", "ZIP", "DATE_OF_BIRTH", "PHONE",
)  # fmt: skip
_LABELS = {"ZIP": "ADDRESS", "ACCOUNT_TALK": "ACCOUNT", "SORT_CODE": "ACCOUNT"}


def kind_of(
    value: str, atoms: Sequence[Atom], plus: bool, context: Context, regions: tuple[str, ...]
) -> tuple[str, str] | None:
    """Kind and normal form of a number; None if it is an everyday one.

    Args:
        value: its digits.
        atoms: the atoms they come from.
        plus: whether a plus sign leads.
        context: what the talk says about it.
        regions: ISO 3166 codes for phone numbers without a country code.
    """
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
            return last4_of((), context.asked), value
    if phone:
        return "PHONE", phone
    if looks_like_card(value) and "OTHER" not in context.asked:
        return "CARD", value
    return ("ID", value) if is_national_id(value) else None


def mixed_kind_of(value: str, context: Context) -> str:
    """Kind of a value of letters and digits, upper case without spaces; empty if it is no personal one."""
    if is_spoken_iban(value):
        return "IBAN"
    if is_nino(value):
        return "ID"
    kinds = {context.near} if context.near else context.asked
    if (
        "PLATE" in kinds
        and value[-1] not in "AI"
        and 5 <= len(value) <= 8
        and 2 <= sum(c.isdigit() for c in value) <= 5
    ):
        return "ID"
    if "ZIP" in kinds and is_postcode(value):
        return "ADDRESS"
    if value[-1] in "AI" or value[0] in "AI" or not 5 <= len(value) <= 20 or sum(c.isdigit() for c in value) < 4:
        return ""
    return next((kind for kind in ("ID", "ACCOUNT") if kind in kinds), "")


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
