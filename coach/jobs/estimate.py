"""What a batch would take, before it is begun: calls, tokens, money and time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from coach.domain.transcript import Transcript
from coach.errors import TranscriptError
from coach.jobs.keys import review_key
from coach.jobs.sources import Found

SAMPLE = 16
"""Calls whose whole prompt is made, to learn what stands around a transcript."""

AT_ONCE = 200
OUTPUT_TOKENS = 900
SECONDS = 8.0
"""What an answer takes where no earlier one by the model is known: a guess, and told as one."""


class Measure(Protocol):
    """Knows what a call's prompt comes to."""

    def transcript_tokens(self, prepared: Transcript) -> int:
        """Tokens of the transcript alone, as it stands in a prompt."""
        ...

    def prompt_tokens(self, prepared: Transcript) -> int:
        """Tokens of everything that would be sent for the call; 0 if nothing would."""
        ...

    def local_seconds(self, prepared: Transcript) -> float:
        """How long the call takes where no model is asked."""
        ...


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a batch would take.

    Attributes:
        calls: calls that can be read; `unreadable` besides; `known` of them are judged already and cost nothing.
        tokens_in, tokens_out: of the calls to be judged; both 0 where no model is asked.
        cost_usd: None where no price is known.
        seconds: how long it would take.
        asks: whether a model is asked about the calls to be judged.
        in_files: whether it is asked in files of requests, which take up to a day.
        guessed: what is not measured, in words; empty if nothing is.
    """

    calls: int
    unreadable: int
    known: int
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    seconds: float
    encoding: str
    prices_as_of: str
    asks: bool
    in_files: bool
    guessed: str

    def lines(self, duration: Callable[[float], str]) -> Iterator[str]:
        """The estimate in words."""
        known = f", {self.known} of them judged already" if self.known else ""
        unreadable = f"; {self.unreadable} more cannot be read" if self.unreadable else ""
        yield f"calls: {self.calls}{known}{unreadable}"
        if self.tokens_in:
            yield f"tokens: about {self.tokens_in:,} in, {self.tokens_out:,} out (counted with {self.encoding})"
            cost = "unknown: the model is not in the price table" if self.cost_usd is None else f"${self.cost_usd:.2f}"
            yield f"cost: {cost} (list prices of {self.prices_as_of}, no caching assumed)"
        elif not self.asks:
            yield "cost: nothing, the judge runs here"
        elif self.known == self.calls:
            yield "cost: nothing, no call is left to judge"
        elif self.calls - self.known <= SAMPLE:
            yield "cost: nothing, the model would not be asked about any moment of these calls"
        else:
            yield f"cost: unknown: the model would not be asked about any of the first {SAMPLE} new calls"
        yield f"time: {self._time(duration)}"
        if self.guessed:
            yield f"guessed: {self.guessed}"

    def _time(self, duration: Callable[[float], str]) -> str:
        if not self.asks or (not self.tokens_in and self.calls - self.known <= SAMPLE):
            return f"about {duration(self.seconds)}"
        if self.in_files:
            return "within a day"
        return f"about {duration(self.seconds)}" if self.tokens_in else "unknown"


@dataclass(frozen=True, slots=True)
class Basis:
    """What an estimate rests on.

    Attributes:
        fingerprint: the recipe's, to tell which calls are judged already.
        known: those of some keys that have a review.
        at_once: requests in flight, or cores where the judge runs here.
        asks: whether a model is asked.
        in_files: whether it is asked in files of requests.
        history: number of earlier reviews by the model, their mean answer tokens and mean latency in ms.
        price: what tokens in and out cost in USD; None where it is not known.
        encoding: how tokens are counted.
        prices_as_of: the date of the price table.
    """

    fingerprint: str
    known: Callable[[list[str]], set[str]]
    at_once: int
    asks: bool
    in_files: bool
    history: tuple[int, float, float]
    price: Callable[[int, int], float | None]
    encoding: str
    prices_as_of: str


def estimate(
    found: Iterable[Found], prepare: Callable[[Transcript], Transcript], measure: Measure, basis: Basis
) -> Estimate:
    """Count what the calls would take; holds a few hundred of them at once."""
    tally = _Tally(measure, basis)
    waiting: list[Transcript] = []
    for one in found:
        if isinstance(one.call, TranscriptError):
            tally.unreadable += 1
            continue
        waiting.append(prepare(one.call))
        if len(waiting) >= AT_ONCE:
            tally.add(waiting)
            waiting = []
    tally.add(waiting)
    return tally.result()


class _Tally:
    def __init__(self, measure: Measure, basis: Basis) -> None:
        self._measure = measure
        self._basis = basis
        self.unreadable = 0
        self._calls = 0
        self._known = 0
        self._seen: set[int] = set()
        self._transcripts = 0
        self._around: list[int] = []
        self._sent = 0
        self._local: list[float] = []

    def add(self, calls: list[Transcript]) -> None:
        keys = [review_key(call, self._basis.fingerprint) for call in calls]
        known = self._basis.known(keys)
        for call, key in zip(calls, keys, strict=True):
            self._calls += 1
            short = hash(key)
            if key in known or short in self._seen:
                self._known += 1
                continue
            self._seen.add(short)
            self._one(call)

    def _one(self, call: Transcript) -> None:
        if not self._basis.asks:
            if len(self._local) < SAMPLE:
                self._local.append(self._measure.local_seconds(call))
            return
        own = self._measure.transcript_tokens(call)
        self._transcripts += own
        if len(self._around) < SAMPLE:
            whole = self._measure.prompt_tokens(call)
            self._sent += whole > 0
            self._around.append(max(0, whole - own))

    def result(self) -> Estimate:
        basis, to_judge = self._basis, self._calls - self._known
        count, tokens_out, latency_ms = basis.history
        seconds = latency_ms / 1000 if count else SECONDS
        each_out = tokens_out if count else OUTPUT_TOKENS
        share = self._sent / len(self._around) if self._around else 0.0
        tokens_in = (
            round(share * self._transcripts + (sum(self._around) / len(self._around)) * to_judge) if share else 0
        )
        out = round(each_out * to_judge * share)
        if not basis.asks:
            mean = sum(self._local) / len(self._local) if self._local else 0.0
            seconds, share = mean, 1.0
        guessed = "" if count or not tokens_in else f"{OUTPUT_TOKENS} tokens and {SECONDS:g} s an answer"
        return Estimate(
            calls=self._calls,
            unreadable=self.unreadable,
            known=self._known,
            tokens_in=tokens_in,
            tokens_out=out if basis.asks else 0,
            cost_usd=basis.price(tokens_in, out) if basis.asks else 0.0,
            seconds=seconds * share * to_judge / basis.at_once,
            encoding=basis.encoding,
            prices_as_of=basis.prices_as_of,
            asks=basis.asks,
            in_files=basis.in_files,
            guessed=guessed,
        )
