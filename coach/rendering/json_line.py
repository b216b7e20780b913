"""A review, or what stands in its place, as one line of JSON."""

from __future__ import annotations

import json

from coach.domain.review import Review
from coach.rendering.safe import one_line


def review_line(review: Review) -> str:
    """The review in the published form: keys in the contract's order, no line breaks."""
    return review.model_dump_json()


def error_line(call_id: str | None, source: str, error: str) -> str:
    """What stands in the place of a call that failed; `call_id` is None where the input could not be read that far."""
    place = {"call_id": call_id, "source": one_line(source), "error": one_line(error)}
    return json.dumps(place, ensure_ascii=False, separators=(",", ":"))
