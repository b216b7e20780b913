"""UK postcodes, and US states with ZIP codes."""

from __future__ import annotations

import re

from coach.transcripts.masking.words import word_set

_AREAS = word_set(
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G "
    "GL GU HA HD HG HP HR HS HU HX IG IP IV KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA "
    "PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN "
    "WR WS WV YO ZE"
)
_STATES = word_set(
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA "
    "RI SC SD TN TX UT VT VA WA WV WI WY DC PR"
)
_UK = rf"(?:{'|'.join(sorted(_AREAS, key=lambda area: (-len(area), area)))})\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{{2}}"
STATE_ZIP = rf"(?:{'|'.join(sorted(_STATES))}),?\s+\d{{5}}(?:-\d{{4}})?"
"""Pattern of a state's code and a ZIP code, upper case."""

WRITTEN = re.compile(rf"(?<![^\W_])(?:{_UK}|{STATE_ZIP})(?![^\W_])")
_POSTCODE = re.compile(_UK)


def is_postcode(value: str) -> bool:
    """Whether a value, upper case without spaces, is a UK postcode by shape and area."""
    return bool(_POSTCODE.fullmatch(value))
