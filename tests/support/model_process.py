"""A model endpoint in a process of its own, for tests that kill and time the program: `python -m` this module.

It answers every call with a review without moments, after a wait, and misbehaves in a share of requests. It writes one
line a request to a log: the word that tells the call, and what the request got; answered ones only after the answer
has been handed to the network.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.openai_server import OpenAIServer, Reply, Request, completion

ANSWER = json.dumps({"moments": [], "summary": "", "celebrate": "", "try_next": ""})
MARK = re.compile(r"parcel marked ([a-z]+)")
SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]


def word(number: int) -> str:
    """A word for a number, that no masking takes for a number."""
    syllables = []
    for _ in range(4):
        number, rest = divmod(number, len(SYLLABLES))
        syllables.append(SYLLABLES[rest])
    return "".join(syllables)


def write_calls(path: Path, count: int, first: int = 0) -> Path:
    """A JSONL file of short calls, each told apart by its word."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(first, first + count):
            turns = [
                {"speaker": "customer", "text": f"My parcel marked {word(number)} never came and nobody tells me why."},
                {"speaker": "agent", "text": "That should not happen. I am looking it up and will stay on the line."},
            ]
            file.write(json.dumps({"call_id": f"call-{number}", "turns": turns}) + "\n")
    return path


@contextmanager
def model_process(log: Path, *, wait_s: float = 0.0, trouble: float = 0.0, seed: int = 1) -> Iterator[str]:
    """The endpoint's address, while it runs."""
    arguments = ["--log", str(log), "--wait", str(wait_s), "--trouble", str(trouble), "--seed", str(seed)]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.model_process", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parent.parent.parent,
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def requests(log: Path, outcome: str = "answered") -> Counter[str]:
    """How many requests of each call ended in that way."""
    if not log.exists():
        return Counter()
    found = (line.split() for line in log.read_text().splitlines())
    return Counter(name for name, how in found if how == outcome)


def _serve(log: Path, wait_s: float, trouble: float, seed: int) -> None:
    chance = random.Random(seed)
    lock = threading.Lock()
    descriptor = os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    def note(request: Request, how: str) -> None:
        found = MARK.findall(request.prompt)
        os.write(descriptor, f"{found[-1] if found else '?'} {how}\n".encode())

    def behave(request: Request) -> Reply:
        with lock:
            draw, kind = chance.random(), chance.randrange(4)
        if draw >= trouble:
            if wait_s:
                time.sleep(wait_s)
            note(request, "answered")
            return Reply(body=completion(ANSWER))
        note(request, ("limited", "failed", "dropped", "garbled")[kind])
        return (
            Reply(429, {"error": {"message": "slower", "type": "requests"}}, {"Retry-After": "0"}),
            Reply(500, {"error": {"message": "made to fail", "type": "server_error"}}),
            Reply(cut="before"),
            Reply(body=completion("{'verdict': oh well")),
        )[kind]

    with OpenAIServer(behave) as server:
        print(server.base_url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--wait", type=float, default=0.0)
    parser.add_argument("--trouble", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    _serve(given.log, given.wait, given.trouble, given.seed)
