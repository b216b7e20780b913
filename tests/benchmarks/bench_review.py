"""How long a review takes, what share of it is the encoder, and how large a prompt is against its transcript.

Run with `make bench`; prints its figures. A warm review is one in a process that has reviewed before, of a call it has
never seen: the texts of every round are new, so that the cache of embeddings answers nothing.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coach.app import build_coach
from coach.domain.transcript import Transcript, Turn
from coach.llm import token_counter
from coach.retrieval import Embedder
from coach.settings import load_settings
from coach.transcripts import read_calls
from tests.conftest import SAMPLES
from tests.support.openai_server import OpenAIServer, answer

pytestmark = pytest.mark.benchmark
ROUNDS = 15


def sixty_turns(salt: int) -> Transcript:
    """A call of 60 turns, spliced from two sample calls; `salt` makes every turn new to the cache."""
    turns: list[Turn] = []
    for name in ("harborcare/calls/02-widower-script-broken.json", "harborcare/calls/07-therapy-stopped-mixed.json"):
        (call,) = read_calls((SAMPLES / name).read_bytes(), name)
        assert isinstance(call, Transcript)
        turns += call.turns
    return Transcript(
        call_id=f"bench-{salt}",
        turns=tuple(
            turn.model_copy(update={"index": n, "text": f"{turn.text} {salt}", "start_ms": None, "end_ms": None})
            for n, turn in enumerate(turns[:60])
        ),
    )


@dataclass
class Stopwatch:
    """An embedder that adds up the time it spends."""

    inner: Embedder
    spent_s: float = 0.0
    texts: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The inner embedder's."""
        return self.inner.id

    @property
    def dimensions(self) -> int:
        """The inner embedder's."""
        return self.inner.dimensions

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeds and takes the time."""
        started = time.perf_counter()
        vectors = self.inner.embed(texts)
        self.spent_s += time.perf_counter() - started
        self.texts += texts
        return vectors


def test_warm_review_of_sixty_turns(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from coach.retrieval import MiniLMEmbedder

    watch = Stopwatch(MiniLMEmbedder())
    monkeypatch.setattr("coach.retrieval.MiniLMEmbedder", lambda: watch)
    with build_coach(load_settings({"home": home, "corpus": SAMPLES}), company="harborcare") as coach:
        coach.review(sixty_turns(-1))
        walls, shares, texts = [], [], []
        for n in range(ROUNDS):
            call = sixty_turns(n)
            watch.spent_s, watch.texts = 0.0, []
            started = time.perf_counter()
            coach.review(call)
            walls.append(time.perf_counter() - started)
            shares.append(watch.spent_s / walls[-1])
            texts.append(len(watch.texts))
    print(
        f"\nreview of 60 turns, warm: median {statistics.median(walls) * 1000:.0f} ms, "
        f"worst {max(walls) * 1000:.0f} ms; "
        f"encoder {statistics.median(shares):.0%} of it, {statistics.median(texts):.0f} texts; "
        f"{1 / statistics.median(walls):.1f} calls a second"
    )


def test_help_answers() -> None:
    walls = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "coach.cli.main", "--help"], check=True, capture_output=True)
        walls.append(time.perf_counter() - started)
    print(f"\ncoach --help: median {statistics.median(walls) * 1000:.0f} ms, worst {max(walls) * 1000:.0f} ms")


def test_prompt_tokens_against_transcript_tokens(home: Path) -> None:
    count = token_counter("openai:gpt-5-mini").count
    empty = {"moments": [], "summary": "", "celebrate": "", "try_next": ""}
    for turns in (20, 40, 60, 100):
        base = sixty_turns(0).turns
        lines = tuple(base[n % len(base)].model_copy(update={"index": n}) for n in range(turns))
        transcript = Transcript(call_id=f"bench-{turns}", turns=lines)
        with OpenAIServer(answer(empty)) as server:
            settings = load_settings(
                {"home": home, "corpus": SAMPLES, "model": "openai:gpt-5-mini", "base_url": server.base_url}
            )
            with build_coach(settings, company="harborcare") as coach:
                coach.review(transcript)
            prompts = [[str(message["content"]) for message in request.messages] for request in server.chats]
        spoken = sum(count(turn.text) for turn in lines)
        stable = count(prompts[0][0])
        total = sum(count(text) for prompt in prompts for text in prompt)
        print(
            f"\n{turns} turns: {len(prompts)} request(s), {spoken} tokens of speech, {total} of prompt "
            f"({stable} stable and cacheable, {total - stable} of its own; {total / spoken:.1f} times the speech)"
        )
