"""Specs, keys and addresses; what is wrong is said before anything is sent."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from coach.errors import ModelUnavailable, SettingsError
from coach.llm import make_chat_model
from tests.llm.conftest import MESSAGES, Ask, Verdict
from tests.support.openai_server import OpenAIServer, answer, server_error

OK = answer({"verdict": "honored", "confidence": 1})


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("gpt-5-mini", "not provider:model — write it like"),
        ("openai:", "not provider:model"),
        ("", "not provider:model"),
        ("nonesuch:gpt-5-mini", "unknown provider"),
        ("cohere:command-r", "the provider's package is not installed — pip install langchain-cohere"),
        ("anthropic:claude-sonnet-4-5", "ANTHROPIC_API_KEY is not set"),
    ],
)
def test_unusable_spec(monkeypatch: pytest.MonkeyPatch, spec: str, says: str) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    with pytest.raises(SettingsError) as caught:
        make_chat_model(spec)
    assert says in str(caught.value)


def test_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(SettingsError, match="OPENAI_API_KEY is not set — set OPENAI_API_KEY, or COACH_BASE_URL"):
        make_chat_model("openai:gpt-5-mini")


async def test_own_server_needs_no_key(monkeypatch: pytest.MonkeyPatch, ask: Ask) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    assert (await ask(OK)).parsed.verdict == "honored"


async def test_address_from_the_usual_variable(monkeypatch: pytest.MonkeyPatch, server: OpenAIServer) -> None:
    server.script(OK)
    with OpenAIServer(OK) as gateway:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("LANGSMITH_GATEWAY", f"http://{gateway.host}")
        model = make_chat_model("openai:fake")
        await model.complete(MESSAGES, Verdict)
        await model.aclose()
    assert len(server.chats) == 1
    assert gateway.requests == []


async def test_credentials_in_the_address_are_not_shown(ask: Ask, server: OpenAIServer) -> None:
    address = server.base_url.replace("http://", "http://user:invented-password@")
    with pytest.raises(ModelUnavailable, match=f"openai:fake at {server.host}: ") as caught:
        await ask(server_error(), base_url=address)
    assert "password" not in str(caught.value)


async def test_id_is_the_spec() -> None:
    model = make_chat_model("openai:gpt-5-mini")
    assert model.id == "openai:gpt-5-mini"
    await model.aclose()


def test_importing_the_package_loads_nothing_heavy() -> None:
    check = (
        "import sys, coach.llm; from coach.llm import ChatMessage, load_prices\n"
        "heavy = {'openai', 'langchain', 'langchain_core', 'tiktoken', 'httpx2', 'tenacity', 'langsmith'}\n"
        "sys.exit(', '.join(sorted(heavy & sys.modules.keys())) or None)"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


TRACED = """
import asyncio, sys
from langchain_core.tracers.langchain import wait_for_all_tracers
from coach.llm import make_chat_model
from tests.llm.conftest import MESSAGES, Verdict

async def ours():
    model = make_chat_model("openai:fake", base_url=sys.argv[1])
    await model.complete(MESSAGES, Verdict)
    await model.aclose()

def anybodys():
    from langchain.chat_models import init_chat_model
    init_chat_model("openai:fake", base_url=sys.argv[1]).invoke("hello")

if sys.argv[2] == "ours":
    asyncio.run(ours())
else:
    anybodys()
wait_for_all_tracers()
"""


@pytest.mark.parametrize(("who", "traced"), [("ours", False), ("anybodys", True)])
def test_transcripts_are_not_traced(server: OpenAIServer, who: str, traced: bool) -> None:
    """With tracing switched on by the environment, LangChain alone sends the prompt there, and we don't."""
    server.script(OK)
    with OpenAIServer() as tracer:
        environment = {
            **os.environ,
            "LANGSMITH_TRACING": "true",
            "LANGSMITH_API_KEY": "ls-invented",
            "LANGSMITH_ENDPOINT": f"http://{tracer.host}",
        }
        command = [sys.executable, "-c", TRACED, server.base_url, who]
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)
        assert len(server.chats) == 1
        assert bool(tracer.hits) is traced
