"""Twilio: the sentences of a transcript, one channel a party, and the resources around them."""

from __future__ import annotations

from collections.abc import Iterator

from coach.domain.transcript import Speaker
from coach.transcripts import values
from coach.transcripts.draft import Draft, SpokenTurn, UnreadableError
from coach.transcripts.labels import role_of


def matches(source: object) -> bool:
    """Whether the JSON has sentences with media channels, or is one of Twilio's transcript resources."""
    body = values.as_object(source)
    sentences = body.get("sentences")
    if isinstance(sentences, list):
        return not sentences or "media_channel" in values.as_object(sentences[0])
    return "transcription_text" in body or "sentences" in values.as_object(body.get("links"))


def read(source: object) -> Iterator[Draft]:
    """The call, labelled by channel. Times are seconds, may be text, and may be null.

    The old recording transcription is one text without speakers.

    Raises:
        UnreadableError: the file describes a transcript and holds none of its words.
    """
    body = values.as_object(source)
    if "sentences" in body:
        yield Draft(
            turns=[_spoken(sentence) for sentence in values.objects(body.get("sentences"))],
            roles=_roles(body),
            language=values.label(body.get("language_code")),
        )
    elif text := values.text(body.get("transcription_text")):
        yield Draft(turns=[SpokenTurn(None, text)])
    elif "transcription_text" in body:
        raise UnreadableError(
            "the recording transcription has no text yet", remedy="fetch it again once it is completed"
        )
    else:
        raise UnreadableError(
            "describes a transcript and holds no sentences", remedy="fetch the address under links.sentences instead"
        )


def _roles(body: values.JsonObject) -> dict[str, Speaker]:
    """Roles by channel where the transcript's participants are in the same file."""
    roles: dict[str, Speaker] = {}
    for participant in values.objects(values.as_object(body.get("channel")).get("participants")):
        channel = values.label(participant.get("channel_participant"))
        role = role_of(values.text(participant.get("role")))
        if channel and role:
            roles[channel] = role
    return roles


def _spoken(sentence: values.JsonObject) -> SpokenTurn:
    return SpokenTurn(
        label=values.label(sentence.get("media_channel")),
        text=values.text(sentence.get("transcript")),
        start_ms=values.seconds(sentence.get("start_time")),
        end_ms=values.seconds(sentence.get("end_time")),
        confidence=values.confidence(sentence.get("confidence")),
        number=values.index(sentence.get("sentence_index")),
    )
