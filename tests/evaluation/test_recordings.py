"""Answers of a model over real HTTP, recorded and replayed, good and bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from coach.errors import CoachError, ModelError
from coach.evaluation.recordings import NoRecordingError, RecordedChat, RecordingChat
from coach.evaluation.sets.lines import EvalSetError
from coach.llm import ChatAnswer, ChatMessage, ChatModel, make_chat_model
from tests.support.openai_server import (
    Behaviour,
    OpenAIServer,
    answer,
    ignores_schema,
    refusal,
    truncated,
    unauthorized,
)


class Colour(BaseModel):
    """What is asked for."""

    colour: str


class Shade(BaseModel):
    """Something else that is asked for."""

    colour: str
    dark: bool


ASK = [ChatMessage("system", "You name colours."), ChatMessage("user", "What colour is the sea?")]


async def outcome(chat: ChatModel) -> ChatAnswer[Colour] | CoachError:
    try:
        return await chat.complete(ASK, Colour)
    except CoachError as error:
        return error


async def recorded(server: OpenAIServer, path: Path) -> ChatAnswer[Colour] | CoachError:
    live = RecordingChat(make_chat_model("openai:fake", base_url=server.base_url, max_retries=0), path)
    try:
        return await outcome(live)
    finally:
        await live.aclose()


async def test_an_answer_is_replayed_as_it_was(tmp_path: Path) -> None:
    with OpenAIServer(answer({"colour": "grün"}, tokens=(120, 7, 60))) as server:
        before = await recorded(server, tmp_path / "a.jsonl")
    replay = RecordedChat.read(tmp_path)

    assert replay.id == "openai:fake"
    assert isinstance(before, ChatAnswer)
    assert before.parsed.colour == "grün"
    assert await outcome(replay) == before


@pytest.mark.parametrize("behaviour", [ignores_schema(), refusal(), truncated()])
async def test_a_bad_answer_is_replayed_as_bad_as_it_was(tmp_path: Path, behaviour: Behaviour) -> None:
    with OpenAIServer(behaviour) as server:
        before = await recorded(server, tmp_path / "a.jsonl")
    after = await outcome(RecordedChat.read(tmp_path))

    assert isinstance(before, ModelError)
    assert isinstance(after, ModelError)
    assert type(after) is type(before)
    assert (str(after), after.raw) == (str(before), before.raw), "or no repair request is found"
    assert (after.tokens_in, after.tokens_out) == (before.tokens_in, before.tokens_out)


async def test_a_fault_of_the_endpoint_is_not_recorded(tmp_path: Path) -> None:
    with OpenAIServer(unauthorized()) as server:
        assert isinstance(await recorded(server, tmp_path / "a.jsonl"), ModelError)

    assert not (tmp_path / "a.jsonl").exists()


async def test_any_change_of_the_request_finds_no_recording(tmp_path: Path) -> None:
    with OpenAIServer(answer({"colour": "blue"})) as server:
        await recorded(server, tmp_path / "a.jsonl")
    replay = RecordedChat.read(tmp_path)

    with pytest.raises(NoRecordingError):
        await replay.complete([*ASK, ChatMessage("user", "Sure?")], Colour)
    with pytest.raises(NoRecordingError):
        await replay.complete([ChatMessage("user", ASK[0].content), ASK[1]], Colour)
    with pytest.raises(NoRecordingError):
        await replay.complete(ASK, Shade)


async def test_a_later_recording_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    with OpenAIServer(answer({"colour": "blue"}), answer({"colour": "grey"})) as server:
        await recorded(server, tmp_path / "a.jsonl")
        await recorded(server, tmp_path / "a.jsonl")

    said = await outcome(RecordedChat.read(tmp_path))

    assert isinstance(said, ChatAnswer)
    assert said.parsed.colour == "grey"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"request": "1", "model": "openai:a", "answer": ""}\n{"request": "2"}\n', "line 2: model: field required"),
        (
            "".join(f'{{"request": "{x}", "model": "openai:{x}", "answer": ""}}\n' for x in "ab"),
            "of 2 models, expected one: openai:a, openai:b",
        ),
    ],
)
def test_wrong_recordings_are_refused(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "a.jsonl").write_text(text, encoding="utf-8")

    with pytest.raises(EvalSetError, match=fault):
        RecordedChat.read(tmp_path)
