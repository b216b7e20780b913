"""Speakers named by convention at the start of a line: "Agent: ...", "[00:12] Rep - ...", "Dana Reyes (00:12): ..."."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from coach.transcripts.labels import is_generic, is_role_word, role_of
from coach.transcripts.values import millis

_CLOCK_PARTS = re.compile(
    r"(?:(?P<hours>\d{1,3}):)?(?P<minutes>\d{1,3}):(?P<seconds>\d{1,2})(?:[.,](?P<fraction>\d{1,3})\d{0,9})?"
)
# Only the head of a line is searched, so that a megabyte of spaces costs nothing.
_HEAD = 160
_CLOCK = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_STAMP = re.compile(
    rf"\s{{0,20}}(?P<open>[\[(])?(?P<start>{_CLOCK})"
    rf"(?:\s{{0,3}}(?:-->|-|–|to)\s{{0,3}}(?P<end>{_CLOCK}))?(?P<noon>\s?[AaPp]\.?[Mm]\.?)?(?(open)[\])]|(?=\s|$))[\s-]{{0,5}}"
)
_NAMED = re.compile(
    r"\W{0,4}?(?P<name>[^\W_](?:[^:：<>\[\]{}\"\t]{0,48}?[^\s:：<>\[\]{}\"*])?)\*{0,2}\s{0,5}"
    rf"(?P<stamp>[\[(]?{_CLOCK}[\])]?)?\s{{0,5}}(?P<mark>[:：>\t]|[-–—](?=\s)|$)\*{{0,2}}"
)
# Words of forms, letters and logs that stand before a colon without naming a speaker.
_NO_NAME = {
    "account", "actually", "address", "also", "amount", "answer", "attachment", "attn", "balance", "bcc", "call",
    "cc", "chapter", "code", "comment", "company", "contact", "content", "count", "date", "dear", "debug",
    "description", "details", "duration", "email", "error", "example", "fax", "field", "file", "finally", "first",
    "fri", "from", "hint", "hours", "however", "http", "https", "id", "important", "info", "invoice", "issue", "item",
    "length", "location", "mailto", "message", "mon", "monday", "name", "next", "no", "note", "notes", "now",
    "number", "ok", "okay", "option", "order", "password", "phone", "price", "priority", "product", "ps", "quantity",
    "question", "re", "reason", "ref", "reference", "refund", "remark", "result", "risk", "sat", "second", "section",
    "sent", "so", "speaker", "start", "status", "step", "subject", "sum", "summary", "sun", "text", "then", "third",
    "thu", "time", "title", "to", "topic", "total", "trace", "traceback", "transcript", "tue", "turn", "turns",
    "type", "url", "value", "version", "warning", "wed", "well", "yeah", "yes", "zip",
}  # fmt: skip
_PARTICLES = {
    "de", "da", "del", "della", "der", "den", "di", "du", "la", "le", "van", "von", "bin", "al", "el", "y", "and",
    "of", "the",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """A line with what stands before the words.

    `label` is a candidate until `accepted_labels` has seen them all; `text` are the words if it is accepted, and
    `line` if it is not.
    """

    label: str | None
    text: str
    start_ms: int | None
    end_ms: int | None
    line: str


def clock_ms(value: str) -> int | None:
    """Milliseconds of "m:ss", "h:mm:ss" or either with a fraction; None for anything else."""
    parts = _CLOCK_PARTS.fullmatch(value.strip("[]() "))
    if parts is None:
        return None
    hours, minutes, whole = (int(parts[name] or 0) for name in ("hours", "minutes", "seconds"))
    if whole >= 60 or (parts["hours"] and minutes >= 60):
        return None
    return millis(1000 * (3600 * hours + 60 * minutes + whole) + int((parts["fraction"] or "0").ljust(3, "0")))


def split_line(line: str) -> SpokenLine:
    """A line's candidate label, times and words; times with "am" or "pm" are wall clocks and left out."""
    head = line[:_HEAD]
    start = end = None
    at = 0
    if stamp := _STAMP.match(head):
        at = stamp.end()
        start, end = _times(stamp)
    # A bare time may be part of the words ("10:30 would suit me"), one in brackets is not.
    words = line[at:].strip() if stamp and stamp["open"] else line.strip()
    named = _NAMED.match(head, at)
    name = named["name"].strip() if named else ""
    if named is None or not _separates(named, name, stamped=at > 0):
        return SpokenLine(None, words, start, end, words)
    if named["stamp"]:
        start = clock_ms(named["stamp"])
    at = named.end()
    if (late := _STAMP.match(head, at)) and late["open"]:
        start, end = _times(late)
        at = late.end()
    return SpokenLine(name, line[at:].strip(), start, end, words)


def accepted_labels(lines: Iterable[SpokenLine]) -> frozenset[str]:
    """The candidates that name speakers.

    Roles ("CSR", "Supervisor Maria"), recognisers' labels ("SPEAKER_00") and capitalised names are taken as they
    stand; other short words only when they come back, as the names in a chat do, or when every line begins with one.
    """
    candidates = [line.label for line in lines]
    counts = Counter(name for name in candidates if name)
    accepted = {name for name, count in counts.items() if _names_speaker(name, count)}
    if accepted and None not in candidates:
        accepted.update(name for name in counts if _names_speaker(name, 2))
    return frozenset(accepted)


def is_surely_speaker(name: str) -> bool:
    """Whether the label is a role or a recogniser's label by its own words."""
    words = re.findall(r"\w+", name)
    if is_generic(name):
        return True
    plain = [word for word in words if not word.isdigit()]
    return bool(plain) and len(plain) <= 4 and role_of(name) is not None and all(
        is_role_word(word) or word[0].isupper() or word.lower() in {"service", "care", "agent", "team", "desk"}
        for word in plain
    )  # fmt: skip


def _times(stamp: re.Match[str]) -> tuple[int | None, int | None]:
    return (None, None) if stamp["noon"] else (clock_ms(stamp["start"]), clock_ms(stamp["end"] or ""))


def _separates(named: re.Match[str], name: str, *, stamped: bool) -> bool:
    mark = named["mark"]
    if mark and mark in ":：":
        after = named.string[named.end() : named.end() + 1]
        return not after or after.isspace() or mark == "：" or is_surely_speaker(name)
    if mark == "":  # a line that holds nothing but a name and a time opens a turn
        return (bool(named["stamp"]) or stamped) and _names_speaker(name, 1)
    return is_surely_speaker(name) or (stamped and _names_speaker(name, 1))


def _names_speaker(name: str, count: int) -> bool:
    if is_surely_speaker(name):
        return True
    words = re.findall(r"[^\W_]+", name)
    if not words or len(words) > 4 or not _NO_NAME.isdisjoint(word.lower() for word in words):
        return False
    if all(word[0].isupper() or word.isdigit() or word.lower() in _PARTICLES for word in words):
        first: str = words[0]
        return first[0].isupper()
    return count > 1 and len(words) <= 2 and not any(word.isdigit() for word in words)
