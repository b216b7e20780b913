"""AssemblyAI: utterances of speakers "A", "B", times in milliseconds; `utterances` may be null."""

from __future__ import annotations

from collections.abc import Iterator

from coach.transcripts import values
from coach.transcripts.draft import Draft, SpokenTurn, UnreadableError
from coach.transcripts.words import Word, join_words


def matches(source: object) -> bool:
    """Whether the JSON has the keys of an AssemblyAI transcript."""
    body = values.as_object(source)
    return "utterances" in body and ("words" in body or "audio_url" in body)


def read(source: object) -> Iterator[Draft]:
    """The call from utterances, else from words, else from the text alone.

    Raises:
        UnreadableError: the transcript is not finished.
    """
    body = values.as_object(source)
    status = values.label(body.get("status"))
    if status in {"queued", "processing", "error"}:
        raise UnreadableError(f'the transcript has the status "{status}"', remedy="fetch it again once it is completed")
    utterances = values.objects(body.get("utterances"))
    turns = (
        [_spoken(utterance) for utterance in utterances]
        or join_words(_word(word) for word in values.objects(body.get("words")))
        or [SpokenTurn(None, values.text(body.get("text")))]
    )
    yield Draft(turns=turns, language=values.label(body.get("language_code")))


def _label(item: values.JsonObject) -> str | None:
    return values.label(item.get("speaker")) or values.label(item.get("channel"))


def _spoken(utterance: values.JsonObject) -> SpokenTurn:
    return SpokenTurn(
        label=_label(utterance),
        text=values.text(utterance.get("text")),
        start_ms=values.millis(utterance.get("start")),
        end_ms=values.millis(utterance.get("end")),
        confidence=values.confidence(utterance.get("confidence")),
    )


def _word(word: values.JsonObject) -> Word:
    return Word(
        label=_label(word),
        text=values.text(word.get("text")),
        start_ms=values.millis(word.get("start")),
        end_ms=values.millis(word.get("end")),
        confidence=values.confidence(word.get("confidence")),
    )
