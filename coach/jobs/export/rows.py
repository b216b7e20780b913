"""The rows of an export: which columns there are, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from coach.domain.review import MomentReview, Review
from coach.store import Result

Cell = str | int | float | bool | None
Kind = type[str] | type[int] | type[float] | type[bool]

CALLS: Mapping[str, Kind] = {
    "call_id": str,
    "status": str,
    "reason": str,
    "source": str,
    "score": float,
    "honored": int,
    "missed": int,
    "mixed": int,
    "no_opportunity": int,
    "unscored": int,
    "withheld": int,
    "summary": str,
    "celebrate": str,
    "try_next": str,
    "agent_ref": str,
    "team": str,
    "channel": str,
    "language": str,
    "started_at": str,
    "company": str,
    "model": str,
    "tokens_in": int,
    "tokens_out": int,
    "cost_usd": float,
    "judged_earlier": bool,
    "review_key": str,
}
"""A row for each call. `score` is empty where no moment counts; tokens and cost are the review's, whoever paid it."""

MOMENTS: Mapping[str, Kind] = {
    "call_id": str,
    "source": str,
    "moment": str,
    "first_turn": int,
    "last_turn": int,
    "verdict": str,
    "compliance": str,
    "attribution": str,
    "purpose_gap": str,
    "confidence": float,
    "principles": str,
    "quotes": str,
    "clauses": str,
    "observation": str,
    "better_move": str,
    "question": str,
    "flags": str,
    "review_key": str,
}
"""A row for each moment; `verdict` is empty where nobody could judge it."""


def call_row(result: Result) -> dict[str, Cell]:
    """The row of a call, judged or failed."""
    item, transcript, review = result.item, result.transcript, result.review
    row: dict[str, Cell] = dict.fromkeys(CALLS)
    row |= {"call_id": item.call_id, "status": item.status, "reason": item.reason, "source": item.source}
    row |= {"judged_earlier": item.reused, "review_key": item.key}
    if transcript is not None:
        row |= {name: getattr(transcript, name) for name in ("agent_ref", "team", "channel", "language", "started_at")}
    if review is not None:
        row |= _judged(review)
    return row


def _judged(review: Review) -> dict[str, Cell]:
    made = review.provenance
    return {
        "score": review.score,
        **review.counts.model_dump(),
        "summary": review.summary,
        "celebrate": review.celebrate,
        "try_next": review.try_next,
        "company": review.company,
        "model": made.model,
        "tokens_in": made.tokens_in,
        "tokens_out": made.tokens_out,
        "cost_usd": made.cost_usd,
    }


def moment_rows(result: Result) -> Iterator[dict[str, Cell]]:
    """The rows of a call's moments, in the order of the call."""
    for moment in result.review.moments if result.review else ():
        yield {"call_id": result.item.call_id, "source": result.item.source, **_moment(moment)} | {
            "review_key": result.item.key
        }


def _moment(moment: MomentReview) -> dict[str, Cell]:
    return {
        "moment": moment.id,
        "first_turn": moment.turns[0],
        "last_turn": moment.turns[1],
        "verdict": moment.verdict,
        "compliance": moment.compliance,
        "attribution": moment.attribution,
        "purpose_gap": moment.purpose_gap,
        "confidence": moment.confidence,
        "principles": " ".join(moment.principles),
        "quotes": " | ".join(f"[{quote.turn}] {quote.quote}" for quote in moment.evidence),
        "clauses": " ".join(clause.id for clause in moment.clauses),
        "observation": moment.feedback.observation,
        "better_move": moment.feedback.better_move,
        "question": moment.feedback.question,
        "flags": " ".join(moment.flags),
    }
