"""The embedded judge on the shipped sample calls: real encoder, real index, real corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.domain.review import MomentReview, Review
from coach.domain.transcript import Transcript
from coach.judging.normal import locate
from coach.judging.tone import suggestion_faults, tone_faults
from coach.transcripts import read_calls
from tests.conftest import SAMPLES, Build
from tests.support.calls import call


def sample(path: str) -> Transcript:
    (transcript,) = read_calls((SAMPLES / path).read_bytes(), path)
    assert isinstance(transcript, Transcript)
    return transcript


WEDDING = "sunnybox/calls/02-wedding-dog-window-bent-and-a-gift.json"


def at(review: Review, turn: int) -> MomentReview:
    (found,) = [moment for moment in review.moments if moment.turns[0] <= turn <= moment.turns[1]]
    return found


def test_the_same_words_under_two_purposes_get_opposite_verdicts_for_stated_reasons(build: Build) -> None:
    """The agent bends the window and adds a gift because a story charmed her."""
    transcript = sample(WEDDING)
    delight = at(build("sunnybox").review(transcript).review, 16)
    fairness = at(build("fairwheel").review(transcript).review, 16)
    assert delight.turns == fairness.turns
    assert (delight.verdict, fairness.verdict) == ("honored", "missed")
    assert delight.clauses[0].id.startswith("surprise-gestures/honored")
    assert fairness.clauses[0].id.startswith("same-facts-same-answer/missed")


@pytest.mark.parametrize(
    "path",
    [
        "fairwheel/calls/07-new-email-and-receipt-routine.csv",
        "harborcare/calls/01-new-id-card-routine.csv",
        "sunnybox/calls/01-routine-delivery-day.json",
    ],
)
def test_a_routine_call_is_left_alone_and_has_no_score(build: Build, path: str) -> None:
    review = build(path.split("/")[0]).review(sample(path)).review
    assert review.moments == ()
    assert review.score is None


@pytest.mark.parametrize(
    ("path", "low", "high"),
    [
        ("sunnybox/calls/06-fourteen-pairs-lead-on-the-line.json", 70, 100),
        ("sunnybox/calls/05-the-moon-warm-and-nothing-done.json", 0, 40),
        ("fairwheel/calls/03-so-sorry-and-nothing-moves.vtt", 0, 40),
    ],
)
def test_deeds_count_and_not_warm_words(build: Build, path: str, low: float, high: float) -> None:
    score = build(path.split("/")[0]).review(sample(path)).review.score
    assert score is not None
    assert low <= score <= high


@pytest.mark.parametrize(
    "path", sorted(p for p in SAMPLES.glob("*/calls/*") if p.suffix != ".md"), ids=lambda p: p.stem
)
def test_whatever_is_shown_is_verified_and_kind(build: Build, path: Path) -> None:
    company = path.parent.parent.name
    (transcript,) = read_calls(path.read_bytes(), path.name)
    assert isinstance(transcript, Transcript)
    reviewed = build(company).review(transcript)
    clauses = {clause.id: clause.text for clause in reviewed.corpus.purpose.clauses}
    assert reviewed.review.counts.withheld == 0, "the embedded judge makes nothing up that could be withheld"
    for moment in reviewed.review.moments:
        for evidence in moment.evidence:
            turn = reviewed.transcript.by_index[evidence.turn]
            assert turn.speaker == "agent"
            assert turn.text[evidence.start : evidence.end] == evidence.quote
        assert all(clauses[clause.id] == clause.text for clause in moment.clauses)
        assert all(case.id in reviewed.corpus.exemplar_by_id for case in moment.exemplars)
        assert tone_faults(moment.feedback.observation) == []
        assert suggestion_faults(moment.feedback.better_move) == []
        assert bool(moment.verdict in ("honored", "missed", "mixed")) == bool(moment.evidence)
    for text in (reviewed.review.summary, reviewed.review.celebrate):
        assert tone_faults(text) == []
    assert all(
        locate(e.quote, reviewed.transcript.by_index[e.turn].text) for m in reviewed.review.moments for e in m.evidence
    )


def test_nobody_is_judged_where_nobody_is_known_to_be_the_agent(build: Build) -> None:
    review = build("fairwheel").review(call("U: I was charged twice.", "U: I will look at that now.")).review
    assert review.moments == ()
    assert review.score is None
    assert "agent" in review.summary


def test_one_more_exemplar_moves_alike_moments_at_once(build: Build, tmp_path: Path) -> None:
    """No training: a case that a coach adds counts from the next review on."""
    import shutil

    import yaml

    corpus = tmp_path / "corpus"
    shutil.copytree(SAMPLES / "sunnybox", corpus / "sunnybox")
    reviewed = build("sunnybox", corpus=corpus).review(sample(WEDDING))
    before = at(reviewed.review, 16)
    assert before.verdict == "honored"
    shown = [turn for turn in reviewed.transcript.turns if before.turns[0] <= turn.index <= before.turns[1]]
    case = {
        "id": "wedding-shoe-kept-to-the-window",
        "title": "A wedding shoe, taken back for the story",
        "principles": ["surprise-gestures"],
        "verdict": "missed",
        "situation": " ".join(turn.text for turn in shown if turn.speaker == "customer"),
        "turns": [{"speaker": turn.speaker, "text": turn.text} for turn in shown],
        "why": "The window was bent in a way that nobody could explain afterwards.",
        "better_move": "Ask the lead first, so that the next customer with the same shoe gets the same.",
        "status": "approved",
        "source": "a coach's decision",
    }
    (corpus / "sunnybox/exemplars/wedding-shoe-kept-to-the-window.yaml").write_text(yaml.safe_dump(case), "utf-8")
    after = at(build("sunnybox", corpus=corpus).review(sample(WEDDING)).review, 16)
    assert after.verdict == "missed"
    assert after.exemplars[0].id == case["id"]
