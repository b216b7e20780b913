"""Judges with known faults, to see whether evaluation measures them as what they are."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from coach.domain.corpus import Corpus
from coach.domain.moment import Moment, Retrieved
from coach.domain.review import Verdict
from coach.domain.transcript import Transcript
from coach.evaluation.bench import Bench
from coach.evaluation.scoring.confusion import VERDICTS
from coach.judging.cues import load_cues
from coach.judging.embedding import Vectors
from coach.judging.judge import Judge, Judgement, JudgeRequest, JudgeResult, Quote
from coach.judging.moments import MomentFinder, load_salience_weights
from coach.judging.pipeline import Reviewer
from tests.support.calls import all_near

Decide = Callable[[JudgeRequest, Moment], tuple[Verdict | None, float]]
"""From a moment to a verdict and a confidence."""


class ScriptedJudge:
    """A judge whose verdicts a function decides; it quotes the agent's first turn and cites the first clause."""

    model = "scripted"
    repairs = False
    finds_moments = False

    def __init__(self, decide: Decide) -> None:
        self._decide = decide

    @property
    def prompts(self) -> dict[str, str]:
        return {}

    async def judge(self, request: JudgeRequest) -> JudgeResult:
        return JudgeResult(judgements=tuple(self._judgement(request, moment) for moment in request.moments))

    def _judgement(self, request: JudgeRequest, moment: Moment) -> Judgement:
        verdict, confidence = self._decide(request, moment)
        if verdict in (None, "no_opportunity"):
            return Judgement(moment=moment, verdict=verdict, confidence=confidence)
        turn = moment.answer[0]
        return Judgement(
            moment=moment,
            verdict=verdict,
            confidence=confidence,
            quotes=(Quote(turn=turn.index, text=turn.text),),
            clause_ids=(request.corpus.purpose.clauses[0].id,),
        )


def lenient() -> ScriptedJudge:
    """Everything is honored."""
    return ScriptedJudge(lambda request, moment: ("honored", 0.9))


def chance(seed: int) -> ScriptedJudge:
    """Every verdict is as likely as any other."""
    generator = random.Random(seed)
    return ScriptedJudge(lambda request, moment: (generator.choice(VERDICTS), 0.5))


def mostly_right(gold: Mapping[str, Verdict], share: float, seed: int) -> ScriptedJudge:
    """Right in a share of cases, chosen by chance and the same whenever it is asked; it knows how good it is.

    Its chance goes by what `case_of` says, so that it judges a variant as it judges the base.
    """

    def decide(request: JudgeRequest, moment: Moment) -> tuple[Verdict | None, float]:
        generator = random.Random(f"{seed} {case_of(request)[1:]}")
        right = gold[case_of(request)]
        wrong = [verdict for verdict in VERDICTS if verdict != right]
        return (right if generator.random() < share else generator.choice(wrong)), share

    return ScriptedJudge(decide)


def case_of(request: JudgeRequest) -> str:
    """The call and whose purpose it is judged by."""
    return f"{request.transcript.call_id}/{request.corpus.purpose.id}"


def position_biased() -> ScriptedJudge:
    """What comes early in a call is honored, what comes late is missed; the purpose does not matter."""

    def decide(request: JudgeRequest, moment: Moment) -> tuple[Verdict | None, float]:
        early = moment.turns[0] < len(request.transcript.turns) / 2
        return ("honored" if early else "missed"), 0.9

    return ScriptedJudge(decide)


def unstable(gold: Mapping[str, Verdict]) -> ScriptedJudge:
    """Right whenever it is asked for the first, third, fifth time, and wrong in between."""
    asked: Counter[str] = Counter()

    def decide(request: JudgeRequest, moment: Moment) -> tuple[Verdict | None, float]:
        case = case_of(request)
        asked[case] += 1
        right = gold[case]
        return (right if asked[case] % 2 else VERDICTS[(VERDICTS.index(right) + 1) % len(VERDICTS)]), 0.9

    return ScriptedJudge(decide)


class WordEncoder:
    """Texts with common words are near: word counts hashed into 64 places. Enough where no verdict rests on it."""

    id = "words"

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, hashlib.sha256(word.encode()).digest()[0] % 64] += 1
        unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
        return unit


def scripted_bench(judge: Judge, corpora: Mapping[str, Corpus], *, concurrency: int = 1) -> Bench:
    """A bench on which everything but the judge is the real thing; retrieval finds all there is."""
    encoder = WordEncoder()

    def search(moments: Sequence[Moment]) -> list[Retrieved]:
        return [all_near() for _ in moments]

    def as_it_is(transcript: Transcript) -> Transcript:
        return transcript

    return Bench(
        reviewers={
            company: Reviewer(
                corpus,
                embedder=encoder.id,
                finder=MomentFinder(encoder, load_cues(), corpus.purpose, load_salience_weights()),
                search=search,
                judge=judge,
            )
            for company, corpus in corpora.items()
        },
        searches=dict.fromkeys(corpora, search),
        embedder=encoder,
        prepare=as_it_is,
        concurrency=concurrency,
    )
