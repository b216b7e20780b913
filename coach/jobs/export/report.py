"""The report on a batch: counted in one pass over its results, with only what is shown held in memory."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from pathlib import Path
from statistics import median

from coach.domain.review import MomentReview, Review
from coach.jobs.export.files import whole_file
from coach.rendering.batch_page import (
    BatchReport,
    FailureGroup,
    PrincipleCounts,
    ScoreBin,
    ShownMoment,
    batch_page,
)
from coach.store import Batch, Item, Store

SHOWN = 12
EXAMPLES = 3
BIN = 10

_DOUBTS = {"judges_disagree": 3.0, "evidence_withheld": 1.5, "leaning": 1.0, "undecided": 1.0}

_PLACE = re.compile(r'(?P<place>(?:line \d+|call "[^"]*"|[\w.]*\[\d+\])[^:]*): (?P<reason>.+)')
"""How a reason names the place in its source that it is about."""

_COLUMN = re.compile(r" at (?:line \d+ )?column \d+")


def write_html(store: Store, batch: Batch, target: Path) -> list[Path]:
    """One self-contained page."""
    tally = Tally()
    for result in store.items.results(batch.id):
        tally.add(result.item, result.review)
    with whole_file(target) as part:
        part.write_text(batch_page(tally.report(batch)), encoding="utf-8")
    return [target]


class Tally:
    """Counts what calls came to."""

    def __init__(self) -> None:
        self._scores: list[float] = []
        self._judged = 0
        self._verdicts: Counter[str] = Counter()
        self._principles: dict[str, Counter[str]] = {}
        self._not_the_agents = 0
        self._celebrate: list[tuple[float, int, ShownMoment]] = []
        self._review: list[tuple[float, int, ShownMoment]] = []
        self._failures: dict[str, list[str]] = {}
        self._failed: Counter[str] = Counter()
        self._order = 0

    def add(self, item: Item, review: Review | None) -> None:
        """Count one call."""
        if review is None:
            place, reason = _parted(item.reason)
            self._failed[reason] += 1
            examples = self._failures.setdefault(reason, [])
            if len(examples) < EXAMPLES:
                where = item.call_id or place
                examples.append(f"{item.source}: {where}" if where else item.source)
            return
        self._judged += 1
        if review.score is not None:
            self._scores.append(review.score)
        for moment in review.moments:
            self._moment(review, moment)

    def _moment(self, review: Review, moment: MomentReview) -> None:
        verdict = moment.verdict or "unscored"
        self._verdicts[verdict] += 1
        if moment.attribution == "system_or_policy":
            self._not_the_agents += 1
        elif verdict in ("honored", "mixed", "missed"):
            for principle in moment.principles:
                self._principles.setdefault(principle, Counter())[verdict] += 1
        self._order -= 1  # of two that are worth the same, the earlier one stays
        if verdict == "honored" and moment.attribution == "agent" and not _DOUBTS.keys() & set(moment.flags):
            _keep(self._celebrate, moment.confidence, self._order, _shown(review, moment))
        worth = worth_a_look(moment)
        if worth > 0:
            _keep(self._review, worth, self._order, _shown(review, moment))

    def report(self, batch: Batch) -> BatchReport:
        """What was counted."""
        bins = Counter(min(int(score // BIN), 100 // BIN - 1) for score in self._scores)
        return BatchReport(
            batch=batch.id,
            company=batch.recipe.company,
            model=batch.recipe.model,
            made_at=f"{batch.updated_at:%Y-%m-%d %H:%M} UTC",
            state=batch.state,
            read=batch.read,
            judged=self._judged,
            reused=batch.reused,
            failed=sum(self._failed.values()),
            waiting=batch.pending,
            cost_usd=batch.cost_usd,
            tokens=batch.tokens_in + batch.tokens_out,
            scored=len(self._scores),
            median=median(self._scores) if self._scores else None,
            bins=tuple(ScoreBin(n * BIN, (n + 1) * BIN, bins[n]) for n in range(100 // BIN)),
            verdicts=dict(self._verdicts),
            not_the_agents=self._not_the_agents,
            principles=tuple(
                PrincipleCounts(name, counts["honored"], counts["mixed"], counts["missed"])
                for name, counts in sorted(self._principles.items(), key=lambda p: (-p[1].total(), p[0]))
            ),
            celebrate=_ranked(self._celebrate),
            review=_ranked(self._review),
            failures=tuple(
                FailureGroup(reason, count, tuple(self._failures[reason]))
                for reason, count in self._failed.most_common()
            ),
        )


def worth_a_look(moment: MomentReview) -> float:
    """How useful it is that a person looks at a moment: doubts first, then gaps in the purpose, then misses."""
    worth = sum(_DOUBTS.get(flag, 0.0) for flag in moment.flags)
    if moment.purpose_gap != "none":
        worth += 1.5
    if moment.verdict in ("missed", "mixed") and moment.attribution == "agent":
        worth += 0.5 + moment.confidence / 2
    return worth


def _parted(reason: str) -> tuple[str, str]:
    """The place that a reason names, if any, and the reason without places, by which failures are alike."""
    found = _PLACE.fullmatch(reason)
    place, rest = (found["place"], found["reason"]) if found else ("", reason)
    return place, _COLUMN.sub("", rest)


def _keep(heap: list[tuple[float, int, ShownMoment]], worth: float, order: int, moment: ShownMoment) -> None:
    if len(heap) < SHOWN:
        heapq.heappush(heap, (worth, order, moment))
    else:
        heapq.heappushpop(heap, (worth, order, moment))


def _ranked(heap: list[tuple[float, int, ShownMoment]]) -> tuple[ShownMoment, ...]:
    return tuple(moment for _, _, moment in sorted(heap, key=lambda kept: kept[:2], reverse=True))


def _shown(review: Review, moment: MomentReview) -> ShownMoment:
    return ShownMoment(
        call_id=review.call_id,
        turns=moment.turns,
        verdict=moment.verdict,
        confidence=moment.confidence,
        principles=moment.principles,
        quotes=tuple(quote.quote for quote in moment.evidence[:2]),
        observation=moment.feedback.observation,
        flags=moment.flags,
        purpose_gap=moment.purpose_gap,
    )
