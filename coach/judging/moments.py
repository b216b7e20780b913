"""Finds the decision points of a call and leaves the routine alone.

Every exchange gets a salience: how far it sounds like a decision point rather than like routine, by its distance to
prototypes of both and by cue words on either side. Salient exchanges on one matter are joined into a moment.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from coach.domain.moment import Moment
from coach.domain.transcript import Transcript, Turn
from coach.judging.cues import Cues, hits
from coach.judging.embedding import Encoder, Vectors, clip
from coach.judging.exchanges import Exchange, exchanges, is_backchannel

THRESHOLD = 0.5
"""Exchanges at or above this salience are decision points."""
JOIN_SIMILARITY = 0.42
"""Neighbouring decision points this alike (cosine) are one matter."""
MAX_MOMENT_TURNS = 12
MIN_WORDS = 4
"""Fewer words than this on the agent's side hold nothing to judge."""

# Logistic weights: prototype contrast, need cues, answer cues, log of words said, bias.
WEIGHTS = (9.0, 0.55, 0.35, 0.25, -2.2)


class MomentFinder:
    """Finds moments with an encoder and word lists.

    Args:
        encoder: embeds the exchanges of a call, one text each.
        cues: word lists and prototypes; the prototypes are embedded once, on first use.
    """

    def __init__(self, encoder: Encoder, cues: Cues) -> None:
        self._encoder = encoder
        self._cues = cues
        self._prototypes: tuple[Vectors, Vectors] | None = None

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
            moment = _moment(len(found) + 1, [units[i] for i in group], salience, transcript)
            if len(moment.answer_text.split()) >= MIN_WORDS:
                found.append(moment)
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
        routine, salient = self._embedded_prototypes()
        contrast = _nearest_mean(vectors @ salient.T) - _nearest_mean(vectors @ routine.T)
        return [self._salience(unit, float(c)) for unit, c in zip(units, contrast, strict=True)]

    def _salience(self, unit: Exchange, contrast: float) -> float:
        need = " ".join(turn.text for turn in unit.need)
        answer = " ".join(turn.text for turn in unit.answer)
        if not answer or is_backchannel(answer):
            return 0.0
        features = (
            contrast,
            min(hits(self._cues.need, need), 4),
            min(hits(self._cues.answer, answer), 4),
            math.log1p(len(need.split()) + len(answer.split())) - 3.0,
            1.0,
        )
        logit = sum(weight * feature for weight, feature in zip(WEIGHTS, features, strict=True))
        return round(1 / (1 + math.exp(-logit)), 4)

    def _embedded_prototypes(self) -> tuple[Vectors, Vectors]:
        if self._prototypes is None:
            both = self._encoder.embed([*self._cues.routine, *self._cues.salient])
            cut = len(self._cues.routine)
            self._prototypes = both[:cut], both[cut:]
        return self._prototypes


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
