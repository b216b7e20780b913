"""The client against a server that misbehaves: each time a good result or one mapped error."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any

import pytest

from coach.errors import (
    ModelAnswerInvalid,
    ModelError,
    ModelRefused,
    ModelRejected,
    ModelTruncated,
    ModelUnavailable,
)
from coach.llm import ChatMessage, Usage, make_chat_model
from tests.llm.conftest import KEY, MESSAGES, SPOKEN, Ask, Verdict
from tests.support import openai_server as fake
from tests.support.openai_server import Behaviour, OpenAIServer, Reply, answer

GOOD = {"verdict": "honored", "confidence": 0.75}
OK = answer(GOOD)


def echo(behave: Behaviour) -> Behaviour:
    """An endpoint whose error message quotes the prompt and the key, as some do."""

    def behaviour(request: fake.Request) -> Reply:
        reply = behave(request)
        reply.body["error"]["message"] += f" You sent: {request.prompt} with {KEY}"
        return reply

    return behaviour


async def test_good_answer(ask: Ask, server: OpenAIServer) -> None:
    got = await ask(answer(GOOD, tokens=(120, 30, 100)), temperature=0.0, max_output_tokens=321)

    assert got.parsed == Verdict(verdict="honored", confidence=0.75)
    assert got.usage == Usage(tokens_in=120, tokens_out=30, tokens_cached=100)
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert [message["role"] for message in request.messages] == ["system", "user"]
    assert request.messages[1]["content"] == SPOKEN
    assert request.body["model"] == "fake"
    assert request.body["temperature"] == 0.0
    assert request.body["max_completion_tokens"] == 321
    assert request.body["response_format"]["json_schema"]["strict"] is True


async def test_server_that_counts_no_tokens(ask: Ask) -> None:
    assert (await ask(answer(GOOD, tokens=None))).usage == Usage(0, 0, 0)


@pytest.mark.parametrize(
    "text",
    [
        'Here you are:\n```json\n{"verdict": "honored", "confidence": 0.75}\n```\nAnything else?',
        '<think>{"verdict": "draft"} no, better:</think> {"verdict": "honored", "confidence": 0.75}',
    ],
)
async def test_answer_amid_prose(ask: Ask, text: str) -> None:
    got = await ask(answer(text))
    assert got.parsed.verdict == "honored"
    assert got.raw == text


@pytest.mark.parametrize(
    "failure",
    [
        fake.rate_limited(retry_after="0"),
        fake.rate_limited(),
        fake.server_error(500),
        fake.server_error(503),
        fake.error(408),
        fake.error(409),
        fake.dropped(),
        fake.dropped_midway(),
    ],
)
async def test_passing_failure_is_retried(ask: Ask, server: OpenAIServer, failure: Behaviour) -> None:
    assert (await ask(failure, failure, OK)).parsed.verdict == "honored"
    assert len(server.chats) == 3


@pytest.mark.parametrize(
    ("failure", "kind", "says"),
    [
        (fake.rate_limited(retry_after="1"), ModelUnavailable, "limits the rate (429 rate_limit_exceeded)"),
        (fake.server_error(502), ModelUnavailable, "(502 server_error), after 3 requests"),
        (fake.dropped(), ModelUnavailable, "no connection, or it broke, after 3 requests"),
        (fake.dropped_midway(), ModelUnavailable, "no connection, or it broke, after 3 requests"),
        (fake.quota_used_up(), ModelRejected, "quota is used up"),
        (fake.unauthorized(), ModelRejected, "refuses the key (401"),
        (fake.error(403), ModelRejected, "no right to this model (403"),
        (fake.unknown_model(), ModelRejected, "no such model or path (404"),
        (fake.context_length_exceeded(), ModelRejected, "larger than the model's context window"),
        (fake.error(413), ModelRejected, "too large (413"),
        (fake.error(422), ModelRejected, "rejects the request (422"),
        (fake.error(400, code="content_filter"), ModelRefused, "content filter refused the request"),
    ],
)
async def test_lasting_failure(ask: Ask, failure: Behaviour, kind: type[ModelError], says: str) -> None:
    with pytest.raises(kind) as caught:
        await ask(echo(failure) if "broke" not in says else failure)

    assert says in str(caught.value)
    assert_tells_nothing(caught.value)


@pytest.mark.parametrize(
    ("reply", "kind", "says"),
    [
        (fake.refusal(f"I won't judge: {SPOKEN}"), ModelRefused, "declined to answer"),
        (fake.content_filtered(), ModelRefused, "content filter withheld the answer"),
        (fake.truncated(SPOKEN), ModelTruncated, "cut at the output limit"),
        (answer(""), ModelAnswerInvalid, "the answer is empty"),
        (answer(SPOKEN), ModelAnswerInvalid, "no JSON object"),
        (fake.invalid_json(), ModelAnswerInvalid, "no JSON object"),
        (fake.ignores_schema(), ModelAnswerInvalid, "does not fit Verdict: verdict: field required"),
        (answer({"verdict": "x", "confidence": SPOKEN}), ModelAnswerInvalid, "confidence: input should be"),
        (fake.garbage(SPOKEN), ModelAnswerInvalid, "no chat completion"),
        (fake.garbage('{"choices": []}'), ModelAnswerInvalid, "no chat completion"),
        (lambda _: Reply(body={"choices": None}), ModelAnswerInvalid, "no chat completion"),
        (lambda _: Reply(body={"choices": [{"message": None}]}), ModelAnswerInvalid, "no chat completion"),
        (lambda _: Reply(body={"error": {"message": SPOKEN}}), ModelAnswerInvalid, "no chat completion"),
    ],
)
async def test_unusable_answer(
    ask: Ask, server: OpenAIServer, reply: Behaviour, kind: type[ModelError], says: str
) -> None:
    with pytest.raises(kind) as caught:
        await ask(reply)

    assert says in str(caught.value)
    assert_tells_nothing(caught.value)
    assert len(server.chats) == 1, "what the model answered is not asked for again"


async def test_failed_answer_keeps_what_a_repair_needs(ask: Ask) -> None:
    with pytest.raises(ModelAnswerInvalid) as caught:
        await ask(answer({"verdict": "honored"}, tokens=(90, 7, 0)))

    assert caught.value.raw == '{"verdict": "honored"}'
    assert (caught.value.tokens_in, caught.value.tokens_out) == (90, 7)


async def test_truncated_answer_is_billed(ask: Ask) -> None:
    with pytest.raises(ModelTruncated) as caught:
        await ask(answer("{", finish_reason="length", tokens=(90, 7, 0)))
    assert (caught.value.tokens_in, caught.value.tokens_out) == (90, 7)


async def test_hang_ends_at_the_time_limit(ask: Ask, server: OpenAIServer) -> None:
    with pytest.raises(ModelUnavailable, match="no answer within the time limit, after 2 requests"):
        await ask(fake.hang(), timeout_s=0.1, max_retries=1)


async def test_recovers_from_a_hang(ask: Ask) -> None:
    assert (await ask(fake.hang(), OK, timeout_s=0.3)).parsed.verdict == "honored"


async def test_nobody_listens(ask: Ask) -> None:
    with OpenAIServer() as gone:
        address = gone.base_url
    with pytest.raises(ModelUnavailable, match="no connection"):
        await ask(base_url=address, max_retries=1)


async def test_redirect_is_not_followed(ask: Ask) -> None:
    with OpenAIServer(OK) as elsewhere, pytest.raises(ModelRejected, match="redirects elsewhere"):
        await ask(fake.redirect(f"{elsewhere.base_url}/chat/completions"))
    assert elsewhere.requests == []


async def test_requests_go_side_by_side(server: OpenAIServer) -> None:
    def when_all_are_here(request: fake.Request) -> dict[str, Any]:
        server.wait_for_chats(16)
        return {"verdict": request.messages[1]["content"], "confidence": 1}

    server.script(answer(when_all_are_here))
    model = make_chat_model("openai:fake", base_url=server.base_url, max_retries=0)
    try:
        prompts = [(MESSAGES[0], ChatMessage("user", f"call {n}")) for n in range(16)]
        got = await asyncio.gather(*(model.complete(prompt, Verdict) for prompt in prompts))
    finally:
        await model.aclose()
    assert [one.parsed.verdict for one in got] == [f"call {n}" for n in range(16)]


def test_one_model_after_another_in_new_event_loops(server: OpenAIServer) -> None:
    async def once() -> Any:
        model = make_chat_model("openai:fake", base_url=server.base_url, max_retries=0)
        try:
            return (await model.complete(MESSAGES, Verdict)).parsed.verdict
        finally:
            await model.aclose()

    server.script(OK)
    assert [asyncio.run(once()) for _ in range(2)] == ["honored", "honored"]


async def test_provider_without_a_base_url_of_ours(monkeypatch: pytest.MonkeyPatch, server: OpenAIServer) -> None:
    """Azure's client stands for all providers that are asked through LangChain's own structured output."""
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", f"http://{server.host}")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_API_VERSION", "2026-01-01")
    server.script(fake.server_error(), OK, fake.refusal(), fake.unauthorized())
    waits: list[float] = []

    async def no_time(seconds: float) -> None:
        waits.append(seconds)

    model = make_chat_model("azure_openai:fake", sleep=no_time)
    assert (await model.complete(MESSAGES, Verdict)).parsed.verdict == "honored"
    with pytest.raises(ModelRefused):
        await model.complete(MESSAGES, Verdict)
    with pytest.raises(ModelRejected):
        await model.complete(MESSAGES, Verdict)
    await model.aclose()
    assert (len(waits), len(server.chats)) == (1, 4)
    assert server.chats[0].format == "json_schema"


def assert_tells_nothing(error: ModelError) -> None:
    """The message, and the traceback that a log would hold, quote neither transcript nor key; one line."""
    told = "".join(traceback.format_exception(error))
    assert SPOKEN not in told
    assert KEY not in told
    assert "\n" not in str(error)
