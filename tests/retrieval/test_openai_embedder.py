from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

import coach.retrieval.embedders.openai_compatible as module
from coach.errors import ModelAnswerInvalid, ModelError, ModelRejected, ModelUnavailable, SettingsError
from coach.retrieval import OpenAIEmbedder
from tests.support.openai_server import OpenAIServer

MODEL = "text-embedding-3-small"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No second is waited out: retries and their waits are the client's, not ours."""
    monkeypatch.setattr(module, "RETRIES", 0)
    monkeypatch.setattr(module, "TIMEOUT_S", 0.5)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


@contextmanager
def answering(status: int, body: object, *, wait: float = 0) -> Iterator[str]:
    """A server that gives every request the same answer; yields its base URL."""
    release = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            release.wait(wait)
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        release.set()
        server.shutdown()
        thread.join()
        server.server_close()


def embeddings(*vectors: list[float]) -> dict[str, Any]:
    data = [{"object": "embedding", "index": n, "embedding": vector} for n, vector in enumerate(vectors)]
    return {"object": "list", "data": data, "model": MODEL, "usage": {"prompt_tokens": 1, "total_tokens": 1}}


def test_vectors_are_unit_and_follow_their_texts() -> None:
    with OpenAIServer() as server:
        embedder = OpenAIEmbedder("some-model", base_url=server.base_url, api_key="any")
        assert embedder.dimensions == embedder.embed(["x"]).shape[1]
        together = embedder.embed(["a", "b", "a"])
        assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
        assert np.array_equal(together[0], together[2])
        assert np.array_equal(together[1], embedder.embed(["b"])[0])
        sent = [text for request in server.requests for text in request.body["input"]]
        assert sent[-4:] == ["a", "b", "a", "b"]
        assert {request.body["model"] for request in server.requests} == {"some-model"}


def test_long_texts_are_cut() -> None:
    with OpenAIServer() as server:
        embedder = OpenAIEmbedder("some-model", base_url=server.base_url, api_key="any")
        embedder.embed(["x" * 100_000])
        assert server.requests[-1].body["input"] == ["x" * 8_000]


def test_no_texts_need_no_request() -> None:
    embedder = OpenAIEmbedder(MODEL, base_url="http://127.0.0.1:9/v1", api_key="any")
    assert embedder.embed([]).shape == (0, 1536)


def test_the_id_names_a_foreign_server_and_no_credentials() -> None:
    assert OpenAIEmbedder(MODEL, api_key="any").id == f"openai:{MODEL}"
    foreign = OpenAIEmbedder(MODEL, base_url="https://user:secret@models.example:8443/v1", api_key="any")
    assert foreign.id == f"openai:{MODEL}@models.example:8443"


def test_a_missing_key_is_told() -> None:
    with pytest.raises(SettingsError, match="OPENAI_API_KEY"):
        OpenAIEmbedder(MODEL)


@pytest.mark.parametrize(
    ("status", "body", "expected", "words"),
    [
        (401, {"error": {"message": "bad key abc"}}, ModelRejected, "key is not accepted"),
        (404, {"error": {"message": "no such model"}}, ModelRejected, "status 404"),
        (400, {"error": {"message": "too long"}}, ModelRejected, "status 400"),
        (429, {"error": {"message": "slow down"}}, ModelUnavailable, "status 429"),
        (429, {"error": {"message": "pay", "code": "insufficient_quota"}}, ModelRejected, "no quota"),
        (503, {"error": {"message": "later"}}, ModelUnavailable, "status 503"),
        (200, b"not json", ModelAnswerInvalid, "answer"),
        (200, {"object": "list"}, ModelAnswerInvalid, "answer"),
        (200, embeddings([1.0, 0.0]), ModelAnswerInvalid, "one vector for each text"),
        (200, embeddings([1.0, 0.0], [1.0]), ModelAnswerInvalid, "of one length"),
        (200, embeddings([1.0, 0.0], [0.0, 0.0]), ModelAnswerInvalid, "one vector for each text"),
    ],
)
def test_failures_are_mapped(status: int, body: object, expected: type[ModelError], words: str) -> None:
    with answering(status, body) as url:
        embedder = OpenAIEmbedder(MODEL, base_url=url, api_key="any")
        with pytest.raises(expected, match=words) as caught:
            embedder.embed(["the customer said", "something private"])
    assert "private" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_server_that_hangs() -> None:
    with answering(200, embeddings([1.0]), wait=5) as url, pytest.raises(ModelUnavailable, match="no answer within"):
        OpenAIEmbedder(MODEL, base_url=url, api_key="any").embed(["a"])


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        OpenAIEmbedder(MODEL, base_url="http://127.0.0.1:9/v1", api_key="any").embed(["a"])
