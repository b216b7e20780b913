"""The part of the composition root that batches need: what judges their calls, from settings."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import TYPE_CHECKING

from coach import __version__
from coach.app import CASCADE, LOCAL, MAX_OUTPUT_TOKENS, Coach, build_chat, build_coach
from coach.domain.review import Review
from coach.domain.transcript import Transcript
from coach.errors import CoachError, ModelError, ReviewBroken, SettingsError
from coach.jobs.files_of_requests import RequestFiles
from coach.jobs.keys import fingerprint
from coach.jobs.sources import absolute
from coach.settings import Settings, without_password
from coach.store import Batch, BatchRecipe, Store

if TYPE_CHECKING:
    from coach.llm import ChatAnswer, ChatMessage, ChatModel, Pace
    from coach.llm.chat import SchemaT
    from coach.store.records import Mode

SLICES_PER_ROUND = 4
"""A slice holds this part of the calls that are worth having under way, so that the last ones are spread."""

LOCAL_SLICE = 4
BATCH_API_DISCOUNT = 0.5

_BILLED: ContextVar[list[tuple[int, int]] | None] = ContextVar("billed", default=None)
"""Tokens in and out of every answer to the call that is judged here, whatever became of it."""


class CoachJudging:
    """A coach as a batch sees it: `coach.jobs.judging.Judging`.

    Every call is judged on a thread of its own, because finding moments and searching compute for long; the model is
    asked from the one event loop that its connections belong to.

    Args:
        coach: judges for the recipe's company with its model.
        recipe_fingerprint: digest of what it judges with.
        at_once: how many calls are worth having under way.
        bridge: the model that the coach asks from its own loop; None if there is no such one.
        price: what tokens in and out cost in USD; None where that is not known.
    """

    def __init__(
        self,
        coach: Coach,
        recipe_fingerprint: str,
        *,
        at_once: int,
        bridge: Bridge | None,
        price: Callable[[int, int], float | None],
    ) -> None:
        self._price = price
        self._coach = coach
        self._bridge = bridge
        self.batch = ""
        """The batch that requests in files belong to."""
        self.fingerprint = recipe_fingerprint
        self.at_once = at_once
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="judge")

    @property
    def coach(self) -> Coach:
        """What judges."""
        return self._coach

    @property
    def stuck(self) -> bool:
        """Whether the endpoint is down."""
        return self._bridge is not None and self._bridge.down

    def prepare(self, transcript: Transcript) -> Transcript:
        """Mask it, unless the recipe says otherwise."""
        return self._coach.prepare(transcript)

    async def review(self, prepared: Transcript) -> Review:
        """Judge a prepared call; see `Judging.review`.

        Whatever the outcome says what all answers took: an error does by its tokens, a fault of the program too.
        """
        loop = asyncio.get_running_loop()
        if self._bridge is not None:
            self._bridge.home = loop
        return await loop.run_in_executor(self._threads, self._metered, prepared)

    def _metered(self, prepared: Transcript) -> Review:
        billed: list[tuple[int, int]] = []
        _BILLED.set(billed)
        try:
            review = asyncio.run(self._coach.review_prepared(prepared))
        except ModelError as error:
            error.tokens_in, error.tokens_out = _sum(billed)
            raise
        except CoachError:
            raise
        except Exception as error:  # it is no less paid for
            tokens_in, tokens_out = _sum(billed)
            reason = f"cannot be judged: {type(error).__name__}"
            raise ReviewBroken(reason, tokens_in=tokens_in, tokens_out=tokens_out) from error
        made = review.provenance
        if made.cost_usd is not None:
            return review
        # The price of a request that failed is not known where it is reviewed; here it is.
        paid = made.model_copy(update={"cost_usd": self._price(*_sum(billed))})
        return review.model_copy(update={"provenance": paid})

    def cost_usd(self, tokens_in: int, tokens_out: int) -> float:
        """What an answer of so many tokens costs."""
        return self._price(tokens_in, tokens_out) or 0.0

    async def aclose(self) -> None:
        """Close connections and threads."""
        if self._bridge is not None:
            await self._bridge.aclose()
        self._threads.shutdown(wait=False, cancel_futures=True)


class Metered:
    """A chat model that notes what its answers take, for the call that is judged.

    Args:
        chat: the model; asked in the context of the call.
    """

    def __init__(self, chat: ChatModel) -> None:
        self._chat = chat

    @property
    def id(self) -> str:
        """The model's spec."""
        return self._chat.id

    async def complete(self, messages: Sequence[ChatMessage], schema: type[SchemaT]) -> ChatAnswer[SchemaT]:
        """Asks once; see `ChatModel.complete`."""
        billed = _BILLED.get()
        try:
            answer = await self._chat.complete(messages, schema)
        except ModelError as error:
            if billed is not None:
                billed.append((error.tokens_in, error.tokens_out))
            raise
        if billed is not None:
            billed.append((answer.usage.tokens_in, answer.usage.tokens_out))
        return answer

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._chat.aclose()


