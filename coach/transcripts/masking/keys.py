"""What the keys of metadata say about their values: whether one holds a person's name."""

from __future__ import annotations

import re

from coach.transcripts.masking.words import NOT_NAMES, word_set

_PERSONS = word_set(
    "customer caller agent member patient rider driver passenger user contact client guest subscriber employee "
    "supervisor manager recipient sender owner holder policyholder cardholder shopper participant person"
)
_PARTS_OF_NAMES = word_set("full first last middle maiden given family sur display")
_NAMES = word_set("name surname fullname firstname lastname displayname username")
_LONGEST = 5
_NAME = re.compile(r"[^\W\d_]+\.?(?:[ '\u2019-][^\W\d_]+\.?)*")


def key_words(key: str) -> list[str]:
    """The words of a key in lower case: `customerName` and `customer_name` are "customer", "name"."""
    return re.findall(r"[a-z]+|\d+", re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", key).lower())


def names_person(key: str, parent: str) -> bool:
    """Whether a key, or "name" below a key that stands for a person, holds a person's name."""
    words = key_words(key)
    if not words or words[-1] not in _NAMES:
        return False
    if words == ["name"]:
        above = key_words(parent)
        return bool(above) and above[-1].removesuffix("s") in _PERSONS
    return words[-1] != "name" or words[-2] in _PERSONS or words[-2] in _PARTS_OF_NAMES


def reads_as_name(value: str) -> bool:
    """Whether a value is one to five words of letters, not all of them words of service calls."""
    words = value.lower().replace(".", "").split()
    return 0 < len(words) <= _LONGEST and bool(_NAME.fullmatch(value.strip())) and not set(words) <= NOT_NAMES
