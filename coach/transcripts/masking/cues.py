"""Words that say what the number after them is: "my card number is", "order", "ending in"."""

from __future__ import annotations

import re
from typing import NamedTuple


class Cue(NamedTuple):
    """A cue and its place.

    `kind` is a placeholder's kind; or `LAST4`, "last four"; `ENDING`, "ending in"; `ZIP`; `SORT_CODE`; `PLATE`;
    `ACCOUNT_TALK`, an account without the word "number"; or `OTHER` for numbers that stay.
    """

    start: int
    end: int
    kind: str


_PATTERNS = {
    "ENDING": r"(?:ending|ends|finishing|finishes)\s+(?:in|with)|card\s+(?:ending|ends)",
    "LAST4": r"last\s+(?:four|4|three|3)(?:\s+digits)?",
    "SECURITY_CODE": r"cvv2?|cvc2?|c v [vc]|security\s+(?:code|number)|(?:one[ -]time|verification|access)\s+code"
    r"|pass\s?code|pin(?:\s+(?:number|code))?|the\s+code\s+is"
    r"|(?:digits|numbers?|code|three|four|3|4)\s+(?:\w{1,10}\s+)?on\s+the\s+(?:back|reverse)(?:\s+of\s+(?:the|your)\s+card)?"
    r"|(?:sen[dt]|text(?:ed)?|received?|got)\s+(?:you\s+|me\s+)?(?:a|the)\s+(?:\w{1,20}\s+)?code",
    "DATE_OF_BIRTH": r"date\s+of\s+birth|d\.?o\.?b\.?|d o b|birth\s?date|birthday|born",
    "ACCOUNT": r"(?:bank\s+account|account|acct|member(?:ship)?|policy|booking|reservation|customer|subscriber|claim"
    r"|client|patient|driver|rider|employee"
    r"|staff|badge|loyalty|rewards|group|routing|iban|swift)\s*(?:number|no\b\.?|i\.?d\.?\b|i d\b|#|num\b"
    r"|reference|ref\b\.?|code|record)(?:\s+number)?|iban|policy(?=\s+[a-z]{1,3}-?\d{4})",
    "SORT_CODE": r"sort\s?code",
    "ACCOUNT_TALK": r"account",
    "ID": r"social(?!\s+(?:media|network|worker|event))(?:\s+security)?(?:\s+number)?|ssn|s s n|national\s+insurance"
    r"(?:\s+number)?|n\.?i\.?\s+number|nino|nhs(?:\s+number)?|passport(?:\s+number)?|driv(?:er'?s?|ing)\s+licen[cs]e"
    r"(?:\s+number)?|tax(?:payer)?\s+(?:id|number)|itin|national\s+id(?:entity)?|identity\s+(?:card|number)"
    r"|medicare(?:\s+(?:number|id))?|medicaid(?:\s+(?:number|id))?|id\s+card|bsn(?:\s+number)?|burgerservicenummer|aadhaa?r(?:\s+(?:card|number|no\b\.?))*"
    r"|mrn(?:\s+number)?|medical\s+record\s+(?:number|no\b\.?)|vin(?:\s+number)?"
    r"|vehicle\s+identification\s+number",
    "PLATE": r"(?:number|licen[cs]e)\s?plates?(?:\s+number)?|plate\s+number|(?:vehicle|car)\s+registration"
    r"|registration(?:\s+(?:number|plate))?(?=\s*(?:is\b|[?:]))",
    "CARD": r"(?:(?:credit|debit|bank|payment)\s+)?card(?:\s+(?:number|no\b\.?|details?))?"
    r"|visa|master\s?card|amex|american\s+express|long\s+number",
    "PHONE": r"(?:(?:mobile|cell|landline|(?:tele)?phone|cell\s?phone)(?:\s+phone)?|call\s?-?back|contact|daytime"
    r"|evening|home|work)\s+(?:number|no\b\.?)|mobile|cell|landline|telephone|phone|whats\s?app"
    r"|(?:call|reach|text|ring|phone)\s+(?:me|us|you|him|her|them)(?:\s+back)?(?:\s+(?:on|at))?",
    "ZIP": r"zip(?:\s?code)?|post\s?code|postal\s+code",
    "OTHER": r"(?:order|tracking|shipment|parcel|ticket|case|reference|ref|confirmation|invoice|receipt|item|model"
    r"|serial|sku|product|part|style|size|version|flight|extension|promo|coupon|voucher|imei|incident|job|form)"
    r"(?:\s*(?:number|no\b\.?|id\b|code|#))?|price|cost|total|amount|balance|refund|quantity|qty|expir\w*|exp\s+date"
    r"|valid\s+(?:thru|until)",
}
_CUE = re.compile(
    r"(?<!<)\b(?:" + "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()) + r")(?!\w)",
    re.IGNORECASE,
)


def find_cues(text: str) -> list[Cue]:
    """All cues of a turn, in order, none overlapping."""
    return [Cue(*match.span(), str(match.lastgroup)) for match in _CUE.finditer(text)]
