"""The composition root: settings in, wired objects out. The only place that picks an implementation."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from coach.domain.corpus import Corpus
from coach.domain.review import Review
from coach.domain.transcript import Transcript
from coach.errors import ModelError, ModelUnavailable, SettingsError
from coach.settings import Settings

if TYPE_CHECKING:
    from coach.evaluation.bench import Bench
    from coach.judging.exemplar_judge import ExemplarJudge
    from coach.judging.judge import Judge
    from coach.judging.llm_judge import LlmJudge
    from coach.judging.pipeline import Reviewer, Search
    from coach.llm import ChatModel, Pace, RetryNotice, Usage
    from coach.retrieval import Embedder

T = TypeVar("T")

LOCAL = "local"
CASCADE = "cascade:"
MAX_OUTPUT_TOKENS = 8192
INPUT_TOKENS = 60_000
"""Longest request sent, however large a model's window is: judgement gets worse over very long inputs."""
CLAUSES_NEAR = 256
"""Clauses kept for each moment: all of a purpose (up to 66 in the samples), so that no judge is refused a shown one."""

EXEMPLARS_NEAR = 12
"""Cases of each verdict kept for each moment: enough for the vote of the contrast judge."""

GIVE_UP_AFTER = 3
"""Calls in a row that an endpoint left unanswered, all retries spent, before no further one is tried."""

READY_AHEAD = 4
"""Calls begun or done beyond the one waited for, for each request in flight: a slow call holds up no others."""


@dataclass(frozen=True)
class Reviewed:
    """A review with what it was made from: the transcript as shown (masked unless told otherwise) and the corpus."""

    review: Review
    transcript: Transcript
    corpus: Corpus


class Coach:
    """Reviews calls for one company. A context manager; closing it closes connections.

    Args:
        reviewer: the wired pipeline.
        prepare: what happens to a transcript before anything else reads it: masking, or nothing.
        chat: the model to close at the end, if there is one.
        concurrency: how many calls `review_all` may have in flight, at least 1.
        made_from: what decides on a review besides the call: model, prompts, corpus, embedder.
    """

    def __init__(
        self,
        reviewer: Reviewer,
        *,
        prepare: Callable[[Transcript], Transcript],
        chat: ChatModel | None,
        concurrency: int = 1,
        made_from: Mapping[str, object] | None = None,
    ) -> None:
        self.made_from = made_from or {}
        self._reviewer = reviewer
        self._prepare = prepare
        self._chat = chat
        self._concurrency = concurrency
        # One event loop for the life of the coach: a client's connections belong to the loop they were opened on.
        self._runner = asyncio.Runner()

    @property
    def corpus(self) -> Corpus:
        """The company's purpose and cases."""
        return self._reviewer.corpus

    def review(self, transcript: Transcript) -> Reviewed:
        """Review one call.

        Raises:
            ModelError: the judge gave no usable answer for this call.
        """
        return self._runner.run(self._reviewed(transcript))

    def review_all(self, transcripts: Iterable[Transcript]) -> Iterator[Reviewed | ModelError]:
        """Review calls, several at once where the judge waits for an endpoint.

        At most `concurrency` calls are in flight, and no more than a few times as many transcripts and reviews are
        held. After three calls in a row that ended in `ModelUnavailable` nothing more is sent.

        Yields:
            For each transcript, in input order: its review, or why there is none.
        """
        slots = asyncio.Semaphore(self._concurrency)
        unanswered = 0

        async def attempt(transcript: Transcript) -> Reviewed | Exception:
            nonlocal unanswered
            async with slots:
                if unanswered >= GIVE_UP_AFTER:
                    return ModelUnavailable(f"not tried: the endpoint did not answer the last {GIVE_UP_AFTER} calls")
                try:
                    outcome: Reviewed | Exception = await self._reviewed(transcript)
                except Exception as error:
                    outcome = error
                if unanswered < GIVE_UP_AFTER:
                    unanswered = unanswered + 1 if isinstance(outcome, ModelUnavailable) else 0
                return outcome

        # A judge that never waits gains nothing from calls begun ahead; it would only hold back the first.
        window = 1 if self._concurrency == 1 else READY_AHEAD * self._concurrency
        begun: deque[asyncio.Task[Reviewed | Exception]] = deque()
        coming = iter(transcripts)
        try:
            while True:
                for transcript in islice(coming, window - len(begun)):
                    begun.append(self._runner.get_loop().create_task(attempt(transcript)))
                if not begun:
                    return
                outcome = self._runner.run(_finished(begun.popleft()))
                if isinstance(outcome, Exception) and not isinstance(outcome, ModelError):
                    raise outcome
                yield outcome
        finally:
            for task in begun:
                task.cancel()

    def prepare(self, transcript: Transcript) -> Transcript:
        """The call as the judge may see it."""
        return self._prepare(transcript)

    async def review_prepared(self, shown: Transcript) -> Review:
        """Review one prepared call in the caller's event loop."""
        return await self._reviewer.review(shown)

    async def _reviewed(self, transcript: Transcript) -> Reviewed:
        shown = self._prepare(transcript)
        return Reviewed(await self._reviewer.review(shown), shown, self.corpus)

    def close(self) -> None:
        """Close the model's connections and the event loop."""
        if self._chat is not None:
            self._runner.run(self._chat.aclose())
        self._runner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


