"""Deepgram: utterances where they were asked for, single words otherwise; seconds, speakers as integers."""

from __future__ import annotations

from collections.abc import Iterator

from coach.transcripts import values
from coach.transcripts.draft import Draft, SpokenTurn
from coach.transcripts.words import Word, join_channels, join_words


def matches(source: object) -> bool:
    """Whether the JSON has `results` with `channels` or `utterances`."""
    results = values.as_object(values.as_object(source).get("results"))
    return isinstance(results.get("channels"), list) or isinstance(results.get("utterances"), list)


def read(source: object) -> Iterator[Draft]:
    """The call, labelled by speaker; by channel where each party has one of its own."""
    results = values.as_object(values.as_object(source).get("results"))
    channels = values.objects(results.get("channels"))
    split = len(channels) > 1
    utterances = values.objects(results.get("utterances"))
    heard = [next(iter(values.objects(channel.get("alternatives"))), {}) for channel in channels]
    if utterances:
        turns = [_spoken(utterance, split=split) for utterance in utterances]
    elif split:
        turns = join_channels(_words(best, str(position)) for position, best in enumerate(heard))
    else:
        best = next(iter(heard), {})
        turns = join_words(_words(best, None)) or [SpokenTurn(None, values.text(best.get("transcript")))]
    language = next((channel.get("detected_language") for channel in channels), None)
    yield Draft(turns=turns, language=values.label(language))


def _spoken(utterance: values.JsonObject, *, split: bool) -> SpokenTurn:
    return SpokenTurn(
        label=values.label(utterance.get("channel" if split else "speaker")),
        text=values.text(utterance.get("transcript")),
        start_ms=values.seconds(utterance.get("start")),
        end_ms=values.seconds(utterance.get("end")),
        confidence=values.confidence(utterance.get("confidence")),
    )


def _words(best: values.JsonObject, channel: str | None) -> list[Word]:
    return [
        Word(
            label=channel if channel is not None else values.label(word.get("speaker")),
            text=values.text(word.get("punctuated_word")) or values.text(word.get("word")),
            start_ms=values.seconds(word.get("start")),
            end_ms=values.seconds(word.get("end")),
            confidence=values.confidence(word.get("confidence")),
        )
        for word in values.objects(best.get("words"))
    ]
