"""From a spec such as "openai:gpt-5-mini" to a model that is ready to be asked."""

from __future__ import annotations

import asyncio
import math
import os
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from coach.errors import SettingsError
from coach.llm.chat import ChatModel, RetryNotice

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from coach.llm.pacing import Pace

OPENAI_BASE_URL = "https://api.openai.com/v1"

KEY_VARIABLES = {
    "anthropic": "ANTHROPIC_API_KEY",
    "azure_openai": "AZURE_OPENAI_API_KEY",
    "deepseek": "DEEPSEEK_API_KEY",
    "google_genai": "GOOGLE_API_KEY",
    "groq": "GROQ_API_KEY",
    "mistralai": "MISTRAL_API_KEY",
    "openai": "OPENAI_API_KEY",
    "openrouter": "OPENROUTER_API_KEY",
    "together": "TOGETHER_API_KEY",
    "xai": "XAI_API_KEY",
}
"""Where each provider's key is looked for; providers that are not listed find their credentials themselves."""

_OPENAI_CLIENTS = frozenset({"openai", "azure_openai"})
_SPEC = re.compile(r"(?P<provider>[a-z0-9_]+):(?P<model>\S+)")
_PACKAGE = re.compile(r"pip install ([A-Za-z0-9_-]+)")


def make_chat_model(
    spec: str,
    *,
    base_url: str | None = None,
    timeout_s: float = 120.0,
    max_retries: int = 5,
    deadline_s: float = 600.0,
    max_output_tokens: int = 8192,
    temperature: float | None = None,
    on_retry: Callable[[RetryNotice], None] | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    pace: Pace | None = None,
) -> ChatModel:
    """A chat model for a spec. Nothing is sent before the first `complete`.

    Args:
        spec: `provider:model`, any provider of LangChain's `init_chat_model`; `openai` for every server that speaks
            OpenAI's chat completions.
        base_url: address of the endpoint, such as "http://127.0.0.1:8000/v1"; None for the provider's own, or for
            what `OPENAI_BASE_URL` says. A server other than the provider's needs no key, and is shown the schema in
            the prompt too, as many only enforce it, or ignore it.
        timeout_s: limit of one request, in seconds.
        max_retries: requests after the first when the endpoint is busy, failing or unreachable.
        deadline_s: limit of one `complete`, retries and waits included, in seconds.
        max_output_tokens: limit of one answer, hidden reasoning included.
        temperature: sampling temperature; None for the model's own. Left out where the model takes none.
        on_retry: told before every wait.
        sleep: how to wait between requests.
        pace: shared by all that ask this endpoint, where they are many; the deadline then does not count, as waiting
            for a turn is no fault of the request's.

    Raises:
        SettingsError: the spec is malformed, the provider unknown, its package not installed, or its key not set.
    """
    from coach.llm.client import Dialect, LangChainChatModel
    from coach.llm.retry import RetryPolicy

    found = _SPEC.fullmatch(spec)
    if found is None:
        raise SettingsError(f"model {spec!r}", "not provider:model", remedy='write it like "openai:gpt-5-mini"')
    provider = found["provider"]
    openai_wire = provider == "openai"
    own_server = base_url or (os.environ.get("OPENAI_BASE_URL") if openai_wire else None)
    options: dict[str, Any] = {"timeout": timeout_s, "max_retries": 0, "max_tokens": max_output_tokens}
    key = _key(spec, provider, key_needed=own_server is None)
    if key:
        options["api_key"] = key
    if temperature is not None:
        options["temperature"] = temperature
    if own_server:
        options["base_url"] = own_server
    close: Callable[[], Awaitable[None]] = _nothing_to_close
    if openai_wire:
        options.setdefault("base_url", OPENAI_BASE_URL)
    if provider in _OPENAI_CLIENTS:
        extra, close = _openai_options(timeout_s)
        options |= extra
    return LangChainChatModel(
        id=spec,
        endpoint=f"{spec} at {_host(own_server)}" if own_server else spec,
        model=_init(spec, provider, found["model"], options),
        openai_wire=openai_wire,
        dialect=Dialect(show_schema=own_server is not None),
        policy=RetryPolicy(
            max_retries, timeout_s, math.inf if pace else deadline_s, sleep=sleep, on_retry=on_retry, pace=pace
        ),
        close=close,
    )


def _key(spec: str, provider: str, *, key_needed: bool) -> str | None:
    variable = KEY_VARIABLES.get(provider)
    if variable is None:
        return None
    key = os.environ.get(variable)
    if key or not key_needed:
        # The clients insist on some key, also for servers that ask for none.
        return key or "none"
    remedy = f"set {variable}, or COACH_BASE_URL for a server of your own that needs no key"
    raise SettingsError(f"model {spec}", f"{variable} is not set", remedy=remedy)


def _openai_options(timeout_s: float) -> tuple[dict[str, Any], Callable[[], Awaitable[None]]]:
    from openai import DefaultAsyncHttpxClient

    # A client of its own: LangChain's shared one outlives event loops, and would follow a redirect with the transcript
    # to a host that nobody configured.
    http = DefaultAsyncHttpxClient(timeout=timeout_s, follow_redirects=False)
    # Compatible servers speak chat completions only; LangChain would pick the Responses API by a model's name.
    return {"http_async_client": http, "use_responses_api": False}, http.aclose


def _init(spec: str, provider: str, name: str, options: dict[str, Any]) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    try:
        model: BaseChatModel = init_chat_model(name, model_provider=provider, **options)
    except ImportError as error:
        package = _PACKAGE.search(str(error))
        remedy = f"pip install {package[1]}" if package else "install the provider's LangChain package"
        raise SettingsError(f"model {spec}", "the provider's package is not installed", remedy=remedy) from None
    except ValueError as error:
        # Covers pydantic's ValidationError; neither text is repeated, as it may hold the key.
        reason = "unknown provider" if "provider" in str(error) else "the provider refuses these options"
        remedy = 'see LangChain\'s init_chat_model for the providers; "openai" fits every compatible server'
        raise SettingsError(f"model {spec}", reason, remedy=remedy) from None
    return model


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


async def _nothing_to_close() -> None:
    """LangChain has no way to close the other providers' clients."""
