"""The embedded judge against what a careful reader expects of the sample calls, and against agents who do nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from coach.domain.review import Review
from coach.domain.transcript import Transcript
from coach.transcripts import read_calls
from tests.conftest import SAMPLES, Build
from tests.support.sample_moments import SAMPLE_MOMENTS

NONSENSE = "Banana banana purple elephants sing at the moon while the carpet sleeps."
REFUSAL = "No. I can't do that. It's policy, and I won't look into it for you."
APOLOGY = "I'm so sorry about that, I really do understand how frustrating this must be for you."


def transcript(path: str) -> Transcript:
    company, name = path.split("/")
    (found,) = read_calls((SAMPLES / company / "calls" / name).read_bytes(), name)
    assert isinstance(found, Transcript)
    return found


def samples(build: Build, says: str | None = None) -> Iterator[tuple[str, Review]]:
    """Reviews of all sample calls; with `says`, every longer turn of the agent is replaced by it."""
    for path in SAMPLE_MOMENTS:
        call = transcript(path)
        if says is not None:
            turns = tuple(
                turn.model_copy(update={"text": says})
                if turn.speaker == "agent" and len(turn.text.split()) > 6
                else turn
                for turn in call.turns
            )
            call = call.model_copy(update={"turns": turns})
        yield path, build(path.split("/")[0]).review(call).review


def test_most_moments_that_matter_are_found_and_more_verdicts_agree_than_contradict(build: Build) -> None:
    outcome: Counter[str] = Counter()
    for path, review in samples(build):
        for expected in SAMPLE_MOMENTS[path]:
            near = [m for m in review.moments if m.turns[0] <= expected.last and expected.first <= m.turns[1]]
            outcome["found" if near else "overlooked"] += 1
            for moment in near:
                if moment.verdict == expected.verdict:
                    outcome["agrees"] += 1
                elif {moment.verdict, expected.verdict} == {"honored", "missed"}:
                    outcome["contradicts"] += 1
    assert outcome["found"] >= 5 * outcome["overlooked"], outcome
    assert outcome["agrees"] >= 2 * outcome["contradicts"], outcome


@pytest.mark.parametrize("says", [NONSENSE, REFUSAL, APOLOGY])
def test_an_agent_who_does_nothing_is_hardly_ever_honored(build: Build, says: str) -> None:
    """The customers' words are the same as in the good calls; only the deeds are gone."""
    verdicts = Counter(moment.verdict for _, review in samples(build, says) for moment in review.moments)
    assert verdicts["honored"] <= 0.15 * sum(verdicts.values()), verdicts
