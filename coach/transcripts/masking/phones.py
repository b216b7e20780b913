"""Phone numbers, by Google's libphonenumber."""

from __future__ import annotations

import re

_NANP = re.compile(r"1?[2-9]\d{2}[2-9]\d{6}")
_UK = re.compile(r"0[1237]\d{8,9}")


def e164(digits: str, *, plus: bool, regions: tuple[str, ...], valid: bool) -> str | None:
    """The number in E.164 form, such as `+442079460958`; None if it is no phone number.

    Args:
        digits: ASCII digits only.
        plus: whether a plus sign stood before them.
        regions: ISO 3166 codes whose national numbers are tried, in this order.
        valid: ask for a number that the numbering plan assigns, rather than one of a possible length and start. The
            weaker test lets through numbers kept for fiction (555, 07700 900), which training calls are full of.
    """
    import phonenumbers

    for region in (None,) if plus else regions:
        try:
            number = phonenumbers.parse(f"+{digits}" if plus else digits, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number) or (
            not valid and phonenumbers.is_possible_number(number) and (plus or _plausible(digits, region))
        ):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


def _plausible(digits: str, region: str | None) -> bool:
    """Possible-length national numbers are believed only where we know how they begin."""
    if region == "US":
        return bool(_NANP.fullmatch(digits))
    return region == "GB" and bool(_UK.fullmatch(digits))
