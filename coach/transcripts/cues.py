"""Subtitle cues to turns, for WebVTT and SRT; the only home of webvtt-py."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from coach.transcripts import values
from coach.transcripts.draft import SpokenTurn, UnreadableError
from coach.transcripts.naming import accepted_labels, split_line

MERGE_GAP_MS = 1500
"""Cues of one named speaker that follow each other within this gap are one turn, cut for the screen."""

_CLOCK = r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})"
_TIMED = re.compile(rf"\s{{0,20}}{_CLOCK}\s{{0,20}}-->\s{{0,20}}{_CLOCK}(?!\d)")
_MEANT_AS_TIME = re.compile(r"\s{0,20}\d[^\s>]{0,20}\s{0,20}-->\s{0,20}\S{0,20}\s{0,20}(?:$|\S{1,20}:)")
_NO_TIME = "9999:00:00{0}000 --> 9999:00:00{0}000"  # longer than a week, so it is read as "no time"
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+(?P<name>[^<>]*)>")
_TAG = re.compile(r"</?(?:v|c|i|b|u|lang|ruby|rt|font)(?:[.\s][^<>]*)?>|<\d{1,3}:[\d:.]+>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Piece:
    label: str | None
    text: str
    start_ms: int | None
    end_ms: int | None


def read_cues(content: str, kind: Literal["vtt", "srt"]) -> list[SpokenTurn]:
    """Turns of a subtitle file.

    A cue without a name goes on with the speaker before it, as Zoom writes it; cues of one named speaker are one
    turn while the gaps between them are short. Where no cue has a name every cue is a turn of its own. A cue whose
    time line is damaged keeps its words and loses its times.

    Raises:
        UnreadableError: the file breaks off before its first cue.
    """
    pieces = list(_pieces(content, kind))
    named = any(piece.label is not None for piece in pieces)
    turns: list[list[_Piece]] = []
    for piece in pieces:
        if named and turns and _continues(turns[-1], piece):
            turns[-1].append(piece)
        else:
            turns.append([piece])
    return [_turn(run) for run in turns]


def _continues(run: list[_Piece], piece: _Piece) -> bool:
    if piece.label is None:
        return True
    if piece.label != run[0].label:
        return False
    gap = piece.start_ms - run[-1].end_ms if piece.start_ms is not None and run[-1].end_ms is not None else 0
    return gap <= MERGE_GAP_MS


def _turn(run: list[_Piece]) -> SpokenTurn:
    return SpokenTurn(
        label=run[0].label,
        text=_join(piece.text for piece in run),
        start_ms=next((piece.start_ms for piece in run if piece.start_ms is not None), None),
        end_ms=next((piece.end_ms for piece in reversed(run) if piece.end_ms is not None), None),
    )


def _pieces(content: str, kind: Literal["vtt", "srt"]) -> Iterator[_Piece]:
    spans = [
        (label, [line for line in part.split("\n") if line.strip()], start, end)
        for start, end, cue in _parse(content, kind)
        for label, part in _voices(cue)
    ]
    accepted = accepted_labels(split_line(line) for label, lines, _, _ in spans if label is None for line in lines)
    for voice, lines, start, end in spans:
        label, words = voice, list[str]()
        for line in lines:
            spoken = split_line(line)
            if voice is None and spoken.label in accepted:
                if words:
                    yield _Piece(label, _join(words), start, end)
                label, words = spoken.label, [spoken.text]
            else:
                words.append(line)
        if words:
            yield _Piece(label, _join(words), start, end)


def _join(lines: Iterable[str]) -> str:
    return values.clean(" ".join(filter(None, lines)))


def _voices(cue: str) -> Iterator[tuple[str | None, str]]:
    """The speakers of one cue with what each says, from voice tags or from the JSON that Teams can put into a cue."""
    if cue.lstrip().startswith("{") and (spoken := _json_cue(cue)) is not None:
        yield spoken
        return
    at, label = 0, None
    for voice in _VOICE.finditer(cue):
        if part := _plain(cue[at : voice.start()]):
            yield label, part
        at, label = voice.end(), values.label(html.unescape(voice["name"]))
    if part := _plain(cue[at:]):
        yield label, part


def _json_cue(cue: str) -> tuple[str | None, str] | None:
    try:
        body = values.as_object(json.loads(cue))
    except (ValueError, RecursionError):
        return None
    if "spokenText" not in body:
        return None
    return values.label(body.get("speakerName")), html.unescape(values.text(body["spokenText"]))


def _plain(cue: str) -> str:
    return html.unescape(_TAG.sub("", cue)).strip()


def _parse(content: str, kind: Literal["vtt", "srt"]) -> list[tuple[int | None, int | None, str]]:
    import webvtt
    from webvtt.errors import MalformedFileError

    readable = "\n".join(_readable_times(content.lstrip(), kind))
    try:
        captions = webvtt.WebVTT.from_buffer(io.StringIO(readable), format=kind)
    except MalformedFileError:
        raise UnreadableError("breaks off before its first cue", remedy="export the transcript again") from None
    return [
        (
            values.millis(caption.start_time.in_milliseconds()),
            values.millis(caption.end_time.in_milliseconds()),
            caption.raw_text,
        )
        for caption in captions.captions
    ]


def _readable_times(content: str, kind: Literal["vtt", "srt"]) -> Iterator[str]:
    """The lines with times written as the format wants them, because the parser drops cues whose times it can't read.

    Damaged times become unknown ones, and arrows inside speech are escaped.
    """
    mark = "." if kind == "vtt" else ","
    for line in content.split("\n"):
        if "-->" not in line:
            yield line.strip() if line.strip().isdigit() else line
        elif timed := _TIMED.match(line):
            yield f"{_clock(timed.groups()[:4], mark)} --> {_clock(timed.groups()[4:], mark)}"
        elif _MEANT_AS_TIME.match(line):
            yield _NO_TIME.format(mark)
        else:
            yield line.replace("-->", "--&gt;")


def _clock(parts: Sequence[str | None], mark: str) -> str:
    hours, minutes, whole, fraction = (part or "0" for part in parts)
    return f"{int(hours):02d}:{int(minutes):02d}:{int(whole):02d}{mark}{fraction.ljust(3, '0')}"
