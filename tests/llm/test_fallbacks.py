"""What the client does when an endpoint takes less than OpenAI's own."""

from __future__ import annotations

import pytest

from coach.errors import ModelRejected
from coach.llm import ChatMessage, make_chat_model
from tests.llm.conftest import MESSAGES, Ask, Verdict
from tests.support.openai_server import OpenAIServer, answer, error, rejects

OK = answer({"verdict": "honored", "confidence": 1})


@pytest.mark.filterwarnings("ignore:This model does not support OpenAI's structured output")
@pytest.mark.parametrize(
    ("refused", "formats"),
    [("json_schema", ["json_schema", "json_object"]), (None, ["json_schema", "json_object", None])],
)
async def test_simpler_formats(ask: Ask, server: OpenAIServer, refused: str | None, formats: list[str | None]) -> None:
    assert (await ask(rejects("response_format", OK, value=refused))).parsed.verdict == "honored"

    assert [request.format for request in server.chats] == formats
    assert "confidence" in server.chats[-1].messages[0]["content"], "the schema must be in the prompt now"


async def test_message_without_a_parameter_name_is_understood(ask: Ask, server: OpenAIServer) -> None:
    refused = error(400, "'response_format.type' must be 'json_schema' or 'text'")
    await ask(refused, OK)
    assert [request.format for request in server.chats] == ["json_schema", "json_object"]


async def test_what_was_rejected_is_not_sent_again(server: OpenAIServer) -> None:
    server.script(rejects("temperature", rejects("response_format", OK, value="json_schema")))
    model = make_chat_model("openai:fake", base_url=server.base_url, temperature=0.0)
    try:
        for _ in range(2):
            assert (await model.complete(MESSAGES, Verdict)).parsed.verdict == "honored"
    finally:
        await model.aclose()
    assert len(server.chats) == 4
    assert "temperature" not in server.chats[-1].body
    assert server.chats[-1].format == "json_object"


async def test_other_bad_requests_are_not_tried_again(ask: Ask, server: OpenAIServer) -> None:
    with pytest.raises(ModelRejected):
        await ask(error(400, "unknown field", param="user"))
    assert len(server.chats) == 1


async def test_endpoint_that_rejects_everything(ask: Ask, server: OpenAIServer) -> None:
    with pytest.raises(ModelRejected):
        await ask(error(400, "response_format is wrong, always"), temperature=0.5)
    assert len(server.chats) == 3


async def test_compatible_server_is_shown_the_schema(ask: Ask, server: OpenAIServer) -> None:
    await ask(OK)
    first, second = server.chats[0].messages
    assert first["content"].startswith("You judge calls.\n\n")
    assert '"confidence"' in first["content"]
    assert second["content"] == MESSAGES[1].content


async def test_prompt_without_a_system_message(server: OpenAIServer) -> None:
    server.script(OK)
    model = make_chat_model("openai:fake", base_url=server.base_url)
    try:
        await model.complete([ChatMessage("user", "hello")], Verdict)
    finally:
        await model.aclose()
    assert [message["role"] for message in server.chats[0].messages] == ["system", "user"]
