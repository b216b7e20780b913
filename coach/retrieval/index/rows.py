"""What the index holds: for each part of a corpus, ids and the texts that stand for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from coach.domain.corpus import Corpus, DocChunk, Exemplar, ExemplarVerdict
from coach.retrieval.corpus.digest import sha256_of

Kind = Literal["clauses", "chunks", "honored", "missed", "mixed"]
VERDICTS: tuple[ExemplarVerdict, ...] = get_args(ExemplarVerdict)
# Raised whenever the same corpus would give other vectors or another layout than before.
LAYOUT_VERSION = 1


@dataclass(frozen=True)
class Row:
    """One entry: `texts` is (text,) or, for an exemplar, (situation, answer); an empty text has a zero vector."""

    id: str
    texts: tuple[str, ...]


def rows_of(corpus: Corpus) -> dict[Kind, list[Row]]:
    """Every entry of the index by kind, sorted by id; only approved exemplars are among them."""
    rows: dict[Kind, list[Row]] = {
        "clauses": [Row(clause.id, (clause.text,)) for clause in corpus.purpose.clauses],
        "chunks": [Row(chunk.id, (_chunk_text(chunk),)) for chunk in corpus.chunks],
    }
    for verdict in VERDICTS:
        rows[verdict] = [
            Row(exemplar.id, (_situation(exemplar), exemplar.spoken_by("agent")))
            for exemplar in corpus.exemplars
            if exemplar.verdict == verdict and exemplar.status == "approved"
        ]
    return {kind: sorted(entries, key=lambda row: row.id) for kind, entries in rows.items()}


def collection_name(company: str, kind: Kind, rows: Iterable[Row], embedder_id: str) -> str:
    """The name under which a kind's vectors are kept: equal content and embedder, equal name.

    Content and not the whole corpus's hash decides, so that a new exemplar does not rebuild what it leaves alone.
    """
    digest = sha256_of([LAYOUT_VERSION, embedder_id, [[row.id, *row.texts] for row in rows]])
    return f"{company}.{kind}.{digest[:32]}"


def _situation(exemplar: Exemplar) -> str:
    return f"{exemplar.situation} {exemplar.spoken_by('customer')}".strip()


def _chunk_text(chunk: DocChunk) -> str:
    return f"{chunk.heading}\n{chunk.text}".strip()
