"""How long retrieval takes and how it grows: embedding, building an index, searching it.

Run with `pytest -m benchmark tests/benchmarks`. Figures are printed; where COACH_BENCH_OUT names a folder, they are
written there as retrieval.json, too.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from coach.domain.corpus import Corpus, Exemplar, ExemplarTurn, Guardrail, Principle, Purpose
from coach.domain.moment import Moment
from coach.domain.transcript import Turn
from coach.retrieval import CachedEmbedder, EmbeddingCache, MiniLMEmbedder, open_index
from coach.retrieval.index.rows import rows_of
from coach.retrieval.index.scoring import Sides

pytestmark = pytest.mark.benchmark

DIMENSIONS = 384
MOMENTS = 20
VOCABULARY = (
    "order driver refund policy account form delivery claim charge late please check understand waited help today call "
    "supervisor letter night address card promise broken again sorry explain limit ticket minutes record"
)
WORDS = VOCABULARY.split()


@pytest.fixture(scope="module")
def figures() -> Iterator[dict[str, dict[str, Any]]]:
    """Collects a row of figures for each measurement, then shows and keeps them."""
    rows: dict[str, dict[str, Any]] = {}
    yield rows
    table = Table("measurement", "figures", title="retrieval")
    for name, row in rows.items():
        table.add_row(name, "  ".join(f"{key}={value}" for key, value in row.items()))
    Console(width=160).print(table)
    if folder := os.environ.get("COACH_BENCH_OUT"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / "retrieval.json").write_text(json.dumps(rows, indent=2) + "\n")


class TopicEmbedder:
    """Vectors at no cost, spread as sentence vectors are: around topics, some near, most far apart.

    A text's first word names its topic; 200 topics, noise as large as the topic itself.
    """

    id = "benchmark:topics"
    dimensions = DIMENSIONS

    def __init__(self) -> None:
        self._topics = np.random.default_rng(0).standard_normal((200, DIMENSIONS)).astype(np.float32)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        topics = self._topics[[hash_of(text.split()[0]) % 200 for text in texts]]
        noise = np.stack(
            [np.random.default_rng(hash_of(text)).standard_normal(DIMENSIONS, dtype=np.float32) for text in texts]
        )
        vectors = topics + noise
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def hash_of(text: str) -> int:
    """A number that is the same in every process."""
    return int.from_bytes(text.encode()[:24].ljust(24), "big") ^ len(text)


def prose(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(WORDS, k=words))


def exemplar(rng: random.Random, number: int) -> Exemplar:
    return Exemplar(
        id=f"case-{number:06}",
        title="A case",
        principles=("help-first",),
        verdict="honored" if number % 2 else "missed",
        situation=f"{rng.choice(WORDS)} {number} {prose(rng, 18)}",
        turns=(
            ExemplarTurn(speaker="customer", text=prose(rng, 16)),
            ExemplarTurn(speaker="agent", text=f"{rng.choice(WORDS)} {number} {prose(rng, 28)}"),
        ),
        why="It helps.",
        better_move="Help.",
        source="made up for a measurement",
    )


def corpus_of(exemplars: int) -> Corpus:
    rng = random.Random(exemplars)
    purpose = Purpose(
        id="bench",
        name="Bench",
        industry="none",
        statement="Help first.",
        principles=tuple(
            Principle(
                id="help-first" if n == 0 else f"principle-{n}",
                title="Help first",
                meaning=prose(rng, 18),
                honored_when=tuple(prose(rng, 14) for _ in range(4)),
                missed_when=tuple(prose(rng, 14) for _ in range(4)),
                kpi_tension=prose(rng, 18),
            )
            for n in range(5)
        ),
        guardrails=tuple(Guardrail(id=f"limit-{n}", text=prose(rng, 14)) for n in range(5)),
    )
    cases = tuple(exemplar(rng, n) for n in range(exemplars))
    return Corpus(purpose=purpose, exemplars=cases, purpose_hash="0" * 64, hash="0" * 64)


def moments(rng: random.Random) -> list[Moment]:
    return [
        Moment(
            id=f"m{n}",
            need=(Turn(index=2 * n, speaker="customer", text=prose(rng, 22)),),
            answer=(Turn(index=2 * n + 1, speaker="agent", text=prose(rng, 26)),),
            salience=0.5,
        )
        for n in range(1, MOMENTS + 1)
    ]


def milliseconds(work: Callable[[], object], times: int) -> dict[str, float]:
    work()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(1_000 * (time.perf_counter() - began))
    return {"p50_ms": round(float(np.percentile(taken, 50)), 2), "p95_ms": round(float(np.percentile(taken, 95)), 2)}


@pytest.mark.parametrize("words", [12, 25, 60, 180])
def test_embedder_throughput(figures: dict[str, dict[str, Any]], words: int) -> None:
    embedder, rng = MiniLMEmbedder(), random.Random(words)
    texts = [prose(rng, rng.randint(words // 2, words * 3 // 2)) for _ in range(6_000 // words)]
    embedder.embed(texts[:4])
    began = time.perf_counter()
    embedder.embed(texts)
    seconds = time.perf_counter() - began
    figures[f"embed texts of about {words} words"] = {"texts_per_s": round(len(texts) / seconds)}


def test_index_build_of_1000_exemplars(figures: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    corpus = corpus_of(1_000)
    embedder = CachedEmbedder(MiniLMEmbedder(), EmbeddingCache(tmp_path / "cache.sqlite"))
    row: dict[str, float] = {}
    for name, folder in (("first_s", "one"), ("embeddings_cached_s", "two"), ("opened_again_s", "two")):
        began = time.perf_counter()
        open_index(corpus, embedder, folder=tmp_path / folder, server_url=None)
        row[name] = round(time.perf_counter() - began, 2)
    figures["build an index of 1,000 exemplars, local embedder"] = row


def test_warm_search_beyond_embedding(figures: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    corpus, asked = corpus_of(30), moments(random.Random(0))
    embedder = MiniLMEmbedder()
    index = open_index(corpus, embedder, folder=tmp_path, server_url=None)
    texts = [text for moment in asked for text in (moment.need_text, moment.answer_text)]
    figures["search 20 moments in 30 exemplars, local embedder"] = milliseconds(lambda: index.search(asked), 20)
    figures["of which embedding"] = milliseconds(lambda: embedder.embed(texts), 20)


@pytest.mark.parametrize("count", [100, 1_000, 10_000, 100_000])
def test_search(figures: dict[str, dict[str, Any]], tmp_path: Path, count: int) -> None:
    corpus, embedder = corpus_of(count), TopicEmbedder()
    began = time.perf_counter()
    with open_index(corpus, embedder, folder=tmp_path, server_url=None) as index:
        built = time.perf_counter() - began
        batches = [moments(random.Random(n)) for n in range(15)]
        turn = iter(batches * 10)
        embedding = milliseconds(lambda: [embedder.embed([m.need_text, m.answer_text]) for m in batches[0]], 5)
        row = milliseconds(lambda: index.search(next(turn)), 40)
        figures[f"search 20 moments in {count:,} exemplars"] = {
            "build_s": round(built, 1),
            **row,
            "stub_embedding_ms": embedding["p50_ms"],
            "recall_at_3": recall(corpus, embedder, index.search(batches[0]), batches[0]),
        }


def recall(corpus: Corpus, embedder: TopicEmbedder, found: Sequence[Any], asked: Sequence[Moment]) -> float:
    """Share of the three truly most similar exemplars of each side that the search returned."""
    hits = wanted = 0
    rows = rows_of(corpus)
    for kind in ("honored", "missed"):
        vectors = np.concatenate(
            [
                embedder.embed([row.texts[0] for row in rows[kind]]),
                embedder.embed([row.texts[1] for row in rows[kind]]),
            ],
            axis=1,
        )
        for moment, one in zip(asked, found, strict=True):
            query = Sides(*embedder.embed([moment.need_text, moment.answer_text])).query(2)
            best = {rows[kind][n].id for n in np.argsort(-(vectors @ query))[:3]}
            hits += len(best & {hit.exemplar.id for hit in getattr(one, kind)})
            wanted += 3
    return round(hits / wanted, 3)
