"""A small server that speaks the OpenAI protocol over real HTTP and misbehaves on demand.

    with OpenAIServer(rate_limited(retry_after="0"), answer({"ok": True})) as server:
        client = openai.OpenAI(base_url=server.base_url, api_key="any")
        ...
        assert len(server.requests) == 2

Every request for a chat completion is met with the next behaviour of the script; the last one repeats. A behaviour is
a function from the request to a `Reply`, so a test may also pass its own. Embeddings are answered with vectors that
depend on nothing but the text.
"""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self

EMBEDDING_SIZE = 8
SECRET_HEADERS = frozenset({"authorization", "api-key", "x-api-key"})


@dataclass(frozen=True)
class Request:
    """What arrived. `headers` has lower-case names and no credentials; `authorized` says whether there were any."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str]
    authorized: bool
    at: float

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages of the prompt."""
        return list(self.body.get("messages", []))

    @property
    def prompt(self) -> str:
        """All messages' texts, joined by blank lines."""
        return "\n\n".join(str(message["content"]) for message in self.messages)

    @property
    def format(self) -> str | None:
        """The kind of `response_format` asked for; None if none."""
        kind = self.body.get("response_format", {}).get("type")
        return None if kind is None else str(kind)


@dataclass(frozen=True)
class Reply:
    """What to send.

    Attributes:
        status: HTTP status.
        body: sent as it is if it is text, as JSON otherwise.
        headers: sent besides the usual ones.
        wait_s: seconds before anything is sent; the wait ends early when the server stops.
        cut: "before" closes the connection instead of answering, "midway" after half of the body.
    """

    status: int = 200
    body: Any = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    cut: Literal["no", "before", "midway"] = "no"


NOT_FOUND = Reply(404, {"error": {"message": "no such path", "type": "invalid_request_error"}})

Behaviour = Callable[[Request], Reply]
Content = str | Mapping[str, Any] | Callable[[Request], str | Mapping[str, Any]]


def completion(
    content: str | None,
    *,
    finish_reason: str = "stop",
    refusal: str | None = None,
    tokens: tuple[int, int, int] | None = (100, 20, 0),
) -> dict[str, Any]:
    """The body of a chat completion; `tokens` are prompt, completion and cached, None for a server that counts none."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    body: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "fake",
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason, "logprobs": None}],
    }
    if tokens is not None:
        prompt, written, cached = tokens
        body["usage"] = {
            "prompt_tokens": prompt,
            "completion_tokens": written,
            "total_tokens": prompt + written,
            "prompt_tokens_details": {"cached_tokens": cached},
        }
    return body


def answer(
    content: Content,
    *,
    finish_reason: str = "stop",
    tokens: tuple[int, int, int] | None = (100, 20, 0),
    wait_s: float = 0.0,
) -> Behaviour:
    """Answers with a text, with a mapping as JSON, or with what a function makes of the request."""

    def behave(request: Request) -> Reply:
        said = content(request) if callable(content) else content
        text = said if isinstance(said, str) else json.dumps(said)
        return Reply(body=completion(text, finish_reason=finish_reason, tokens=tokens), wait_s=wait_s)

    return behave


def error(
    status: int,
    message: str = "made to fail",
    *,
    code: str | None = None,
    param: str | None = None,
    kind: str = "server_error",
    headers: Mapping[str, str] | None = None,
) -> Behaviour:
    """Fails as the protocol says."""
    body = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    return lambda _: Reply(status, body, headers or {})


def rate_limited(*, retry_after: str | None = None, retry_after_ms: str | None = None) -> Behaviour:
    """Status 429, with `Retry-After` (seconds or a date) or `retry-after-ms` if given."""
    headers = {"Retry-After": retry_after, "retry-after-ms": retry_after_ms}
    given = {name: value for name, value in headers.items() if value is not None}
    return error(429, code="rate_limit_exceeded", kind="requests", headers=given)


def server_error(status: int = 500) -> Behaviour:
    """A status from 500 up."""
    return error(status)


def quota_used_up() -> Behaviour:
    """Status 429 that no waiting will change."""
    return error(429, code="insufficient_quota", kind="insufficient_quota")


def unauthorized() -> Behaviour:
    """Status 401; quotes the key as the real endpoint does."""
    return error(
        401, "Incorrect API key provided: sk-inv****ted.", code="invalid_api_key", kind="invalid_request_error"
    )


def unknown_model() -> Behaviour:
    """Status 404."""
    return error(404, "The model `fake` does not exist.", code="model_not_found", kind="invalid_request_error")


def context_length_exceeded() -> Behaviour:
    """Status 400: the prompt is too long."""
    message = "This model's maximum context length is 8192 tokens. Please reduce the length of the messages."
    return error(400, message, code="context_length_exceeded", param="messages", kind="invalid_request_error")


def rejects(parameter: str, otherwise: Behaviour, *, value: str | None = None) -> Behaviour:
    """Status 400 while a request carries a parameter, or that value of `response_format`; else the other behaviour."""

    def behave(request: Request) -> Reply:
        if parameter not in request.body or (value is not None and request.format != value):
            return otherwise(request)
        message = f"Unsupported parameter: '{parameter}' is not supported with this model."
        return error(400, message, param=parameter, code="unsupported_parameter", kind="invalid_request_error")(request)

    return behave


def refusal(text: str = "I can't help with that.") -> Behaviour:
    """The model declines."""
    return lambda _: Reply(body=completion(None, refusal=text))


def content_filtered() -> Behaviour:
    """The endpoint's filter withholds the answer."""
    return lambda _: Reply(body=completion("", finish_reason="content_filter"))


def truncated(text: str = '{"half": "an ans') -> Behaviour:
    """The answer ends at the output limit."""
    return answer(text, finish_reason="length")


