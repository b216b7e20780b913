"""A small server that speaks OpenAI's files and batches over real HTTP, with a model that a function stands for."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Answer = Callable[[dict[str, Any], int], dict[str, Any] | None]
"""From a request's body, and how often it was asked before, to a `response`; None leaves it out, as an expired one."""


class BatchApiServer:
    """The server; a context manager that listens on a free loopback port from entry to exit.

    Args:
        answer: what becomes of each request.
        looks: how often a batch is still in progress when asked about.

    Attributes:
        asked: how often each request was in a batch, by its custom id.
        batches: every batch made, by id.
    """

    def __init__(self, answer: Answer, *, looks: int = 1) -> None:
        self._answer = answer
        self._looks = looks
        self._lock = threading.Lock()
        self.files: dict[str, str] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.asked: Counter[str] = Counter()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

            def do_GET(self) -> None:
                self._send(owner.get(self.path.partition("?")[0].removeprefix("/v1")))

            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self._send(owner.post(self.path.removeprefix("/v1"), data))

            def _send(self, body: Any) -> None:
                payload = (body if isinstance(body, str) else json.dumps(body)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def base_url(self) -> str:
        """What to give a client as base URL."""
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def post(self, path: str, data: bytes) -> Any:
        """Takes a file or begins a batch."""
        with self._lock:
            if path == "/files":
                return self._take_file(data)
            wanted = json.loads(data)
            name = f"batch_{len(self.batches)}"
            self.batches[name] = {**self._made(name), **wanted, "left": self._looks}
            return self._shown(name)

    def get(self, path: str) -> Any:
        """Says how a batch is, or gives a file."""
        with self._lock:
            if path == "/batches":
                return {"object": "list", "data": [self._shown(name) for name in self.batches], "has_more": False}
            if path.startswith("/files/"):
                return self.files[path.split("/")[2]]
            name = path.removeprefix("/batches/")
            batch = self.batches[name]
            if batch["left"] > 0:
                batch["left"] -= 1
            elif batch["status"] == "in_progress":
                self._finish(batch)
            return self._shown(name)

    def _take_file(self, data: bytes) -> Any:
        lines = re.findall(rb'^\{"custom_id".*\}\r?$', data, re.MULTILINE)
        name = f"file-{len(self.files)}"
        self.files[name] = b"\n".join(line.strip() for line in lines).decode()
        return {
            "id": name, "object": "file", "bytes": len(data), "created_at": 0, "filename": "requests.jsonl",
            "purpose": "batch", "status": "processed",
        }  # fmt: skip

    def _finish(self, batch: dict[str, Any]) -> None:
        good: list[str] = []
        bad: list[str] = []
        complete = True
        for line in self.files[batch["input_file_id"]].splitlines():
            request = json.loads(line)
            name = request["custom_id"]
            response = self._answer(request["body"], self.asked[name])
            self.asked[name] += 1
            if response is None:
                complete = False
                continue
            result = json.dumps({"id": "r", "custom_id": name, "response": response, "error": None})
            (good if response["status_code"] == 200 else bad).append(result)
        for kind, lines in (("output_file_id", good), ("error_file_id", bad)):
            if lines:
                batch[kind] = f"file-{len(self.files)}"
                self.files[batch[kind]] = "\n".join(lines)
        batch["status"] = "completed" if complete else "expired"

    def _made(self, name: str) -> dict[str, Any]:
        return {"id": name, "object": "batch", "created_at": 0, "status": "in_progress"}

    def _shown(self, name: str) -> dict[str, Any]:
        return {key: value for key, value in self.batches[name].items() if key != "left"}
