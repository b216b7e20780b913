"""A chat model whose answers come later: its requests go into files, and it answers from what came back.

Asked for the first time, it notes the request and raises `RequestDeferred`; asked the same again when the answer is
there, it gives it. So whoever asks needs no memory of having asked, and can be killed in between.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from coach.errors import (
    ModelAnswerInvalid,
    ModelError,
    ModelRefused,
    ModelRejected,
    ModelTruncated,
    ModelUnavailable,
    RequestDeferred,
)
from coach.llm.answers import parse_answer
from coach.llm.chat import ChatAnswer, ChatMessage, SchemaT, Usage
from coach.llm.schema import response_format

GIVEN_UP = '{"given_up": true}'
"""The answer of a request that was sent several times in vain."""


class DeferredChatModel:
    """A `ChatModel` over files of requests.

    Args:
        id: the spec, such as "openai:gpt-5-mini".
        max_output_tokens: limit of one answer.
        answer: what the endpoint said to a request, by its digest; None if it has not said anything.
        want: asks for a request to be sent: its digest and its body.
    """

    def __init__(
        self,
        id: str,
        *,
        max_output_tokens: int,
        answer: Callable[[str], str | None],
        want: Callable[[str, str], None],
    ) -> None:
        self._id = id
        self._max_output_tokens = max_output_tokens
        self._answer = answer
        self._want = want

    @property
    def id(self) -> str:
        """The spec the model was made from."""
        return self._id

    async def complete(self, messages: Sequence[ChatMessage], schema: type[SchemaT]) -> ChatAnswer[SchemaT]:
        """The answer, if it is there.

        Raises:
            RequestDeferred: it is not there yet.
            ModelError: as in `ChatModel.complete`.
        """
        body = json.dumps(
            {
                "model": self._id.partition(":")[2],
                "messages": [{"role": message.role, "content": message.content} for message in messages],
                "response_format": response_format(schema),
                "max_completion_tokens": self._max_output_tokens,
            },
            ensure_ascii=False,
        )
        request = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
        said = self._answer(request)
        if said is None:
            self._want(request, body)
            raise RequestDeferred("the request goes into the next file")
        return _read(said, schema)

    async def aclose(self) -> None:
        """There is nothing to close."""


def _read(said: str, schema: type[SchemaT]) -> ChatAnswer[SchemaT]:
    if said == GIVEN_UP:
        raise ModelUnavailable("the endpoint's batches gave no answer, after several tries")
    reply: dict[str, Any] = json.loads(said)
    if "rejected" in reply:
        raise ModelRejected(f"the endpoint rejects the request ({reply['rejected']})")
    usage = _usage(reply)
    try:
        text = _text(reply)
        parsed = parse_answer(text, schema)
    except ModelError as error:
        raise type(error)(str(error), raw=error.raw, tokens_in=usage.tokens_in, tokens_out=usage.tokens_out) from None
    return ChatAnswer(parsed, text, usage, 0)


def _text(reply: dict[str, Any]) -> str:
    try:
        choice = reply["choices"][0]
        message, ended = choice["message"], choice.get("finish_reason")
    except (KeyError, IndexError, TypeError):
        raise ModelAnswerInvalid("the endpoint's reply is no chat completion") from None
    text = str(message.get("content") or "")
    if message.get("refusal") or ended == "content_filter":
        raise ModelRefused("the model declined to answer", raw=text)
    if ended == "length":
        raise ModelTruncated("the answer was cut at the output limit", raw=text)
    if not text.strip():
        raise ModelAnswerInvalid("the answer is empty")
    return text


def _usage(reply: dict[str, Any]) -> Usage:
    reported = reply.get("usage") or {}
    cached = (reported.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
    return Usage(reported.get("prompt_tokens") or 0, reported.get("completion_tokens") or 0, cached)