async def _finished(task: asyncio.Task[T]) -> T:
    return await task


def build_coach(
    settings: Settings,
    *,
    company: str | None = None,
    on_retry: Callable[[RetryNotice], None] | None = None,
    chat: ChatModel | None = None,
    discount: float = 1.0,
) -> Coach:
    """Wire a coach for a company.

    Args:
        settings: what is in force.
        company: its id; None takes the only one in the corpus folder.
        on_retry: told before every wait for a model that did not answer.
        chat: the model to ask instead of the one that the settings name.
        discount: what part of the list price is paid.

    Raises:
        SettingsError: several companies and none named, or a model that cannot be used as configured.
        CorpusError: the company is unknown or its corpus is broken.
    """
    from coach.retrieval import load_corpus, minilm_token_count

    corpus = load_corpus(settings.corpus, company or _only_company(settings.corpus), token_count=minilm_token_count())
    chat = chat or build_chat(settings, on_retry)
    embedder = _embedder(settings)
    judge = _judge(settings, embedder, chat, discount)
    return Coach(
        _reviewer(corpus, embedder, _search(settings, corpus, embedder), judge),
        prepare=_masked if settings.mask else _as_it_is,
        chat=chat,
        concurrency=settings.concurrency if chat else 1,
        made_from={"model": judge.model, "prompts": judge.prompts, "corpus": corpus.hash, "embedder": embedder.id},
    )


def build_bench(settings: Settings, corpora: Mapping[str, Corpus], *, chat: ChatModel | None) -> Bench:
    """Wire what eval cases are run on: the same reviewers that a coach has, one for each company.

    Args:
        settings: what is in force.
        corpora: companies by id, from any folder.
        chat: the model that an LLM judge asks; None for the embedded judge.
    """
    from coach.evaluation.bench import Bench

    embedder = _embedder(settings)
    searches = {company: _search(settings, corpus, embedder) for company, corpus in corpora.items()}
    return Bench(
        reviewers={
            company: _reviewer(corpus, embedder, searches[company], _judge(settings, embedder, chat))
            for company, corpus in corpora.items()
        },
        searches=searches,
        embedder=embedder,
        prepare=_masked if settings.mask else _as_it_is,
        concurrency=settings.concurrency,
    )


def _search(settings: Settings, corpus: Corpus, embedder: Embedder) -> Search:
    from coach.retrieval import open_index

    index = open_index(corpus, embedder, folder=settings.home / "index", server_url=settings.chroma_url)
    return partial(index.search, clauses=CLAUSES_NEAR, exemplars=EXEMPLARS_NEAR)


