"""Bytes to text: UTF-8, UTF-16 and UTF-32 with their marks, Windows-1252 for the rest that is text at all."""

from __future__ import annotations

import codecs
import re

from coach.transcripts.draft import UnreadableError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(data: bytes) -> str:
    r"""Text of the bytes with lines ended by "\n".

    Raises:
        UnreadableError: the data is empty or is not text.
    """
    content = _decode(data)
    if not content.strip("\ufeff \t\r\n\f\v") or content.isspace():
        raise UnreadableError("is empty", remedy="give a file that holds a transcript")
    if _is_binary(content):
        raise _not_text()
    return content.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")


def _decode(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError:
                raise _not_text() from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        head = data[: error.start]
        if error.reason == "unexpected end of data" and not head.isascii():
            return head.decode("utf-8")  # cut inside a character: the rest shows that it is UTF-8
    try:
        content = data.decode("cp1252")
    except UnicodeDecodeError:
        raise _not_text() from None
    # Every second byte sequence is valid Windows-1252, so a single control byte is enough to doubt it.
    if _CONTROL.search(content):
        raise _not_text()
    return content


def _is_binary(content: str) -> bool:
    return "\x00" in content or len(_CONTROL.findall(content)) * 100 > len(content)


def _not_text() -> UnreadableError:
    return UnreadableError(
        "is not text", remedy="give a transcript as text or JSON in UTF-8; audio has to be transcribed first"
    )
