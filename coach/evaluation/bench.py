"""What eval cases are run on: wired reviewers and searches, one for each company."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from coach.domain.transcript import Transcript
from coach.judging.embedding import Encoder
from coach.judging.pipeline import Reviewer, Search


class NamedEncoder(Encoder, Protocol):
    """An encoder that says which one it is."""

    @property
    def id(self) -> str:
        """Its name in the provenance."""
        ...


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything a run asks.

    Attributes:
        reviewers: by company.
        searches: retrieval alone, by company.
        embedder: what both embed with; kept warm by the runner.
        prepare: what happens to a transcript before anything else reads it: masking, or nothing.
        concurrency: how many cases may be in flight at once, at least 1.
    """

    reviewers: Mapping[str, Reviewer]
    searches: Mapping[str, Search]
    embedder: NamedEncoder
    prepare: Callable[[Transcript], Transcript]
    concurrency: int