class Bridge:
    """A chat model that can be asked from any thread; the asking is done in one event loop, its home.

    Args:
        chat: the model.
        pace: the turns that it waits for.
    """

    def __init__(self, chat: ChatModel, pace: Pace) -> None:
        self._chat = chat
        self._pace = pace
        self.home: asyncio.AbstractEventLoop | None = None

    @property
    def id(self) -> str:
        """The model's spec."""
        return self._chat.id

    @property
    def down(self) -> bool:
        """Whether the endpoint is taken for down."""
        return self._pace.down

    async def complete(self, messages: Sequence[ChatMessage], schema: type[SchemaT]) -> ChatAnswer[SchemaT]:
        """Asks once; see `ChatModel.complete`."""
        assert self.home is not None  # noqa: S101  # set before the first call is judged
        asked = asyncio.run_coroutine_threadsafe(self._chat.complete(messages, schema), self.home)
        return await asyncio.wrap_future(asked)

    async def aclose(self) -> None:
        """Closes the connections; to be called in the home loop."""
        await self._chat.aclose()


def make_judging(settings: Settings, store: Store) -> Callable[[Batch, Callable[[str], None]], CoachJudging]:
    """What makes a judge for any batch, on a machine with these settings.

    The recipe says model, embeddings and masking; the machine says where corpus, index and endpoint are, and how many
    requests it may have in flight.
    """

    def make(batch: Batch, tell: Callable[[str], None]) -> CoachJudging:
        recipe = batch.recipe
        judging = build_judging(settings_for(settings, recipe), store, recipe.company, recipe.mode, tell)
        judging.batch = batch.id
        return judging

    return make


def build_judging(
    settings: Settings, store: Store, company: str | None, mode: Mode, tell: Callable[[str], None]
) -> CoachJudging:
    """What judges a company's calls.

    Args:
        settings: what is in force.
        store: where requests that are sent in files wait.
        company: its id; None takes the only one in the corpus folder.
        mode: whether requests are sent one at a time or in files.
        tell: told in words when the endpoint goes down, limits the rate or is back.

    Raises:
        UserError: it cannot be built as configured.
    """
    from coach.llm import Pace

    if mode == "openai-batch":
        return _judging_from_files(settings, store, company)
    pace = Pace(settings.concurrency, tell=tell)
    chat = build_chat(settings, pace=pace)
    bridge = None if chat is None else Bridge(chat, pace)
    coach = build_coach(settings, company=company, chat=None if bridge is None else Metered(bridge))
    at_once = (os.cpu_count() or 1) if bridge is None else settings.concurrency
    price = price_of(settings, 1.0)
    return CoachJudging(coach, _fingerprint(settings, coach), at_once=at_once, bridge=bridge, price=price)


