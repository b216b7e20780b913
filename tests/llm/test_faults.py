"""Every error of the vendor's client means something to us."""

from __future__ import annotations

import inspect

import httpx2
import openai
import pytest
from langchain_core import exceptions as langchain

from coach.errors import ModelAnswerInvalid, ModelError, ModelRefused, ModelRejected, ModelTruncated, ModelUnavailable
from coach.llm.faults import fault_of

REQUEST = httpx2.Request("POST", "http://127.0.0.1/v1/chat/completions")

EXPECTED: dict[str, tuple[type[ModelError], bool]] = {
    "APIConnectionError": (ModelUnavailable, True),
    "APIError": (ModelAnswerInvalid, False),
    "APIResponseValidationError": (ModelAnswerInvalid, False),
    "APIStatusError": (ModelRejected, False),
    "APITimeoutError": (ModelUnavailable, True),
    "AuthenticationError": (ModelRejected, False),
    "BadRequestError": (ModelRejected, False),
    "ConflictError": (ModelUnavailable, True),
    "ContentFilterFinishReasonError": (ModelRefused, False),
    "InternalServerError": (ModelUnavailable, True),
    "InvalidWebhookSignatureError": (ModelAnswerInvalid, False),
    "LengthFinishReasonError": (ModelTruncated, False),
    "NotFoundError": (ModelRejected, False),
    "OAuthError": (ModelRejected, False),
    "OpenAIError": (ModelRejected, False),
    "PermissionDeniedError": (ModelRejected, False),
    "RateLimitError": (ModelUnavailable, True),
    "SubjectTokenProviderError": (ModelRejected, False),
    "UnprocessableEntityError": (ModelRejected, False),
    "WebSocketConnectionClosedError": (ModelRejected, False),
    "WebSocketQueueFullError": (ModelRejected, False),
}
STATUSES = {"OAuthError": 401, "APIStatusError": 418, "InternalServerError": 500}

VENDOR_ERRORS = {
    name: kind
    for module in (openai, openai._exceptions)
    for name, kind in inspect.getmembers(module, inspect.isclass)
    if issubclass(kind, Exception) and not name.startswith("_")
}


def made(kind: type[Exception]) -> Exception:
    """An instance with what the mapping reads, whatever the constructor of the class wants."""
    error = kind.__new__(kind)
    if issubclass(kind, openai.APIStatusError):
        status = STATUSES.get(kind.__name__) or kind.status_code
        error.status_code = status  # type: ignore[attr-defined]
        error.response = httpx2.Response(status, request=REQUEST)  # type: ignore[attr-defined]
    elif issubclass(kind, openai.APIResponseValidationError):
        error.status_code = 200  # type: ignore[attr-defined]
    elif issubclass(kind, (openai.LengthFinishReasonError, openai.ContentFilterFinishReasonError)):
        error.completion = None  # type: ignore[attr-defined]
    return error


def test_every_vendor_error_has_a_meaning() -> None:
    assert set(VENDOR_ERRORS) == set(EXPECTED), "a class of the openai package is new or gone: say what it means"


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_meaning(name: str) -> None:
    fault = fault_of(made(VENDOR_ERRORS[name]))
    assert (fault.kind, fault.transient) == EXPECTED[name]
    assert fault.reason


@pytest.mark.parametrize(
    "kind",
    [kind for _, kind in inspect.getmembers(langchain, inspect.isclass) if issubclass(kind, langchain.ModelError)],
)
def test_langchains_own_errors(kind: type[langchain.ModelError]) -> None:
    fault = fault_of(kind("words of the prompt"))
    assert fault.transient == kind.is_retryable
    assert fault.kind is (ModelUnavailable if kind.is_retryable else ModelRejected)
    assert "words" not in fault.reason


@pytest.mark.parametrize("status", range(300, 600))
def test_every_status(status: int) -> None:
    response = httpx2.Response(status, request=REQUEST)
    fault = fault_of(openai.APIStatusError("words of the prompt", response=response, body=None))
    assert fault.transient == (status in (408, 409, 429) or status >= 500)
    assert fault.kind is (ModelUnavailable if fault.transient else ModelRejected)
    assert str(status) in fault.reason
    assert "words" not in fault.reason


def test_code_that_is_a_sentence_is_not_repeated() -> None:
    response = httpx2.Response(400, request=REQUEST)
    error = openai.BadRequestError("no", response=response, body={"code": "My cat ate it", "type": "x y"})
    assert fault_of(error).reason == "the endpoint rejects the request (400)"
