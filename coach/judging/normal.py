"""Finds a quote in a turn whatever the typography of either."""

from __future__ import annotations

import re

# One character for one, so that offsets in the folded text are offsets in the original.
_FOLD = str.maketrans("“”„‟«»‘’‚‛`´‐‑‒–—\u2212‹›", "\"\"\"\"\"\"''''''------<>")
_SPACE = re.compile(r"\s+")


def fold(text: str) -> str:
    """Text with quotation marks, dashes and the neutralised angle brackets made plain; same length as `text`."""
    return text.translate(_FOLD)


def locate(quote: str, text: str) -> tuple[int, int] | None:
    """Offsets (start included, end excluded) of `quote` in `text`, or None.

    White space, quotation marks and the kind of dash may differ, and quotation marks around the quote are ignored;
    letters, digits and their case may not. A quote must hold at least one letter or digit.
    """
    plain = _even(quote).strip().strip("'").strip()
    if not any(character.isalnum() for character in plain):
        return None
    pattern = r"\s+".join(re.escape(piece) for piece in _SPACE.split(plain))
    found = re.search(pattern, _even(text))
    return found.span() if found else None


def _even(text: str) -> str:
    """Folded, with all quotation marks single."""
    return fold(text).replace('"', "'")


def quoted_spans(text: str, *, single_marks: bool = False) -> list[str]:
    """What stands between double quotation marks in `text`, if it has at least two words; single ones on demand."""
    plain = fold(text)
    spans = re.findall(r'"([^"]{2,}?)"', plain)
    if single_marks:
        # An apostrophe follows or precedes a letter on both sides; a quotation mark has a letter on one side only.
        spans += re.findall(r"(?<!\w)'(.{2,}?)'(?!\w)", plain)
    return [span for span in spans if len(span.split()) >= 2]
