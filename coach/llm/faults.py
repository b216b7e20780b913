"""The one place where vendors' errors become ours.

Vendor messages are read but never passed on: they may quote the prompt, and with it the transcript.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal

from coach.errors import ModelAnswerInvalid, ModelError, ModelRefused, ModelRejected, ModelTruncated, ModelUnavailable
from coach.llm.chat import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openai.types.chat import ChatCompletion

Parameter = Literal["response_format", "temperature"]

TRANSIENT_STATUSES = frozenset({408, 409, 429})
"""Besides 5xx: timed out, locked, rate limited."""

_REASONS = {
    401: "the endpoint refuses the key",
    403: "the key has no right to this model",
    404: "the endpoint knows no such model or path",
    408: "the endpoint timed out",
    413: "the request is too large",
    429: "the endpoint limits the rate",
}
_CONTEXT = re.compile(
    r"context_length_exceeded|context (?:length|window|size)|prompt is too long|input tokens exceed", re.IGNORECASE
)
_FORMAT = re.compile(r"response_format|json_schema|json_object|structured output|guided_json", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Za-z0-9_.-]{1,60}")


@dataclass(frozen=True, slots=True)
class Fault:
    """What a failed request means to us.

    Attributes:
        kind: the error to raise if nothing helps.
        reason: one line in our own words.
        transient: whether the same request may succeed later.
        limited: whether the endpoint answers, and only asks for fewer requests.
        retry_after_s: seconds the endpoint asks to wait; None if it doesn't say.
        parameter: the parameter the endpoint will not take; None if it is not about one that can be left out.
        usage: what the failed request was billed.
    """

    kind: type[ModelError]
    reason: str
    transient: bool = False
    limited: bool = False
    retry_after_s: float | None = None
    parameter: Parameter | None = None
    usage: Usage = field(default_factory=Usage)


def fault_of(error: Exception) -> Fault:
    """What an exception from a vendor's client or from LangChain means."""
    import openai
    from langchain_core import exceptions as langchain

    if isinstance(error, openai.LengthFinishReasonError):
        return Fault(ModelTruncated, "the answer was cut at the output limit", usage=_billed(error.completion))
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return Fault(ModelRefused, "the endpoint's content filter withheld the answer", usage=_billed(error.completion))
    if isinstance(error, langchain.ContextOverflowError):
        return Fault(ModelRejected, "the request is larger than the model's context window")
    status = _status(error)
    if status is not None and status >= 300:
        return _fault_of_status(error, status)
    if isinstance(error, (openai.APITimeoutError, langchain.ModelTimeoutError, TimeoutError)):
        return Fault(ModelUnavailable, "no answer within the time limit", transient=True)
    if isinstance(error, (openai.APIConnectionError, langchain.ModelConnectionError, OSError)):
        return Fault(ModelUnavailable, "no connection, or it broke", transient=True)
    if isinstance(error, langchain.ModelError):
        kind = ModelUnavailable if error.is_retryable else ModelRejected
        return Fault(kind, f"the client reports {type(error).__name__}", transient=error.is_retryable)
    if isinstance(error, openai.OpenAIError) and not isinstance(error, openai.APIError):
        return Fault(ModelRejected, f"the client reports {type(error).__name__}")
    # What is left is raised while the clients read a reply that is not shaped as the protocol says.
    return Fault(ModelAnswerInvalid, f"the endpoint's reply is no chat completion ({type(error).__name__})")


def _fault_of_status(error: Exception, status: int) -> Fault:
    code = _code(error)
    label = f"{status} {code}" if code else str(status)
    text = str(error)
    if status in TRANSIENT_STATUSES or status >= 500:
        reason = _REASONS.get(status, "the endpoint failed")
        if code == "insufficient_quota":
            return Fault(ModelRejected, f"the account's quota is used up ({label})")
        headers = _headers(error)
        transient = headers.get("x-should-retry") != "false"
        asked = retry_after_s(headers, datetime.now(UTC))
        wish = f", asks to wait {asked:g} s" if asked else ""
        return Fault(ModelUnavailable, f"{reason} ({label}){wish}", transient, status == 429, asked)
    if status in (400, 413, 422) and (code == "context_length_exceeded" or _CONTEXT.search(text)):
        return Fault(ModelRejected, f"the request is larger than the model's context window ({label})")
    if status in (400, 403) and code in ("content_filter", "content_policy_violation"):
        return Fault(ModelRefused, f"the endpoint's content filter refused the request ({label})")
    if status < 400:
        return Fault(ModelRejected, f"the endpoint redirects elsewhere, which is not followed ({label})")
    parameter = _parameter(error, text) if status in (400, 422) else None
    return Fault(
        ModelRejected, f"{_REASONS.get(status, 'the endpoint rejects the request')} ({label})", parameter=parameter
    )


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds the endpoint asks to wait, from `retry-after-ms` or `Retry-After` in seconds or as a date; else None."""
    for name, per_second in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            seconds = float(headers.get(name, "")) / per_second
        except ValueError:
            continue
        return seconds if 0 <= seconds < float("inf") else None
    try:
        date = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds())


def _billed(completion: ChatCompletion | None) -> Usage:
    usage = completion.usage if completion else None
    return Usage(usage.prompt_tokens, usage.completion_tokens) if usage else Usage()


def _status(error: Exception) -> int | None:
    """The HTTP status, which every vendor's client keeps in one of these two places."""
    for holder in (error, getattr(error, "response", None)):
        status = getattr(holder, "status_code", None)
        if isinstance(status, int):
            return status
    return None


def _headers(error: Exception) -> Mapping[str, str]:
    headers: Any = getattr(getattr(error, "response", None), "headers", None)
    return {} if headers is None else headers


def _code(error: Exception) -> str:
    """The endpoint's own short code for the error, if it looks like one and not like a sentence."""
    for name in ("code", "type"):
        value = getattr(error, name, None)
        if isinstance(value, str) and _IDENTIFIER.fullmatch(value):
            return value
    return ""


def _parameter(error: Exception, text: str) -> Parameter | None:
    named = getattr(error, "param", None)
    if named == "temperature" or (not named and "temperature" in text):
        return "temperature"
    if (isinstance(named, str) and _FORMAT.search(named)) or _FORMAT.search(text):
        return "response_format"
    return None
