from __future__ import annotations

import json

from coach.domain.review import Review
from coach.rendering.json_line import error_line, review_line
from tests.support.sample_review import FULL, QUIET


def test_the_line_has_the_published_keys_in_their_order() -> None:
    line = review_line(FULL)
    assert "\n" not in line
    read = json.loads(line)
    assert list(read) == [
        "call_id", "company", "score", "counts", "summary", "celebrate", "try_next", "moments", "provenance",
    ]  # fmt: skip
    assert list(read["counts"]) == ["honored", "missed", "mixed", "no_opportunity", "unscored", "withheld"]
    assert list(read["moments"][0]) == [
        "id", "turns", "verdict", "compliance", "attribution", "purpose_gap", "confidence", "principles", "evidence",
        "clauses", "exemplars", "feedback", "flags",
    ]  # fmt: skip
    assert list(read["moments"][1]["evidence"][0]) == ["turn", "start", "end", "quote"]
    assert list(read["moments"][1]["exemplars"][0]) == ["id", "verdict", "similarity"]
    assert list(read["provenance"]) == [
        "model", "prompts", "purpose", "corpus", "embedder", "tokens_in", "tokens_out", "cost_usd", "latency_ms",
        "version",
    ]  # fmt: skip


def test_no_score_is_null_and_an_unscored_moment_has_no_verdict() -> None:
    assert json.loads(review_line(QUIET))["score"] is None
    assert json.loads(review_line(FULL))["moments"][3]["verdict"] is None


def test_a_review_survives_the_round_trip() -> None:
    assert Review.model_validate_json(review_line(FULL)) == FULL


def test_a_failed_call_is_one_line_whatever_its_name_is() -> None:
    line = error_line(None, "caf\udce9\n.json", "line 3:\nnot JSON")
    line.encode()
    assert json.loads(line) == {"call_id": None, "source": "caf\ufffd .json", "error": "line 3: not JSON"}
