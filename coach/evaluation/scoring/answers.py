"""An outcome beside the right answer, as the scorers take it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from coach.domain.review import Verdict
from coach.evaluation.records import Gold, Outcome, Said


class Answer(NamedTuple):
    """What was asked and what came of it."""

    gold: Gold
    outcome: Outcome

    @property
    def said(self) -> Said | None:
        """What was said of the single moment; None where nothing was."""
        return self.outcome.said[0] if self.outcome.said else None

    @property
    def verdict(self) -> Verdict | None:
        """The verdict; None where the judge abstained or failed to answer."""
        return self.said.verdict if self.said else None

    @property
    def right(self) -> bool:
        """Whether it is the right one; an abstention is not."""
        return self.verdict is not None and self.verdict == self.gold.verdict


def answered(cases: Iterable[Gold], outcomes: Iterable[Outcome]) -> Iterator[Answer]:
    """Outcomes with their right answers; replays that found no recording are left out, as they say nothing."""
    by_key: Mapping[str, Gold] = {gold.key: gold for gold in cases}
    return (Answer(by_key[outcome.key], outcome) for outcome in outcomes if not outcome.missing)