def invalid_json() -> Behaviour:
    """The model's answer is no JSON."""
    return answer("{'verdict': oh well")


def ignores_schema() -> Behaviour:
    """The model's answer is JSON of its own liking."""
    return answer({"poem": "roses are red"})


def garbage(body: str = "<html>It works!</html>") -> Behaviour:
    """Status 200 with a body that is no chat completion."""
    return lambda _: Reply(body=body)


def dropped() -> Behaviour:
    """The connection is closed before an answer."""
    return lambda _: Reply(cut="before")


def dropped_midway() -> Behaviour:
    """The connection is closed in the middle of the answer."""
    return lambda _: Reply(body=completion('{"cut": "in two"}'), cut="midway")


def hang(seconds: float = 3600.0) -> Behaviour:
    """Nothing comes, until the server stops."""
    return lambda _: Reply(wait_s=seconds, cut="before")


def redirect(location: str) -> Behaviour:
    """Status 307 to elsewhere."""
    return lambda _: Reply(307, headers={"Location": location})


class OpenAIServer:
    """The server; a context manager that listens on a free loopback port from entry to exit.

    Args:
        script: behaviours for the requests to come, in order; the last one repeats.

    Attributes:
        requests: every POST with a JSON body, in order of arrival.
        hits: method and path of everything that arrived, whatever it was.
    """

    def __init__(self, *script: Behaviour) -> None:
        self.requests: list[Request] = []
        self.hits: list[str] = []
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        self._stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._script: list[Behaviour] = list(script)
        self._http = _Http(self)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def host(self) -> str:
        """Address and port, such as "127.0.0.1:40123"."""
        return f"127.0.0.1:{self._http.server_port}"

    @property
    def base_url(self) -> str:
        """What to give a client as base URL."""
        return f"http://{self.host}/v1"

    @property
    def chats(self) -> list[Request]:
        """The requests for chat completions, in order of arrival."""
        return [request for request in self.requests if request.path.endswith("/chat/completions")]

    def script(self, *behaviours: Behaviour) -> None:
        """Replaces what is left of the script."""
        with self._lock:
            self._script = list(behaviours)

    def wait_for_chats(self, count: int, timeout_s: float = 10.0) -> None:
        """Blocks until that many requests for chat completions have arrived; fails the test if they don't."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.chats) >= count, timeout_s), f"only {len(self.chats)} came"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._http.shutdown()
        with self._lock:
            for connection in self._open:
                _hang_up(connection)
        self._http.server_close()
        self._thread.join()

    def reply_to(self, request: Request) -> Reply:
        """Records a request and says what it gets."""
        with self._lock:
            self.requests.append(request)
            self._arrived.notify_all()
            if request.path.endswith("/embeddings"):
                return _embeddings(request)
            if not request.path.endswith("/chat/completions"):
                return NOT_FOUND
            if not self._script:
                return Reply(500, {"error": {"message": "the script is empty", "type": "server_error"}})
            behave = self._script[0] if len(self._script) == 1 else self._script.pop(0)
        return behave(request)

    def wait(self, seconds: float) -> None:
        """Waits, but not past the server's end."""
        self._stopping.wait(seconds)

    def opened(self, connection: socket.socket) -> None:
        """Keeps a connection, to be closed when the server stops."""
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forgets a connection."""
        with self._lock:
            self._open.discard(connection)


class _Http(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = False  # server_close() then waits for them, so that nothing outlives a test

    def __init__(self, owner: OpenAIServer) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def setup(self) -> None:
        super().setup()
        self.server.owner.opened(self.connection)

    def finish(self) -> None:
        self.server.owner.closed(self.connection)
        super().finish()

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True  # the client has gone, which some tests are about

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: tests read `requests`."""

    def do_POST(self) -> None:
        self.server.owner.hits.append(f"POST {self.path}")
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "json" not in self.headers.get("Content-Type", ""):
            self._send(NOT_FOUND)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(
            path=self.path.partition("?")[0],
            body=json.loads(raw or b"{}"),
            headers={name: value for name, value in headers.items() if name not in SECRET_HEADERS},
            authorized=any(name in SECRET_HEADERS for name in headers),
            at=time.monotonic(),
        )
        self._send(self.server.owner.reply_to(request))

    def do_GET(self) -> None:
        self.server.owner.hits.append(f"GET {self.path}")
        self._send(NOT_FOUND)

    def _send(self, reply: Reply) -> None:
        if reply.wait_s:
            self.server.owner.wait(reply.wait_s)
        if reply.cut == "before":
            self._cut()
            return
        payload = (reply.body if isinstance(reply.body, str) else json.dumps(reply.body)).encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", "text/html" if isinstance(reply.body, str) else "application/json")
        self.send_header("Content-Length", str(len(payload)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if reply.cut == "midway":
            self.wfile.write(payload[: len(payload) // 2])
            self._cut()
            return
        self.wfile.write(payload)

    def _cut(self) -> None:
        self.close_connection = True
        _hang_up(self.connection)


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # already gone


def _embeddings(request: Request) -> Reply:
    given = request.body["input"]
    texts = given if isinstance(given, list) else [given]
    as_base64 = request.body.get("encoding_format") == "base64"
    data = []
    for index, text in enumerate(texts):
        digest = hashlib.sha256(json.dumps(text).encode()).digest()
        vector = [byte / 255 - 0.5 for byte in digest[:EMBEDDING_SIZE]]
        packed = base64.b64encode(struct.pack(f"<{EMBEDDING_SIZE}f", *vector)).decode()
        data.append({"object": "embedding", "index": index, "embedding": packed if as_base64 else vector})
    usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
    return Reply(body={"object": "list", "data": data, "model": request.body.get("model", "fake"), "usage": usage})
