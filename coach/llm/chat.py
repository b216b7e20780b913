"""What goes to a model and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    from pydantic import BaseModel

SchemaT = TypeVar("SchemaT", bound="BaseModel")


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the endpoint billed them; all 0 where the endpoint reports none.

    Attributes:
        tokens_in: prompt tokens, cached ones included.
        tokens_out: tokens of the answer, hidden reasoning included.
        tokens_cached: the part of `tokens_in` that came from the provider's prompt cache.
    """

    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0


@dataclass(frozen=True, slots=True)
class ChatAnswer(Generic[SchemaT]):
    """An answer that fits the schema.

    Attributes:
        parsed: the answer as an instance of the schema that was asked for.
        raw: the answer as the model wrote it.
        usage: tokens of the request that was answered; failed requests are not billed by the providers.
        latency_ms: from the call to the answer, waits and retries included.
    """

    parsed: SchemaT
    raw: str
    usage: Usage
    latency_ms: int


@dataclass(frozen=True, slots=True)
class RetryNotice:
    """Told before every wait: which request failed (from 1), why, and how many seconds until the next."""

    attempt: int
    reason: str
    wait_s: float


class ChatModel(Protocol):
    """A model that answers in JSON.

    `id` is the spec it was made from, such as "openai:gpt-5-mini".
    """

    @property
    def id(self) -> str:
        """The spec the model was made from."""
        ...

    async def complete(self, messages: Sequence[ChatMessage], schema: type[SchemaT]) -> ChatAnswer[SchemaT]:
        """Asks once and returns the answer as an instance of `schema`.

        Raises:
            ModelUnavailable: the endpoint is down, timed out, or still rate limits after all retries.
            ModelRejected: the endpoint will not serve this request: key, model name, size.
            ModelRefused: the model declined to answer.
            ModelTruncated: the answer was cut at the output limit.
            ModelAnswerInvalid: the answer does not fit `schema`; its `raw` holds what the model said.
        """
        ...

    async def aclose(self) -> None:
        """Closes the connections; the model cannot be used afterwards."""
        ...
