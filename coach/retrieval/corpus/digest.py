"""Digests of what a corpus says, blind to how its files are written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

from coach.domain.corpus import Exemplar, Purpose
from coach.retrieval.corpus.documents import Document


def sha256_of(content: object) -> str:
    """The sha256 hex digest of JSON-able content in canonical form: keys sorted, no white space, UTF-8."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def purpose_digest(purpose: Purpose) -> str:
    """Digest of the purpose alone."""
    return sha256_of(purpose.model_dump(mode="json"))


def corpus_digest(purpose: Purpose, exemplars: Iterable[Exemplar], documents: Sequence[Document]) -> str:
    """Digest of purpose, exemplars and prose; neither order of files nor size of chunks moves it."""
    return sha256_of(
        {
            "purpose": purpose.model_dump(mode="json"),
            "exemplars": [e.model_dump(mode="json") for e in sorted(exemplars, key=lambda e: e.id)],
            "docs": {
                document.file: [[section.heading, " ".join(section.text.split())] for section in document.sections]
                for document in documents
            },
        }
    )