def _judging_from_files(settings: Settings, store: Store, company: str | None) -> CoachJudging:
    from coach.llm.deferred import DeferredChatModel

    if not settings.model.startswith("openai:"):
        raise SettingsError("--mode openai-batch", f"{settings.model} is no openai: model", remedy="see --model")
    chat = DeferredChatModel(
        settings.model,
        max_output_tokens=MAX_OUTPUT_TOKENS,
        answer=store.requests.answer,
        want=lambda request, body: store.requests.want(judging.batch, request, body),
    )
    coach = build_coach(settings, company=company, chat=Metered(chat), discount=BATCH_API_DISCOUNT)
    # Nothing is waited for here, so more at once than there are cores gains nothing.
    cores, price = os.cpu_count() or 1, price_of(settings, BATCH_API_DISCOUNT)
    judging = CoachJudging(coach, _fingerprint(settings, coach), at_once=cores, bridge=None, price=price)
    return judging


def request_files(
    settings: Settings, store: Store, batch: Batch, tell: Callable[[str], None], wait: Callable[[float], bool]
) -> RequestFiles | None:
    """What sends a batch's requests in files; None where they are sent one at a time."""
    if batch.recipe.mode != "openai-batch":
        return None
    from coach.llm.deferred import GIVEN_UP
    from coach.llm.openai_batch import OpenAIBatches

    endpoint = OpenAIBatches(base_url=settings.base_url, timeout_s=settings.timeout_s)
    return RequestFiles(store, endpoint, given_up=GIVEN_UP, tell=tell, wait=wait)


def settings_for(settings: Settings, recipe: BatchRecipe) -> Settings:
    """This machine's settings, with what the recipe decides."""
    decided = {"model": recipe.model, "embeddings": recipe.embeddings, "mask": recipe.mask}
    return settings.model_copy(update=decided)


def make_recipe(
    settings: Settings, judging: CoachJudging, sources: tuple[str, ...], *, agent_speaker: str | None, mode: Mode
) -> BatchRecipe:
    """The recipe of a new batch."""
    local = settings.model == LOCAL
    return BatchRecipe(
        sources=tuple(map(absolute, sources)),
        company=judging.coach.corpus.purpose.id,
        model=settings.model,
        embeddings=settings.embeddings,
        mask=settings.mask,
        agent_speaker=agent_speaker,
        mode=mode,
        slice_size=LOCAL_SLICE if local else max(1, settings.concurrency // SLICES_PER_ROUND),
        fingerprint=judging.fingerprint,
    )


def _sum(billed: list[tuple[int, int]]) -> tuple[int, int]:
    return sum(tokens for tokens, _ in billed), sum(tokens for _, tokens in billed)


def _fingerprint(settings: Settings, coach: Coach) -> str:
    computed_here = settings.model == LOCAL or settings.model.startswith(CASCADE)
    return fingerprint(
        {
            **coach.made_from,
            "mask": settings.mask,
            "endpoint": without_password(settings.base_url) if settings.base_url else "",
            # The embedded judge's weights have no name of their own.
            "version": __version__ if computed_here else "",
        }
    )


def has_price(settings: Settings) -> bool:
    """Whether it is known what the model costs; what runs here costs nothing."""
    from coach.llm import load_prices

    return settings.model == LOCAL or bool(load_prices(settings.price_table).find(settings.model.removeprefix(CASCADE)))


def price_of(settings: Settings, discount: float) -> Callable[[int, int], float | None]:
    """What tokens in and out of the model cost in USD, None where no price is known."""
    from coach.llm import Usage, cost_usd, load_prices

    spec, prices = settings.model.removeprefix(CASCADE), load_prices(settings.price_table)

    def price(tokens_in: int, tokens_out: int) -> float | None:
        listed = cost_usd(spec, Usage(tokens_in, tokens_out), prices)
        return None if listed is None else listed * discount

    return price
