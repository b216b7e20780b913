"""Bytes to transcripts: decode, tell the format by its content, read call by call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import PurePath

from pydantic_core import from_json

from coach.domain.transcript import Transcript
from coach.errors import TranscriptError
from coach.transcripts import values
from coach.transcripts.assembling import assemble
from coach.transcripts.decoding import decode
from coach.transcripts.draft import Draft, Reader, Source, UnreadableError
from coach.transcripts.readers.registry import JSON_READERS, TEXT_READERS, WEBVTT

_FORMATS = 'the formats that are read are listed in README.md under "Review your own calls"'


@dataclass(frozen=True, slots=True)
class _Found:
    """One call or one failure; `suffix` tells the calls of one source apart, such as "3" for its third."""

    outcome: Draft | UnreadableError
    place: str = ""
    suffix: str = ""


def read_calls(data: bytes, source: str, *, agent_speaker: str | None = None) -> Iterator[Transcript | TranscriptError]:
    """Reads every call of one file, whatever its format; the name of the file is never used to tell it.

    Args:
        data: the file's bytes, in UTF-8, UTF-16 or UTF-32 with a mark, or Windows-1252.
        source: name for messages and, where the source has no call ids, for those: a path, or "<stdin>".
        agent_speaker: the source's own label (or channel) of the agent, where the user names it; case doesn't matter.

    Yields:
        One item a call, in the source's order: the transcript, or the error that says why it can't be read. Reading
        goes on after an error; a file that cannot be read at all yields exactly one. Nothing is raised.
    """
    seen: set[str] = set()
    stem = "stdin" if source == "<stdin>" else PurePath(source).stem or "call"
    for found in _find(data):
        call = _call(found, stem, source, agent_speaker)
        if isinstance(call, Transcript) and call.call_id in seen:
            reason = f'the call id "{call.call_id[:60]}" is used twice'
            call = TranscriptError(source, reason, place=found.place, remedy="give every call an id of its own")
        elif isinstance(call, Transcript):
            seen.add(call.call_id)
        yield call


def read_call_lines(
    lines: Iterable[bytes], source: str, *, agent_speaker: str | None = None
) -> Iterator[Transcript | TranscriptError]:
    """Reads the calls of a file that holds one JSON object a line, one line in memory at a time.

    As `read_calls`, except that call ids that are used twice are let through: only the whole file could tell.

    Args:
        lines: in UTF-8, with or without their line breaks.
        source: as in `read_calls`.
        agent_speaker: as in `read_calls`.
    """
    stem = PurePath(source).stem or "call"
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        for found in _find_in_line(line, number):
            yield _call(found, stem, source, agent_speaker)


def _find_in_line(line: bytes, number: int) -> Iterator[_Found]:
    place = f"line {number}"
    try:
        item = _parse(decode(line).strip())
    except UnreadableError as refusal:
        yield _Found(refusal, place)
    else:
        yield from _find_in_item(item, place, str(number))


def _call(found: _Found, stem: str, source: str, agent_speaker: str | None) -> Transcript | TranscriptError:
    try:
        if isinstance(found.outcome, UnreadableError):
            raise found.outcome
        return assemble(found.outcome, _join("-", stem, found.suffix), agent_speaker)
    except UnreadableError as refusal:
        return TranscriptError(
            source, refusal.reason, place=_join(", ", found.place, refusal.place), remedy=refusal.remedy
        )


def _find(data: bytes) -> Iterator[_Found]:
    try:
        text = decode(data)
        if WEBVTT.matches(text):
            yield from _read(WEBVTT, text)
        elif text.lstrip().startswith(("{", "[")) or _is_json_lines(text):
            yield from _find_in_json(text)
        else:
            yield from _find_in_text(text)
    except UnreadableError as refusal:
        yield _Found(refusal)


def _find_in_text(text: str) -> Iterator[_Found]:
    reader = _text_reader_of(text)
    if reader is None:
        raise UnreadableError(
            "no speakers found in this text",
            remedy=f'begin every turn with its speaker, as in "Agent: ..."; {_FORMATS}',
        )
    yield from _read(reader, text)


def _find_in_json(text: str) -> Iterator[_Found]:
    try:
        value = _parse(text)
    except UnreadableError:
        if _is_json_lines(text):
            yield from _find_in_lines(text)
        elif text.lstrip().startswith("[") and _text_reader_of(text):  # "[00:12] Agent: ..." begins like an array
            yield from _find_in_text(text)
        else:
            raise
        return
    if isinstance(value, list) and _json_reader_of(value) is None and any(map(_json_reader_of, value)):
        for position, item in enumerate(value, 1):
            yield from _find_in_item(item, f"item {position}", str(position) if len(value) > 1 else "")
    else:
        yield from _find_in_item(value, "", "")


def _find_in_lines(text: str) -> Iterator[_Found]:
    numbered = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    objects = filter(None, (_object(line) for _, line in numbered))
    first = next(objects)
    if not any(map(_json_reader_of, chain([first], objects))):
        raise _unknown(first)  # one message instead of the same one for every line
    for number, line in numbered:
        place = f"line {number}"
        try:
            item = _parse(line)
        except UnreadableError as refusal:
            yield _Found(refusal, place)
        else:
            yield from _find_in_item(item, place, str(number))


def _find_in_item(item: object, place: str, suffix: str) -> Iterator[_Found]:
    reader = _json_reader_of(item)
    if reader is None:
        yield _Found(_unknown(item), place, suffix)
        return
    for found in _read(reader, item):
        yield _Found(found.outcome, _join(", ", place, found.place), _join("-", suffix, found.suffix))


def _read(reader: Reader[Source], content: Source) -> Iterator[_Found]:
    try:
        drafts = list(reader.read(content))
    except UnreadableError as refusal:
        yield _Found(refusal)
        return
    if not drafts:
        yield _Found(UnreadableError("holds no calls", remedy="check that the export is complete"))
    for position, draft in enumerate(drafts, 1):
        named = draft if draft.trusted else replace(draft, metadata={**draft.metadata, "format": reader.name})
        yield _Found(named, draft.place, str(position) if len(drafts) > 1 else "")


def _json_reader_of(value: object) -> Reader[object] | None:
    return next((reader for reader in JSON_READERS if reader.matches(value)), None)


def _text_reader_of(text: str) -> Reader[str] | None:
    return next((reader for reader in TEXT_READERS if reader.matches(text)), None)


def _is_json_lines(text: str) -> bool:
    """Whether half of several lines begin an object and one is an object: the others may be the broken ones."""
    lines = [line for line in text.split("\n") if line.strip()]
    opening = [line for line in lines if line.startswith("{")]
    return len(lines) > 1 and len(opening) * 2 >= len(lines) and any(map(_object, opening))


def _object(line: str) -> values.JsonObject:
    """The object that the line holds; an empty one where it holds none."""
    try:
        return values.as_object(from_json(line))
    except ValueError:
        return {}


def _parse(text: str) -> object:
    try:
        value: object = from_json(text)
    except ValueError as error:
        # The position counts within a line that the place already names.
        reason = str(error) if "\n" in text else str(error).replace(" at line 1 column", " at column")
        raise UnreadableError(
            f"not valid JSON ({reason})", remedy="check that the file is complete and was written by a JSON tool"
        ) from None
    return value


def _unknown(value: object) -> UnreadableError:
    if isinstance(value, list):
        value = next(iter(value), None)
    if isinstance(value, dict):
        keys = ", ".join(values.clean(key)[:30] for key in list(value)[:8]) or "none"
        reason = f"JSON of an unknown format (its keys: {keys})"
    else:
        reason = "JSON of an unknown format (it holds no object)"
    return UnreadableError(reason, remedy=_FORMATS)


def _join(mark: str, *parts: str) -> str:
    return mark.join(filter(None, parts))
