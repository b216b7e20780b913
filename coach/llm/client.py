"""A chat model on LangChain: asks, falls back to what the endpoint can do, reads the answer."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from coach.errors import ModelAnswerInvalid, ModelError, ModelRefused, ModelTruncated, ModelUnavailable
from coach.llm.answers import parse_answer
from coach.llm.chat import ChatAnswer, ChatMessage, SchemaT, Usage
from coach.llm.retry import RequestFailedError, RetryPolicy, with_retries
from coach.llm.schema import instruction, response_format

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage
    from pydantic import BaseModel

    from coach.llm.faults import Parameter

Format = Literal["json_schema", "json_object", "text"]

_CUT = frozenset({"length", "max_tokens", "model_length", "max_output_tokens"})
_WITHHELD = frozenset({"content_filter", "refusal", "safety", "prohibited_content", "blocklist"})


@dataclass(frozen=True, slots=True)
class Dialect:
    """What an endpoint can be asked for.

    Attributes:
        format: how the shape of the answer is asked for.
        show_schema: whether the prompt carries the schema in words too.
        temperature: whether a temperature may be sent.
    """

    format: Format = "json_schema"
    show_schema: bool = False
    temperature: bool = True

    def without(self, parameter: Parameter | None) -> Dialect | None:
        """The next simpler dialect for an endpoint that will not take `parameter`; None if there is none."""
        if parameter == "temperature" and self.temperature:
            return replace(self, temperature=False)
        if parameter == "response_format" and self.format != "text":
            return replace(self, format="json_object" if self.format == "json_schema" else "text", show_schema=True)
        return None


class LangChainChatModel:
    """A `ChatModel` over one LangChain chat model.

    Args:
        id: the spec it was made from.
        endpoint: how the endpoint is named in errors; no credentials.
        model: the LangChain model, its own retries off.
        openai_wire: whether it speaks OpenAI's chat completions and takes `response_format`.
        dialect: what to ask the endpoint for first; a simpler one is remembered once the endpoint rejects this.
        policy: retries and time limits.
        close: closes the connections.
    """

    def __init__(
        self,
        *,
        id: str,
        endpoint: str,
        model: BaseChatModel,
        openai_wire: bool,
        dialect: Dialect,
        policy: RetryPolicy,
        close: Callable[[], Awaitable[None]],
    ) -> None:
        self._id = id
        self._endpoint = endpoint
        self._model = model
        self._openai_wire = openai_wire
        self._dialect = dialect
        self._policy = policy
        self._close = close

    @property
    def id(self) -> str:
        """The spec the model was made from."""
        return self._id

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._close()

    async def complete(self, messages: Sequence[ChatMessage], schema: type[SchemaT]) -> ChatAnswer[SchemaT]:
        """Asks once and returns the answer as an instance of `schema`; see `ChatModel`."""
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._policy.deadline_s):
                reply = await self._reply(messages, schema)
        except TimeoutError:
            limit = f"{self._policy.deadline_s:g} s"
            raise ModelUnavailable(f"{self._endpoint}: no usable answer within {limit}, retries included") from None
        usage = _usage(reply)
        try:
            text = _text(reply)
            parsed = parse_answer(text, schema)
        except ModelError as error:
            raise type(error)(
                f"{self._endpoint}: {error}", raw=error.raw, tokens_in=usage.tokens_in, tokens_out=usage.tokens_out
            ) from None
        return ChatAnswer(parsed, text, usage, round((time.perf_counter() - started) * 1000))

    async def _reply(self, messages: Sequence[ChatMessage], schema: type[BaseModel]) -> AIMessage:
        dialect = self._dialect
        while True:
            ask = self._request(messages, schema, dialect)
            try:
                return await with_retries(ask, self._policy)
            except RequestFailedError as failed:
                simpler = dialect.without(failed.fault.parameter)
                if simpler is None:
                    raise self._final(failed) from None
                self._dialect = dialect = simpler

    def _final(self, failed: RequestFailedError) -> ModelError:
        fault = failed.fault
        tries = f", after {failed.attempts} requests" if failed.attempts > 1 else ""
        message = f"{self._endpoint}: {fault.reason}{tries}"
        return fault.kind(message, tokens_in=fault.usage.tokens_in, tokens_out=fault.usage.tokens_out)

    def _request(
        self, messages: Sequence[ChatMessage], schema: type[BaseModel], dialect: Dialect
    ) -> Callable[[], Awaitable[AIMessage]]:
        from langsmith import tracing_context

        prompt = _prompt(messages, schema if dialect.show_schema else None)
        model = self._model if dialect.temperature else self._model.model_copy(update={"temperature": None})

        async def request() -> AIMessage:
            # LangChain would send transcripts to a tracing service where the environment of some other program asks it.
            with tracing_context(enabled=False):
                if dialect.format == "text":
                    return await model.ainvoke(prompt)
                if self._openai_wire:
                    asked = response_format(schema) if dialect.format == "json_schema" else {"type": "json_object"}
                    return await model.ainvoke(prompt, response_format=asked)
                structured = model.with_structured_output(schema.model_json_schema(), include_raw=True)
                outcome: Any = await structured.ainvoke(prompt)
                reply: AIMessage = outcome["raw"]
                return reply

        return request


def _prompt(messages: Sequence[ChatMessage], shown: type[BaseModel] | None) -> list[tuple[str, str]]:
    """Messages for LangChain; a schema to show goes to the end of the leading system message, the cacheable part."""
    prompt = [(message.role, message.content) for message in messages]
    if shown is None:
        return [*prompt]
    lead = prompt.pop(0)[1] + "\n\n" if prompt and prompt[0][0] == "system" else ""
    return [("system", lead + instruction(shown)), *prompt]


def _text(reply: AIMessage) -> str:
    """What the model said.

    Raises:
        ModelRefused: it declined, or a filter withheld the answer.
        ModelTruncated: the answer was cut.
        ModelAnswerInvalid: it said nothing.
    """
    ended = reply.response_metadata.get("finish_reason") or reply.response_metadata.get("stop_reason") or ""
    # A call of the schema as a tool is how some providers answer in a structure.
    text = str(reply.text) or (json.dumps(reply.tool_calls[0]["args"]) if reply.tool_calls else "")
    if reply.additional_kwargs.get("refusal") or str(ended).lower() in _WITHHELD:
        raise ModelRefused("the model declined to answer", raw=text)
    if str(ended).lower() in _CUT:
        raise ModelTruncated("the answer was cut at the output limit", raw=text)
    if not text.strip():
        raise ModelAnswerInvalid("the answer is empty")
    return text


def _usage(reply: AIMessage) -> Usage:
    reported = reply.usage_metadata
    if reported is None:
        return Usage()
    cached = reported.get("input_token_details", {}).get("cache_read", 0)
    return Usage(reported["input_tokens"], reported["output_tokens"], cached)
