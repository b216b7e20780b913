"""E-mail addresses, written ("jane@example.com") and spoken ("jane dot doe at example dot com")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from coach.transcripts.masking.hits import Hit, Piece, pieces_of
from coach.transcripts.masking.tokens import Token
from coach.transcripts.masking.words import NOT_NAMES, NUMBER_WORDS, REPEATS, UNITS, word_set

_WRITTEN = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}\s?@\s?(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,5}[^\W\d_]{2,24}(?![\w@])", re.IGNORECASE
)
_MARKED_AT = r"\s?[(\[{]\s?at\s?[)\]}]\s?"
_MARKED_DOT = r"\s?[(\[{]\s?dot\s?[)\]}]\s?"
_LABEL = r"[^\W_][\w%+-]{0,62}"
_MARKED = re.compile(
    rf"(?<![\w.+%-]){_LABEL}(?:(?:\.|{_MARKED_DOT}){_LABEL}){{0,3}}{_MARKED_AT}"
    rf"{_LABEL}(?:(?:\.|{_MARKED_DOT}){_LABEL}){{1,4}}(?!\w)",
    re.IGNORECASE,
)
_TOP_LEVEL = word_set(
    "com org net edu gov info biz co io ai app dev me uk us ca de fr nl es it ie eu ch at be dk se no pl pt au nz "
    "in jp health care shop store online email"
)
_PROVIDERS = word_set(
    "gmail googlemail hotmail outlook yahoo icloud aol proton protonmail live msn gmx comcast verizon btinternet "
    "sky email mail"
)
_SEPARATORS = {
    "dot": ".", "period": ".", "point": ".", ".": ".", "underscore": "_", "dash": "-", "hyphen": "-", "minus": "-",
    "-": "-", "_": "_", "plus": "+",
}  # fmt: skip
_REQUEST = re.compile(r"\be-?\s?mail\b", re.IGNORECASE)
_LOCAL_AFTER_ALL = word_set("may will spring sales help support service billing claims care")
_NO_LOCAL = (NOT_NAMES - _LOCAL_AFTER_ALL) | word_set(
    "is email mail e address it's its that's thats store shop site products shoes"
)
_REMARKS = word_set("all one word in lower case lowercase")
_MAX_REMARK = 8
_MAX_WORDS = 5
_BEFORE_LOCAL = word_set("is it's its that's email mail um uh")
_MAX_LOCAL = 40
_MAX_DOMAIN = 30
_NEAR = 14


def find_written(text: str, turn: int) -> Iterator[Hit]:
    """Addresses with an at sign."""
    for match in _WRITTEN.finditer(text):
        yield Hit("EMAIL", re.sub(r"\s", "", match.group()).lower(), (Piece(turn, *match.span()),))
    for match in _MARKED.finditer(text):
        key = re.sub(_MARKED_DOT, ".", re.sub(_MARKED_AT, "@", match.group().lower()))
        yield Hit("EMAIL", key, (Piece(turn, *match.span()),))


def find_spoken(stream: Sequence[Token], texts: Sequence[str]) -> Iterator[Hit]:
    """Addresses said aloud, or half written as recognisers do ("jane dot doe at example.com").

    Args:
        stream: one speaker's tokens.
        texts: the call's turns, to see whether an e-mail address was asked for.
    """
    done = 0
    for at, token in enumerate(stream):
        if token.text != "at" or token.kind != "word" or at < done:
            continue
        domain, end = _domain(stream, at + 1)
        if not domain:
            continue
        last = _before_remark(stream, at - 1)
        expected = _is_expected(stream, at, texts)
        if last < at - 1:
            local, start = _one_word(stream, last)
        else:
            local, start = _local(stream, last, expected=expected)
        named = len(local) > 2 and domain.startswith(local)  # "bob at bob's burgers dot com"
        if local and (expected or named or len(stream[start:at]) > 1 or domain.split(".")[0] in _PROVIDERS):
            yield Hit("EMAIL", f"{local}@{domain}", pieces_of(stream[start:end]))
            done = end


def _is_expected(stream: Sequence[Token], at: int, texts: Sequence[str]) -> bool:
    before = stream[max(0, at - _NEAR) : at]
    if any(token.text in ("email", "mail", "emails") for token in before):
        return True
    turn = stream[at].turn
    return any(_REQUEST.search(text[-400:]) for text in texts[max(0, turn - 3) : turn])


def _character(token: Token) -> str:
    """A digit or letter said on its own; empty for all else."""
    if token.text in UNITS:
        return UNITS[token.text] if token.text != "o" else "o"
    return token.text if token.kind in ("word", "number", "alnum") and len(token.text) == 1 else ""


def _domain(stream: Sequence[Token], at: int) -> tuple[str, int]:
    """The domain that starts at a position and the position after it; an empty domain if there is none."""
    labels = [""]
    ends_at = 0
    if at < len(stream) and stream[at].text == "sign":
        at += 1
    words = 0
    for position in range(at, min(at + _MAX_DOMAIN, len(stream))):
        token = stream[position]
        if token.text in ("dot", ".", "period"):
            if not labels[-1]:
                break
            labels.append("")
            words = 0
        elif token.text in ("dash", "hyphen", "-"):
            labels[-1] += "-"
        elif token.kind in ("word", "number", "alnum", "opaque"):
            spelled = _character(token)
            words += not spelled
            if words > 3 or (token.text in NOT_NAMES and token.text not in _TOP_LEVEL and not spelled and words > 1):
                break
            labels[-1] += spelled or token.text
            if len(labels) > 1 and labels[-1] in _TOP_LEVEL:
                ends_at = position + 1
                more = stream[ends_at].text if ends_at + 1 < len(stream) else ""
                if more not in ("dot", ".") or stream[ends_at + 1].text not in _TOP_LEVEL:
                    break
        elif token.kind != "soft":
            break
    return (".".join(labels), ends_at) if ends_at else ("", 0)


def _before_remark(stream: Sequence[Token], last: int) -> int:
    """The last token before a remark such as ", all one word," between the local part and "at"."""
    at = last
    while at > 0 and last - at < _MAX_REMARK and (stream[at].text in _REMARKS or stream[at].text == ","):
        at -= 1
    return at if any(token.text in ("word", "case", "lowercase") for token in stream[at + 1 : last + 1]) else last


def _one_word(stream: Sequence[Token], last: int) -> tuple[str, int]:
    """The words up to `last` that the speaker says are one, and the position of the first."""
    start = last + 1
    while start > 0 and last + 1 - start < _MAX_WORDS and stream[start - 1].kind in ("word", "number", "alnum"):
        if stream[start - 1].text in _BEFORE_LOCAL:
            break
        start -= 1
    return "".join(token.text for token in stream[start : last + 1]), start


def _touches(stream: Sequence[Token], at: int) -> bool:
    """Whether a mark stands directly before the next token, as within an address and not at a sentence's end."""
    return stream[at].end == stream[at + 1].start


def _local(stream: Sequence[Token], last: int, *, expected: bool) -> tuple[str, int]:
    """The part before "at", read backwards from its last token, and the position of its first."""
    parts: list[str] = []
    start = last + 1
    glued = True
    plain = 0
    for position in range(last, max(-1, last - _MAX_LOCAL), -1):
        token = stream[position]
        if (token.kind == "soft" and glued) or token.text in (",", "um", "uh"):
            continue
        if token.text in _SEPARATORS and parts and not glued and (token.kind == "word" or _touches(stream, position)):
            parts.append(_SEPARATORS[token.text])
            glued = True
            continue
        if token.kind not in ("word", "number", "alnum"):
            break
        piece = _character(token)
        if not piece:
            if token.text in _NO_LOCAL and token.text not in NUMBER_WORDS and not (glued and parts):
                break
            plain = 1 if glued else plain + 1
            # words side by side belong to one address only if one was asked for
            if plain > 1 and not (expected and plain <= 3):
                break
            piece = "" if token.text in REPEATS else token.text.replace("'", "")
        elif not glued and piece in ("a", "i") and parts and len(parts[-1]) > 1:
            break
        parts.append(piece)
        start = position
        glued = False
    return "".join(reversed(parts)).strip(".-_+"), start
