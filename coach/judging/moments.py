"""Finds the decision points of a call and leaves the routine alone.

Every exchange gets a salience: how far it sounds like a decision point rather than like routine, by its distance to
prototypes of both and to the purpose, by cue words on either side and by how much is said. Salient exchanges on one
matter are joined into a moment.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from importlib.resources import files

import numpy as np
import yaml

from coach.domain.base import Frozen
from coach.domain.corpus import Purpose
from coach.domain.moment import Moment
from coach.domain.transcript import Transcript, Turn
from coach.judging.cues import Cues, hits
from coach.judging.embedding import Encoder, Vectors, clip
from coach.judging.exchanges import Exchange, exchanges, is_backchannel

THRESHOLD = 0.5
"""Exchanges at or above this salience are decision points."""
JOIN_SIMILARITY = 0.2
"""Neighbouring decision points this alike (cosine) are one matter."""
MAX_MOMENT_TURNS = 12
MAX_CUES = 4
REFUSED = 0.55
"""Least salience of an exchange in which a need is turned down."""


class SalienceWeights(Frozen):
    """A logistic over what an exchange is like; fitted on calls with gold moments, see evals/README.md.

    Attributes:
        routine: weight of the similarity to routine prototypes (mean of the three nearest), and so on for `salient`
            prototypes and for `clause`, the lines of the company's own purpose.
        need_cues: weight of each cue in the customer's words (at most four count), `answer_cues` in the agent's.
        need_words: weight of log(1 + words) of the customer, `answer_words` of the agent.
        agent_asks: weight of an answer that ends in a question: most often fact-finding.
    """

    routine: float
    salient: float
    clause: float
    need_cues: float
    answer_cues: float
    need_words: float
    answer_words: float
    agent_asks: float
    bias: float


def load_salience_weights() -> SalienceWeights:
    """The shipped weights."""
    text = files("coach.judging").joinpath("salience.yaml").read_text("utf-8")
    return SalienceWeights.model_validate(yaml.safe_load(text))


class MomentFinder:
    """Finds moments with an encoder and word lists.

    Args:
        encoder: embeds the exchanges of a call, one text each.
        cues: word lists and prototypes; the prototypes are embedded once, on first use.
        purpose: its clauses tell what matters to this company.
        weights: of the features of an exchange.
    """

    def __init__(self, encoder: Encoder, cues: Cues, purpose: Purpose, weights: SalienceWeights) -> None:
        self._encoder = encoder
        self._cues = cues
        self._clauses = tuple(c.text for c in purpose.clauses if c.kind in ("meaning", "honored", "missed"))
        self._weights = weights
        self._anchors: tuple[Vectors, Vectors, Vectors] | None = None

    def find(self, transcript: Transcript) -> tuple[Moment, ...]:
        """All decision points in order, numbered m1, m2, ...; empty for a routine call or one without known roles."""
        units = exchanges(transcript.turns)
        if not any(unit.answer for unit in units):
            return ()
        vectors = self._encoder.embed([clip(_script(unit)) for unit in units])
        saliences = self._saliences(units, vectors)
        found: list[Moment] = []
        for group in _groups(units, saliences, vectors):
            salience = max(saliences[i] for i in group)
            found.append(_moment(len(found) + 1, [units[i] for i in group], salience, transcript))
        return tuple(found)

    def at(self, transcript: Transcript, spans: Sequence[tuple[int, int]]) -> tuple[Moment, ...]:
        """The moments at spans of turn numbers (first and last included), chosen by a person or an eval case.

        Raises:
            ValueError: a span holds no turn of agent or customer.
        """
        if not spans:
            return ()
        chosen = [moment_at(transcript, first, last) for first, last in spans]
        units = [Exchange(need=moment.need, answer=moment.answer) for moment in chosen]
        saliences = self._saliences(units, self._encoder.embed([clip(_script(unit)) for unit in units]))
        return tuple(
            moment.model_copy(update={"id": f"m{n}", "salience": salience})
            for n, (moment, salience) in enumerate(zip(chosen, saliences, strict=True), 1)
        )

    def _saliences(self, units: Sequence[Exchange], vectors: Vectors) -> list[float]:
        nearest = [_nearest_mean(vectors @ anchors.T) for anchors in self._embedded_anchors()]
        return [
            self._salience(unit, *(float(x) for x in near))
            for unit, near in zip(units, zip(*nearest, strict=True), strict=True)
        ]

    def _salience(self, unit: Exchange, routine: float, salient: float, clause: float) -> float:
        need = " ".join(turn.text for turn in unit.need)
        answer = " ".join(turn.text for turn in unit.answer)
        if not answer or is_backchannel(answer):
            return 0.0
        w = self._weights
        refused = bool(hits(self._cues.refusal, answer) and hits(self._cues.need, need))
        logit = (
            w.routine * routine
            + w.salient * salient
            + w.clause * clause
            + w.need_cues * min(hits(self._cues.need, need), MAX_CUES)
            + w.answer_cues * min(hits(self._cues.answer, answer), MAX_CUES)
            + w.need_words * math.log1p(len(need.split()))
            + w.answer_words * math.log1p(len(answer.split()))
            + w.agent_asks * answer.rstrip().endswith("?")
            + w.bias
        )
        salience = 1 / (1 + math.exp(-logit))
        # A need turned down in four words is as much of a decision as one turned down in forty.
        return round(max(salience, REFUSED) if refused else salience, 4)

    def _embedded_anchors(self) -> tuple[Vectors, Vectors, Vectors]:
        """Vectors of routine prototypes, salient prototypes and clauses."""
        if self._anchors is None:
            lists = (self._cues.routine, self._cues.salient, self._clauses)
            vectors = self._encoder.embed([text for texts in lists for text in texts])
            routine, salient = len(lists[0]), len(lists[0]) + len(lists[1])
            self._anchors = vectors[:routine], vectors[routine:salient], vectors[salient:]
        return self._anchors


def _script(unit: Exchange) -> str:
    return " / ".join(" ".join(turn.text for turn in side) for side in (unit.need, unit.answer) if side)


def _nearest_mean(similarities: Vectors, k: int = 3) -> Vectors:
    """Mean of the k largest of each row: [n, m] -> [n]. Steadier than the single nearest."""
    mean: Vectors = np.sort(similarities, axis=1)[:, -k:].mean(axis=1)
    return mean


def _groups(units: Sequence[Exchange], saliences: Sequence[float], vectors: Vectors) -> Iterator[range]:
    """Runs of salient exchanges on one matter; one routine exchange between two of them may be bridged."""
    group = range(0)
    for i in (i for i, value in enumerate(saliences) if value >= THRESHOLD):
        if group and _continues(group, i, units, vectors):
            group = range(group.start, i + 1)
            continue
        if group:
            yield group
        group = range(i, i + 1)
    if group:
        yield group


def _continues(group: range, i: int, units: Sequence[Exchange], vectors: Vectors) -> bool:
    if i - group[-1] > 2:
        return False
    length = sum(len(units[j].turns) for j in range(group.start, i + 1))
    return length <= MAX_MOMENT_TURNS and float(vectors[group[-1]] @ vectors[i]) >= JOIN_SIMILARITY


def _moment(number: int, group: Sequence[Exchange], salience: float, transcript: Transcript) -> Moment:
    need = tuple(turn for unit in group for turn in unit.need)
    answer = tuple(turn for unit in group for turn in unit.answer)
    last = max(turn.index for turn in (*need, *answer))
    return Moment(id=f"m{number}", need=need, answer=answer, effect=_effect(transcript.turns, last), salience=salience)


def _effect(turns: Sequence[Turn], last: int) -> tuple[Turn, ...]:
    """The customer's turns that directly follow turn `last`."""
    after = [turn for turn in turns if turn.index > last and turn.speaker != "system"]
    effect: list[Turn] = []
    for turn in after:
        if turn.speaker != "customer":
            break
        effect.append(turn)
    return tuple(effect)


def moment_at(transcript: Transcript, first: int, last: int) -> Moment:
    """The moment that covers turns `first` to `last`, both included, of full salience.

    Raises:
        ValueError: the span holds no turn of agent or customer.
    """
    inside = [turn for turn in transcript.turns if first <= turn.index <= last]
    need = tuple(turn for turn in inside if turn.speaker == "customer")
    answer = tuple(turn for turn in inside if turn.speaker == "agent")
    if not need and not answer:
        raise ValueError(f"turns {first} to {last} hold no words of agent or customer")
    return Moment(id=f"t{first}-{last}", need=need, answer=answer, effect=_effect(transcript.turns, last), salience=1.0)