def _reviewer(corpus: Corpus, embedder: Embedder, search: Search, judge: Judge) -> Reviewer:
    from coach.judging.cues import load_cues
    from coach.judging.moments import MomentFinder, load_salience_weights
    from coach.judging.pipeline import Reviewer

    return Reviewer(
        corpus,
        embedder=embedder.id,
        finder=MomentFinder(embedder, load_cues(), corpus.purpose, load_salience_weights()),
        search=search,
        judge=judge,
    )


def _only_company(root: Path) -> str:
    from coach.retrieval import list_companies

    companies = list_companies(root)
    if len(companies) == 1:
        return companies[0]
    raise SettingsError(
        "--company",
        f"{root} holds {', '.join(companies) or 'no company'}",
        remedy="name the one that these calls belong to",
    )


def _embedder(settings: Settings) -> Embedder:
    from coach.retrieval import CachedEmbedder, EmbeddingCache, MiniLMEmbedder, OpenAIEmbedder

    if settings.embeddings == LOCAL:
        embedder: Embedder = MiniLMEmbedder()
    elif settings.embeddings.startswith("openai:"):
        embedder = OpenAIEmbedder(settings.embeddings.removeprefix("openai:"), base_url=settings.base_url)
    else:
        raise SettingsError(
            "COACH_EMBEDDINGS", f"{settings.embeddings} is not known", remedy="use local or openai:MODEL"
        )
    return CachedEmbedder(embedder, EmbeddingCache(settings.home / "embeddings.sqlite"))


def build_chat(
    settings: Settings, on_retry: Callable[[RetryNotice], None] | None = None, pace: Pace | None = None
) -> ChatModel | None:
    """The chat model that the settings name; None for the embedded judge.

    Args:
        settings: what is in force.
        on_retry: told before every wait for a model that did not answer.
        pace: turns at the endpoint, where many ask it for long.

    Raises:
        SettingsError: it cannot be used as configured.
    """
    if settings.model == LOCAL:
        return None
    from coach.llm import make_chat_model

    return make_chat_model(
        settings.model.removeprefix(CASCADE),
        base_url=settings.base_url,
        timeout_s=settings.timeout_s,
        max_output_tokens=MAX_OUTPUT_TOKENS,
        on_retry=on_retry,
        pace=pace,
    )


def _judge(settings: Settings, embedder: Embedder, chat: ChatModel | None, discount: float = 1.0) -> Judge:
    from coach.judging.cascade import CascadeJudge

    if chat is None:
        return _exemplar_judge(embedder)
    llm = _llm_judge(settings, chat, discount)
    return CascadeJudge(_exemplar_judge(embedder), llm) if settings.model.startswith(CASCADE) else llm


def _exemplar_judge(embedder: Embedder) -> ExemplarJudge:
    from coach.judging.contrast import load_calibration
    from coach.judging.cues import load_cues
    from coach.judging.exemplar_judge import ExemplarJudge

    return ExemplarJudge(embedder, load_cues(), load_calibration())


def _llm_judge(settings: Settings, chat: ChatModel, discount: float) -> LlmJudge:
    from coach.judging.llm_judge import LlmJudge
    from coach.llm import context_window, cost_usd, load_prices, token_counter
    from coach.prompts import load_prompt

    spec = settings.model.removeprefix(CASCADE)
    prices = load_prices(settings.price_table)

    def price(usage: Usage) -> float | None:
        listed = cost_usd(spec, usage, prices)
        return None if listed is None else listed * discount

    return LlmJudge(
        chat,
        load_prompt("judge-call"),
        load_prompt("repair-answer"),
        count_tokens=token_counter(spec).count,
        input_tokens=min(INPUT_TOKENS, context_window(spec, prices) - MAX_OUTPUT_TOKENS),
        price=price,
    )


def _masked(transcript: Transcript) -> Transcript:
    from coach.transcripts.masking import mask

    return mask(transcript).transcript


def _as_it_is(transcript: Transcript) -> Transcript:
    return transcript
