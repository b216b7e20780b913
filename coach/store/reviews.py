"""Reviews: written once, found by what they were made from."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, func, insert, select

from coach.domain.review import Review
from coach.store.database import Database
from coach.store.models import MomentRow, ReviewRow

LOOKUP_KEYS = 500
"""Fewer than the variables that a statement may have."""


class Reviews:
    """Immutable: a key keeps its first review, so that what a person has read never changes behind their back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, keys: Collection[str]) -> set[str]:
        """Those keys that have a review."""
        wanted = list(keys)
        with self._database.read() as connection:
            return {
                key
                for start in range(0, len(wanted), LOOKUP_KEYS)
                for key in connection.execute(
                    select(ReviewRow.key).where(ReviewRow.key.in_(wanted[start : start + LOOKUP_KEYS]))
                ).scalars()
            }

    def get(self, key: str) -> Review | None:
        """The review of that key."""
        with self._database.read() as connection:
            text = connection.execute(select(ReviewRow.review).where(ReviewRow.key == key)).scalar()
        return None if text is None else Review.model_validate_json(text)

    def averages(self, model: str) -> tuple[int, float, float]:
        """For a model: how many reviews there are, and their mean answer tokens and mean latency in ms."""
        row = ReviewRow
        query = select(func.count(), func.avg(row.tokens_out), func.avg(row.latency_ms)).where(row.model == model)
        with self._database.read() as connection:
            count, tokens, latency = connection.execute(query).one()
        return int(count), float(tokens or 0), float(latency or 0)


def write_reviews(connection: Connection, database: Database, reviews: Sequence[tuple[str, str, Review]]) -> None:
    """Write reviews with their moments, those left out that are there already.

    Args:
        connection: the transaction to write in.
        database: makes the statements.
        reviews: key, call and review.
    """
    for key, call, review in reviews:
        made = review.provenance
        row = database.insert(ReviewRow).values(
            key=key,
            call=call,
            company=review.company,
            model=made.model,
            score=review.score,
            tokens_in=made.tokens_in,
            tokens_out=made.tokens_out,
            cost_usd=made.cost_usd,
            latency_ms=made.latency_ms,
            review=review.model_dump_json(),
        )
        mine = row.on_conflict_do_nothing(index_elements=[ReviewRow.key]).returning(ReviewRow.key)
        if connection.execute(mine).scalar() is not None and review.moments:
            connection.execute(insert(MomentRow), [*_moments(key, review)])


def _moments(key: str, review: Review) -> list[dict[str, object]]:
    return [
        {
            "review": key,
            "number": number,
            "first_turn": moment.turns[0],
            "last_turn": moment.turns[1],
            "verdict": moment.verdict,
            "attribution": moment.attribution,
            "confidence": moment.confidence,
            "principles": " ".join(moment.principles),
        }
        for number, moment in enumerate(review.moments, 1)
    ]
