"""Untrusted text made harmless for a terminal: no escape sequence, no control character, no reordering of text."""

from __future__ import annotations

import re

_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 controls but tab and newline
    "\u202a-\u202e\u2066-\u2069"  # overrides of the direction of text
    "\ud800-\udfff]"  # lone surrogates, which no UTF-8 stream can carry
)


def clean(text: str) -> str:
    """The text with each harmful character replaced by U+FFFD; carriage returns go, tabs and newlines stay."""
    return _CONTROLS.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The cleaned text on one line, runs of white space as one space."""
    return " ".join(clean(text).split())
