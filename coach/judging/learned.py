"""Reads moments by the cross-encoder and the contrast together.

The cross-encoder says of each clause whether the agent honoured it, missed it or did not touch it; the contrast says
which of the company's cases the moment is like. A multinomial logistic over both, fitted on the train split, makes them
one verdict with a probability. A case that is all but the same moment is a precedent and stands above both.

The evidence is found by leaving words out: what carries a verdict is what makes it weaker when it is gone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple, TypeVar

import numpy as np
import yaml
from numpy.typing import NDArray

from coach.domain.base import Frozen
from coach.domain.corpus import Clause
from coach.domain.moment import ClauseHit, Moment, Retrieved
from coach.domain.review import Verdict
from coach.domain.transcript import Turn
from coach.judging.contrast import features, read_precedent, touched_principle
from coach.judging.cross_encoder.model import HONORED, MISSED, NOT_TOUCHED, CrossEncoder, Probabilities
from coach.judging.cross_encoder.packing import READ_KINDS
from coach.judging.judge import Quote
from coach.judging.quotable import quotable_in
from coach.judging.reading import Ground, Reading

CLAUSES_READ = 24
"""Clauses that the cross-encoder reads for each moment, the nearest ones."""
CONTRAST_MEASURES = ("exemplar_contrast", "mixed_lead", "need_at_stake", "answer_leaning")
READ_MEASURES = (
    "honored_most",
    "honored_few",
    "missed_most",
    "missed_few",
    "touched_few",
    "limit_kept",
    "limit_overstepped",
    "lean",
)
MEASURES = (*READ_MEASURES, *CONTRAST_MEASURES)
FEW = 3
NEARNESS_WEIGHT = 10.0
"""What a unit of cosine counts against one of log-probability where a clause is chosen to be cited."""
EPSILON = 1e-6

Key = TypeVar("Key", int, str)
Spoken = list[tuple[str, str]]


class Class(Frozen):
    """One verdict of the logistic; `weights` in the order of MEASURES."""

    weights: tuple[float, ...]
    bias: float


class Combination(Frozen):
    """Fitted by `python evals/fit_combination.py` on the train split of `moments`; see evals/README.md.

    Attributes:
        mean, scale: of each measure over the train split.
        verdicts: the logistic over the scaled measures.
        decided: below this probability of the likeliest verdict the reader abstains.
    """

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    verdicts: dict[Verdict, Class]
    decided: float


class LineReading(NamedTuple):
    """What the cross-encoder says of a moment by each of n clauses.

    `probabilities` [n, 3] are the network's, `similarities` [n] the bi-encoder's.
    """

    clauses: tuple[Clause, ...]
    probabilities: Probabilities
    similarities: NDArray[np.float64]


class LearnedReader:
    """Reads moments by clause and case.

    Args:
        network: reads clauses and moments together.
        combination: parameters of the logistic.
    """

    def __init__(self, network: CrossEncoder, combination: Combination) -> None:
        self._network = network
        self._combination = combination

    @property
    def id(self) -> str:
        """The network's."""
        return self._network.id

    def read(self, moment: Moment, near: Retrieved) -> Reading:
        """Read one moment."""
        lines = read_lines(self._network, moment, near)
        principle = touched_principle(near.clauses)
        if not lines.clauses or not moment.answer:
            return Reading(verdict=None, confidence=0.0, near=False, principle=principle)
        precedent = read_precedent(near)
        if precedent is not None:
            return precedent.model_copy(update={"clauses": grounds_of(precedent.verdict, lines)})
        verdict, confidence = likeliest(measures(lines, near), self._combination)
        decided = confidence >= self._combination.decided
        return Reading(
            verdict=verdict if decided else None,
            confidence=round(confidence, 4) if decided else 0.0,
            near=True,
            principle=principle,
            clauses=grounds_of(verdict, lines),
        )

    def evidence(self, grounds: Sequence[Ground]) -> list[Quote | None]:
        """For each ground the agent's sentence without which the clause is least honoured, or missed."""
        return [self._carrying(ground) for ground in grounds]

    def _carrying(self, ground: Ground) -> Quote | None:
        # The turn first and the sentence in it second: far fewer readings than to leave out every sentence of a long
        # moment, and a turn without anything to quote is not looked at.
        turns = {turn.index: pieces for turn in ground.moment.answer if (pieces := list(quotable_in(turn)))}
        if not turns:
            return None
        moment = ground.moment
        carrying = self._weakest(ground, {index: _without_turn(moment, index) for index in turns})
        quotes = {quote.text: quote for quote in turns[carrying]}
        return quotes[self._weakest(ground, {text: _without_words(moment, quote) for text, quote in quotes.items()})]

    def _weakest(self, ground: Ground, wordings: dict[Key, Spoken]) -> Key:
        """The key of the wording by which the ground's clause is least honoured, or missed; the first of equals."""
        if len(wordings) == 1:
            return next(iter(wordings))
        read = self._network.read_variants(list(wordings.values()), ground.clause)
        left = dict(zip(wordings, _support(read, ground).round(4), strict=True))
        return min(left, key=lambda key: left[key])


