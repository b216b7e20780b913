"""The index of one company: opened or built, then searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

from coach.domain.corpus import Corpus
from coach.domain.moment import ChunkHit, ClauseHit, ExemplarHit, Moment, Retrieved
from coach.errors import SettingsError
from coach.retrieval.embedders.base import Embedder
from coach.retrieval.index.building import ensure_collection, row_vectors
from coach.retrieval.index.client import close_client, folder_client, server_client
from coach.retrieval.index.nearest import GraphRows, Nearest, NoRows, open_rows
from coach.retrieval.index.rows import VERDICTS, Kind, Row, collection_name, rows_of
from coach.retrieval.index.scoring import Score, Sides, score

if TYPE_CHECKING:
    from chromadb.api.client import Client

# Candidates beyond those asked for: equal after rounding, they may change places with the last of them.
SPARE_CANDIDATES = 8


class CompanyIndex:
    """Search in one company's corpus. Made by `open_index`; safe to share between threads.

    Only a corpus of many thousands keeps Chroma open, until `close` or the end of a `with` block.

    Args:
        corpus: what the rows stand for.
        embedder: makes the vectors of moments; the one the rows were made with.
        nearest: for each kind, how to find its rows.
        resources: what to close in the end.
    """

    def __init__(
        self, corpus: Corpus, embedder: Embedder, nearest: Mapping[Kind, Nearest], resources: ExitStack
    ) -> None:
        self._corpus = corpus
        self._embedder = embedder
        self._nearest = nearest
        self._resources = resources
        self._chunks = {chunk.id: chunk for chunk in corpus.chunks}

    def search(
        self, moments: Sequence[Moment], *, clauses: int = 8, exemplars: int = 3, chunks: int = 3
    ) -> list[Retrieved]:
        """What lies near each moment.

        `similarity` is the mean of the cosines with the need and with the answer, or the only one there is if a side
        says nothing (its own cosine is then 0). An exemplar's situation and customer words are compared with the
        need and its agent words with the answer; a clause or passage is compared with both.

        Args:
            moments: any number; one call of the embedder and one query for each kind serve them all.
            clauses: how many clauses for each moment.
            exemplars: how many exemplars for each moment and verdict.
            chunks: how many passages for each moment.

        Returns:
            One entry for each moment, in their order; empty lists for a moment without words.

        Raises:
            ModelError: the embedder's endpoint gave no usable answer.
        """
        if not moments:
            return []
        sides = self._sides(moments)
        hits: dict[Kind, list[tuple[ExemplarHit, ...]]] = {
            verdict: [
                tuple(self._exemplar_hit(one) for one in scores) for scores in self._find(verdict, sides, exemplars)
            ]
            for verdict in VERDICTS
        }
        return [
            Retrieved(
                clauses=tuple(self._clause_hit(one) for one in clause_scores),
                honored=hits["honored"][n],
                missed=hits["missed"][n],
                mixed=hits["mixed"][n],
                chunks=tuple(ChunkHit(chunk=self._chunks[one.id], similarity=one.similarity) for one in chunk_scores),
            )
            for n, (clause_scores, chunk_scores) in enumerate(
                zip(self._find("clauses", sides, clauses), self._find("chunks", sides, chunks), strict=True)
            )
        ]

    def close(self) -> None:
        """Lets go of Chroma; the index cannot be searched afterwards."""
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _sides(self, moments: Sequence[Moment]) -> list[Sides]:
        """The vectors of all moments, in one call of the embedder."""
        # A moment is a row of two texts, like an exemplar.
        rows = [Row(moment.id, (moment.need_text.strip(), moment.answer_text.strip())) for moment in moments]
        dimensions = self._embedder.dimensions
        return [Sides(vector[:dimensions], vector[dimensions:]) for vector in row_vectors(rows, self._embedder)]

    def _find(self, kind: Kind, sides: Sequence[Sides], count: int) -> list[list[Score]]:
        import numpy as np

        texts = 2 if kind in VERDICTS else 1
        queries = np.stack([one.query(texts) for one in sides])
        candidates = self._nearest[kind].find(queries, count + SPARE_CANDIDATES)
        return [score(one, near, count) if one.present else [] for one, near in zip(sides, candidates, strict=True)]

    def _clause_hit(self, one: Score) -> ClauseHit:
        return ClauseHit(
            clause=self._corpus.purpose.clause_by_id[one.id],
            similarity=one.similarity,
            to_need=one.to_need,
            to_answer=one.to_answer,
        )

    def _exemplar_hit(self, one: Score) -> ExemplarHit:
        return ExemplarHit(
            exemplar=self._corpus.exemplar_by_id[one.id],
            similarity=one.similarity,
            to_need=one.to_need,
            to_answer=one.to_answer,
        )


def open_index(corpus: Corpus, embedder: Embedder, *, folder: Path | None, server_url: str | None) -> CompanyIndex:
    """Opens a company's index, building what is not there yet.

    What is kept is found by its content and the embedder: a changed corpus builds what changed, an old one is found
    again. Several processes may open or build at once.

    Args:
        corpus: one company.
        embedder: makes the vectors; wrap it in a `CachedEmbedder` so that a rebuild embeds only what is new.
        folder: where Chroma keeps its files on this machine.
        server_url: a Chroma server; it is used instead of the folder where both are given.

    Raises:
        SettingsError: neither is given, the folder cannot be used, or no server answers.
        ModelError: the embedder's endpoint gave no usable answer.
    """
    if server_url is not None:
        opening = server_client(server_url)
    elif folder is not None:
        opening = folder_client(folder)
    else:
        raise SettingsError("COACH_HOME", "no place for the index", remedy="set COACH_HOME or COACH_CHROMA_URL")
    with opening as client, ExitStack() as closing:
        closing.callback(close_client, client)
        nearest = {
            kind: _open_kind(client, corpus.purpose.id, kind, rows, embedder) for kind, rows in rows_of(corpus).items()
        }
        in_memory = not any(isinstance(one, GraphRows) for one in nearest.values())
        return CompanyIndex(corpus, embedder, nearest, ExitStack() if in_memory else closing.pop_all())


def _open_kind(client: Client, company: str, kind: Kind, rows: Sequence[Row], embedder: Embedder) -> Nearest:
    if not rows:
        return NoRows()
    name = collection_name(company, kind, rows, embedder.id)
    return open_rows(ensure_collection(client, name, rows, embedder), len(rows))
