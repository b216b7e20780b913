"""WhisperX, and others that add a speaker to Whisper's segments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from coach.transcripts import values
from coach.transcripts.draft import Draft, SpokenTurn, UnreadableError
from coach.transcripts.words import Word, join_words


def matches(source: object) -> bool:
    """Whether the JSON has segments with speakers or `word_segments`, or is a bare list of diarised stretches."""
    if isinstance(source, list):
        return bool(source) and {"speaker", "start", "end"} <= set(values.as_object(source[0]))
    body = values.as_object(source)
    segments = values.objects(body.get("segments"))
    return "segments" in body and ("word_segments" in body or any("speaker" in segment for segment in segments))


def read(source: object) -> Iterator[Draft]:
    """The call, a turn a segment; a segment in which the speaker changes is cut where its words say so.

    Raises:
        UnreadableError: the file tells who spoke when, and not what.
    """
    if isinstance(source, list):
        if not any("text" in segment for segment in values.objects(source)):
            raise UnreadableError(
                "holds who spoke when, but no words",
                remedy="give the transcript that the speakers were assigned to",
            )
        source = {"segments": source}
    body = values.as_object(source)
    yield Draft(
        turns=[turn for segment in values.objects(body.get("segments")) for turn in _turns(segment)],
        language=values.label(body.get("language")),
    )


def _turns(segment: values.JsonObject) -> list[SpokenTurn]:
    speaker = values.label(segment.get("speaker"))
    words = [_word(word) for word in values.objects(segment.get("words"))]
    whole = SpokenTurn(
        label=speaker,
        text=values.text(segment.get("text")),
        start_ms=values.seconds(segment.get("start")),
        end_ms=values.seconds(segment.get("end")),
        confidence=values.mean_confidence(word.confidence for word in words),
    )
    speakers = {word.label for word in words if word.label is not None}
    if len(speakers) > 1:
        return join_words(words)
    return [replace(whole, label=speaker or next(iter(speakers), None))]


def _word(word: values.JsonObject) -> Word:
    return Word(
        label=values.label(word.get("speaker")),
        text=values.text(word.get("word")),
        start_ms=values.seconds(word.get("start")),
        end_ms=values.seconds(word.get("end")),
        confidence=values.confidence(word.get("score")),
    )