def load_combination() -> Combination:
    """The shipped parameters."""
    text = files("coach.judging").joinpath("combination.yaml").read_text("utf-8")
    return Combination.model_validate(yaml.safe_load(text))


def read_lines(network: CrossEncoder, moment: Moment, near: Retrieved) -> LineReading:
    """Read a moment by the clauses nearest to it."""
    hits: list[ClauseHit] = [hit for hit in near.clauses if hit.clause.kind in READ_KINDS][:CLAUSES_READ]
    clauses = tuple(hit.clause for hit in hits)
    if not clauses:
        return LineReading((), np.zeros((0, 3)), np.zeros(0))
    similarities = np.array([hit.similarity for hit in hits])
    return LineReading(clauses, network.read(_spoken(moment), clauses), similarities)


def measures(lines: LineReading, near: Retrieved) -> tuple[float, ...]:
    """The measures of one moment in the order of MEASURES; NaN where a comparison has a side with nothing in it."""
    limit = np.array([clause.kind == "guardrail" for clause in lines.clauses])
    of_lines = lines.probabilities[~limit] if not limit.all() else lines.probabilities
    of_limits = lines.probabilities[limit]
    honored, missed, touched = of_lines[:, HONORED], of_lines[:, MISSED], 1 - of_lines[:, NOT_TOUCHED]
    weights = touched**2
    sides = np.log(honored + EPSILON) - np.log(missed + EPSILON)
    return (
        float(honored.max()),
        _few(honored),
        float(missed.max()),
        _few(missed),
        _few(touched),
        float(of_limits[:, HONORED].max(initial=0.0)),
        float(of_limits[:, MISSED].max(initial=0.0)),
        float((sides * weights).sum() / weights.sum()),
        *(math.nan if value is None else value for value in features(near)),
    )


def likeliest(measured: Sequence[float], c: Combination) -> tuple[Verdict, float]:
    """The likeliest verdict and its probability."""
    # What could not be measured counts as average: it speaks for nothing.
    scaled = np.nan_to_num((np.array(measured) - c.mean) / c.scale, nan=0.0)
    logits: dict[Verdict, float] = {
        verdict: one.bias + float(scaled @ one.weights) for verdict, one in c.verdicts.items()
    }
    best = max(logits, key=lambda verdict: logits[verdict])
    return best, 1 / sum(math.exp(logit - logits[best]) for logit in logits.values())


def grounds_of(verdict: Verdict | None, lines: LineReading) -> tuple[Clause, ...]:
    """The clause that speaks most for a verdict; for a mixed one the most honoured and the most missed."""
    columns = {"honored": (HONORED,), "missed": (MISSED,), "mixed": (HONORED, MISSED)}.get(verdict or "", ())
    nearness = NEARNESS_WEIGHT * lines.similarities
    speaking = np.log(lines.probabilities + EPSILON) + nearness[:, None]
    return tuple({lines.clauses[int(speaking[:, column].argmax())]: None for column in columns})


def _few(values: NDArray[np.float64]) -> float:
    return float(np.sort(values)[-FEW:].mean())


def _support(read: Probabilities, ground: Ground) -> NDArray[np.float64]:
    """How much each reading speaks for the verdict by the ground's clause."""
    if ground.verdict == "mixed":
        support: NDArray[np.float64] = 1 - read[:, NOT_TOUCHED]
        return support
    return read[:, HONORED if ground.verdict == "honored" else MISSED]


def _spoken(moment: Moment, *, left_out: int | None = None, instead: str = "") -> Spoken:
    """Who says what, up to the agent's last word: what the customer says after it is effect and no ground.

    The words of turn `left_out` are replaced by `instead`, and the turn is gone where that is empty.
    """
    turns: list[Turn] = sorted((*moment.need, *moment.answer), key=lambda turn: turn.index)
    last = max(turn.index for turn in moment.answer) if moment.answer else turns[-1].index
    said = [(turn.speaker, instead if turn.index == left_out else turn.text) for turn in turns if turn.index <= last]
    return [(speaker, text) for speaker, text in said if text.strip()]


def _without_turn(moment: Moment, index: int) -> Spoken:
    return _spoken(moment, left_out=index)


def _without_words(moment: Moment, quote: Quote) -> Spoken:
    text = next(turn.text for turn in moment.answer if turn.index == quote.turn)
    return _spoken(moment, left_out=quote.turn, instead=text.replace(quote.text, " ", 1))
