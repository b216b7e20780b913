"""Measures what calls would take, for an estimate: the real prompts, and no request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from coach.app import CASCADE, LOCAL, build_coach
from coach.batch_app import BATCH_API_DISCOUNT, CoachJudging, price_of
from coach.domain.transcript import Transcript
from coach.errors import ModelError, ModelRefused
from coach.jobs.estimate import Basis, Estimate, estimate
from coach.jobs.sources import read_sources
from coach.settings import Settings

if TYPE_CHECKING:
    from coach.llm import ChatAnswer, ChatMessage, TokenCounter
    from coach.llm.chat import SchemaT
    from coach.store import Store
    from coach.store.records import Mode


def estimate_of(
    settings: Settings,
    store: Store,
    judging: CoachJudging,
    sources: Sequence[str],
    agent_speaker: str | None,
    mode: Mode,
) -> Estimate:
    """What a batch of these sources would take.

    Raises:
        UserError: a source is missing, or the price table is broken.
    """
    from coach.llm import load_prices, token_counter

    spec = settings.model.removeprefix(CASCADE)
    prices = load_prices(settings.price_table)
    counter = token_counter(spec)
    discount = BATCH_API_DISCOUNT if mode == "openai-batch" else 1.0
    basis = Basis(
        fingerprint=judging.fingerprint,
        known=store.reviews.known,
        at_once=judging.at_once,
        asks=settings.model != LOCAL,
        in_files=mode == "openai-batch",
        history=store.reviews.averages(str(judging.coach.made_from["model"])),
        price=price_of(settings, discount),
        encoding=counter.encoding,
        prices_as_of=str(prices.as_of),
    )
    measure = _Measure(settings, judging, counter)
    return estimate(read_sources(sources, agent_speaker), judging.prepare, measure, basis)


class _Measure:
    def __init__(self, settings: Settings, judging: CoachJudging, counter: TokenCounter) -> None:
        self._counter = counter
        self._judging = judging
        self._meter = _Meter(settings.model.removeprefix(CASCADE), counter)
        company = judging.coach.corpus.purpose.id
        self._metered = build_coach(settings, company=company, chat=self._meter)

    def transcript_tokens(self, prepared: Transcript) -> int:
        from coach.judging.llm_prompt import numbered

        return sum(self._counter.count(numbered(turn)) + 1 for turn in prepared.turns)

    def prompt_tokens(self, prepared: Transcript) -> int:
        self._meter.tokens = 0
        try:
            asyncio.run(self._metered.review_prepared(prepared))
        except ModelError:
            return self._meter.tokens
        return self._meter.tokens

    def local_seconds(self, prepared: Transcript) -> float:
        started = time.perf_counter()
        asyncio.run(self._judging.coach.review_prepared(prepared))
        # One call alone has all cores; many at once share them.
        return (time.perf_counter() - started) * self._judging.at_once


class _Meter:
    """A chat model that counts what it is asked, and declines."""

    def __init__(self, spec: str, counter: TokenCounter) -> None:
        self.id = spec
        self.tokens = 0
        self._counter = counter

    async def complete(self, messages: Sequence[ChatMessage], schema: type[SchemaT]) -> ChatAnswer[SchemaT]:
        self.tokens += self._counter.count_messages(messages, schema)
        raise ModelRefused("counted, not sent")

    async def aclose(self) -> None:
        """There is nothing to close."""
