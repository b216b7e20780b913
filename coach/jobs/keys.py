"""What makes two judgements the same, so that nothing is judged, and paid, twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

from coach.domain.transcript import Transcript

NOT_JUDGED = frozenset({"call_id", "metadata", "agent_ref", "team", "started_at", "kpis"})
"""What a judge never sees of a call."""


def fingerprint(made_from: Mapping[str, object]) -> str:
    """A digest of everything but the call that decides on a review.

    Args:
        made_from: model, prompts, corpus, embedder and settings, by name; plain JSON values.
    """
    return _digest(made_from)


def review_key(transcript: Transcript, recipe: str) -> str:
    """What the review of a call is known by: two calls of the same words have the same.

    Args:
        transcript: as the judge sees it.
        recipe: from `fingerprint`.
    """
    return _digest([recipe, transcript.model_dump(mode="json", exclude=set(NOT_JUDGED))])


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
