"""Speakers named by convention at the start of a line: "Agent: ...", "[00:12] Rep - ...", "Dana Reyes (00:12): ..."."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
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
# A role with more about it before the colon: "Customer [angry]:", "Customer's son:", "Caller <lee@example.test>:".
_BRACKETED = r"\[[^\[\]]{0,40}\]|\([^()]{0,40}\)|\{[^{}]{0,40}\}|<[^<>]{0,40}>"
_ROLE_LINE = re.compile(
    rf"\W{{0,4}}?(?P<name>(?P<role>[^\W\d_]{{2,20}})(?:{_BRACKETED}|[^:：\t\[\](){{}}<>]){{0,40}})[:：]\*{{0,2}}(?=\s|$)"
)
_CLOCK_IN_NAME = re.compile(rf"[\[(]({_CLOCK})[\])]")
# How something is said, and not who says it; a capital in round brackets is a name ("Agent (Dana)").
_MANNER = re.compile(rf"\s{{0,3}}(?:(?!\(\s?[A-Z]){_BRACKETED})|\*")
_QUALIFIED = re.compile(r"(?:['’]s|,)\s(?:[\w.-]+\s?){1,2}")
_MAX_ROLE_LABEL = 40
_FIELD_WORDS = 3
# Words of forms, letters and logs that stand before a colon without naming a speaker.
_NO_NAME = {
    "account", "actually", "address", "also", "amount", "answer", "attachment", "attn", "balance", "bcc", "call",
    "category", "cc", "chapter", "code", "comment", "company", "complaint", "concern", "contact", "content", "count",
    "date", "dear", "debug", "department", "description", "details", "duration", "email", "error", "eta", "example",
    "fax", "field", "file", "finally", "first", "fri", "from", "hint", "hours", "however", "http", "https", "id",
    "important", "info", "invoice", "issue", "item", "length", "location", "mailto", "message", "mon", "monday", "name",
    "next", "no", "note", "notes", "now", "number", "ok", "okay", "option", "order", "password", "phone", "price",
    "priority", "problem", "product", "ps", "quantity", "question", "re", "reason", "ref", "reference", "refund",
    "remark", "request", "result", "risk", "sat", "satisfaction", "second", "section", "sent", "severity", "size",
    "sku", "so", "speaker", "start", "status", "step", "subject", "sum", "summary", "sun", "text", "then", "third",
    "thu", "ticket", "time", "title", "to", "topic", "total", "trace", "traceback", "tracking", "transcript", "tue",
    "turn", "turns", "type", "urgent", "url", "value", "version", "warning", "wed", "well", "yeah", "yes", "zip",
}  # fmt: skip
_PARTICLES = {
    "de", "da", "del", "della", "der", "den", "di", "du", "la", "le", "van", "von", "bin", "al", "el", "y", "and",
    "of", "the",
}  # fmt: skip

_PREPOSITIONS = {"at", "by", "from", "in", "on", "over", "to", "via", "with"}  # "Customer on the phone" is no field


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
    separates = named is not None and _separates(named, name, stamped=at > 0)
    if not (separates and is_surely_speaker(name)) and (role := _ROLE_LINE.match(head, at)) and _is_role(role):
        clock = _CLOCK_IN_NAME.search(role["name"])
        label = _MANNER.sub("", _CLOCK_IN_NAME.sub("", role["name"])).strip()
        return SpokenLine(label, line[role.end() :].strip(), clock_ms(clock[1]) if clock else start, end, words)
    if named is None or not separates:
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
    See `one_off_fields` for those that are left out again.
    """
    lines = list(lines)
    accepted, _ = _accepted(lines)
    return accepted - one_off_fields(lines)


def one_off_fields(lines: Sequence[SpokenLine]) -> frozenset[str]:
    """Capitalised words that look like a form's field ("Colour: dark blue") and not like somebody who speaks.

    Such a word stands once, before a few words that are no sentence, in a text that names its speakers otherwise.
    """
    accepted, counts = _accepted(lines)
    if sum(counts[name] > 1 or is_surely_speaker(name) for name in accepted) < 2:
        return frozenset()
    return frozenset(
        line.label
        for line in lines
        if line.label in accepted
        and counts[line.label] == 1
        and line.label.isalpha()
        and not is_surely_speaker(line.label)
        and len(line.text.split()) <= _FIELD_WORDS
        and not line.text.endswith((".", "!", "?", "…"))
    )


def doubtful_labels(lines: Iterable[SpokenLine]) -> frozenset[str]:
    """Labels that begin with a role and go on in prose: a speaker ("Customer on speaker"), or part of a sentence."""
    return frozenset(line.label for line in lines if line.label is not None and _may_be_role(line.label))


def _accepted(lines: Iterable[SpokenLine]) -> tuple[frozenset[str], Counter[str]]:
    candidates = [line.label for line in lines]
    counts = Counter(name for name in candidates if name)
    accepted = {name for name, count in counts.items() if _names_speaker(name, count)}
    if accepted and None not in candidates:
        accepted.update(name for name in counts if _names_speaker(name, 2))
    return frozenset(accepted), counts


def is_surely_speaker(name: str) -> bool:
    """Whether the label is a role or a recogniser's label by its own words."""
    words = re.findall(r"\w+", name)
    if is_generic(name) or _is_qualified_role(name):
        return True
    plain = [word for word in words if not word.isdigit()]
    return bool(plain) and len(plain) <= 4 and role_of(name) is not None and all(
        is_role_word(word) or word[0].isupper() or word.lower() in {"service", "care", "agent", "team", "desk"}
        for word in plain
    )  # fmt: skip


def _is_qualified_role(name: str) -> bool:
    """Whether the label is a role and a word or two that tell more, as in "Customer's son" and "Caller, crying"."""
    words = re.findall(r"[^\W_]+", name)
    return (
        bool(words)
        and is_role_word(words[0])
        and words[-1].lower() not in _NO_NAME
        and _QUALIFIED.fullmatch(name, len(words[0])) is not None
    )


def _may_be_role(name: str) -> bool:
    words = re.findall(r"[^\W_]+", name)
    return (
        len(words) > 1
        and len(name) <= _MAX_ROLE_LABEL
        and is_role_word(words[0])
        and (words[1].lower() in _PREPOSITIONS or _NO_NAME.isdisjoint({words[1].lower(), words[-1].lower()}))
        and not is_surely_speaker(name)
    )


def _is_role(line: re.Match[str]) -> bool:
    # "Rep - we have two ways: ..." is a turn whose words hold a colon.
    return is_role_word(line["role"]) and re.search(r"\s[-–—]\s", line["name"]) is None


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
