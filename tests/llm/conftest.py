"""Fixtures of the LLM client's tests."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Protocol

import pytest
from pydantic import BaseModel

from coach.llm import ChatAnswer, ChatMessage, make_chat_model
from coach.llm.chat import ChatModel
from tests.support.openai_server import Behaviour, OpenAIServer

SPOKEN = "My cat Zebulon ate the boarding pass"
KEY = "sk-invented-4242"
MESSAGES = (ChatMessage("system", "You judge calls."), ChatMessage("user", SPOKEN))


class Verdict(BaseModel):
    """A schema small enough to answer by hand."""

    verdict: str
    confidence: float


class Ask(Protocol):
    """Puts one question to a server that follows a script."""

    async def __call__(self, *script: Behaviour, **options: Any) -> ChatAnswer[Verdict]: ...


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, address or tracing of the developer's own reaches a test."""
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "LANGSMITH_", "LANGCHAIN_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    """A server with an empty script."""
    with OpenAIServer() as running:
        yield running


@pytest.fixture
def waits() -> list[float]:
    """Seconds that the client would have waited."""
    return []


@pytest.fixture
def sleep(waits: list[float]) -> Callable[[float], Awaitable[None]]:
    """Waits no time and writes down how long it should have been."""

    async def no_time(seconds: float) -> None:
        waits.append(seconds)

    return no_time


@pytest.fixture
async def ask(server: OpenAIServer, sleep: Callable[[float], Awaitable[None]]) -> AsyncIterator[Ask]:
    """One question through the real clients, over HTTP, to `server`; two retries unless told otherwise."""
    models: list[ChatModel] = []

    async def put(*script: Behaviour, **options: Any) -> ChatAnswer[Verdict]:
        server.script(*script)
        given = {"base_url": server.base_url, "max_retries": 2, "timeout_s": 5.0, "sleep": sleep, **options}
        models.append(make_chat_model("openai:fake", **given))
        return await models[-1].complete(MESSAGES, Verdict)

    yield put
    for model in models:
        await model.aclose()
