"""Symbols on streams that cannot carry them: each falls back to ASCII of its own shape, so that no two look alike."""

from __future__ import annotations

import codecs
from typing import TextIO

_FALLBACK = "coach.ascii"
_ASCII = {
    "✓": "+", "✗": "x", "◐": "~", "○": "o", "→": ">", "↷": "^",
    "·": "-", "–": "-", "—": "-", "─": "-", "╌": "-", "━": "-", "\xa0": " ",
    "“": '"', "”": '"', "‘": "'", "’": "'", "…": "...",
}  # fmt: skip
_SPINNER = range(0x2800, 0x2900)  # braille patterns


def carry_all(stream: TextIO) -> None:
    """Let a stream take any text, whatever its encoding; a character without a fallback becomes `?`."""
    codecs.register_error(_FALLBACK, _in_ascii)
    if reconfigure := getattr(stream, "reconfigure", None):
        reconfigure(errors=_FALLBACK)


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join("." if ord(one) in _SPINNER else _ASCII.get(one, "?") for one in lost), error.end
