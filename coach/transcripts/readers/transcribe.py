"""Amazon Transcribe, standard output: single words with times as text, punctuation as items of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from coach.transcripts import values
from coach.transcripts.draft import Draft
from coach.transcripts.words import Word, join_channels, join_words


def matches(source: object) -> bool:
    """Whether the JSON has `results.items`."""
    return isinstance(values.as_object(values.as_object(source).get("results")).get("items"), list)


def read(source: object) -> Iterator[Draft]:
    """The call, labelled by channel (`ch_0`) or speaker (`spk_0`)."""
    body = values.as_object(source)
    results = values.as_object(body.get("results"))
    channels = values.objects(values.as_object(results.get("channel_labels")).get("channels"))
    if channels:
        turns = join_channels(
            [_word(item, values.label(channel.get("channel_label"))) for item in values.objects(channel.get("items"))]
            for channel in channels
        )
    else:
        speakers = _speakers_by_start(results)
        turns = join_words(
            _word(item, values.label(item.get("speaker_label")) or speakers.get(values.text(item.get("start_time"))))
            for item in values.objects(results.get("items"))
        )
    yield Draft(
        turns=turns, call_id=values.label(body.get("jobName")), language=values.label(results.get("language_code"))
    )


def _speakers_by_start(results: values.JsonObject) -> Mapping[str, str | None]:
    """Older output names speakers only in segments, whose items are found again by their start times."""
    return {
        values.text(item.get("start_time")): values.label(item.get("speaker_label") or segment.get("speaker_label"))
        for segment in values.objects(values.as_object(results.get("speaker_labels")).get("segments"))
        for item in values.objects(segment.get("items"))
    }


def _word(item: values.JsonObject, speaker: str | None) -> Word:
    best = next(iter(values.objects(item.get("alternatives"))), {})
    mark = item.get("type") == "punctuation"
    return Word(
        label=None if mark else speaker,
        text=values.text(best.get("content")),
        start_ms=values.seconds(item.get("start_time")),
        end_ms=values.seconds(item.get("end_time")),
        confidence=None if mark else values.confidence(best.get("confidence")),
        glued=mark,
    )
