from __future__ import annotations

import pytest

from coach.domain.corpus import Corpus
from coach.domain.review import ExemplarRef, MomentReview
from coach.rendering.view import MomentView, counts_words, review_view, withheld_words
from tests.support.sample_review import CORPUS, FULL, HONORED, MISSED, QUIET, ROUTINE, SAID, review, transcript


def moment_view(moment: MomentReview) -> MomentView:
    (view,) = review_view(review(moment, score=50.0), transcript(), CORPUS, masked=True).moments
    return view


def test_a_score_comes_with_what_it_rests_on_and_all_counts() -> None:
    view = review_view(FULL, transcript(), CORPUS, masked=True)
    assert (view.score, view.basis) == ("57 of 100", "from 2 moments")
    words = counts_words(view).replace("\xa0", " ")
    assert words == "✓ 1 honored · ✗ 1 missed · ◐ 0 mixed · ○ 1 no opportunity · ? 1 not judged"
    assert withheld_words(view) == "1 piece of evidence could not be verified and was withheld."


def test_a_moment_that_the_system_caused_does_not_count_among_what_the_score_rests_on() -> None:
    system = MISSED.model_copy(update={"attribution": "system_or_policy"})
    view = review_view(review(HONORED, system, score=100.0), transcript(), CORPUS, masked=True)
    assert view.basis == "from 1 moment"
    assert "not the agent" in view.moments[1].notes[0]


def test_a_routine_call_is_told_kindly_and_has_no_score() -> None:
    view = review_view(QUIET, transcript(), CORPUS, masked=True)
    assert (view.score, view.basis, view.moments) == ("No score", "", ())
    assert view.routine
    assert view.lead == ("Nothing here called for judgement. That is what most good calls look like.",)
    assert view.routine_turns == ("turns 2–5",)


@pytest.mark.parametrize(
    "change", [{"compliance": "broke"}, {"purpose_gap": "conflicting"}, {"attribution": "system_or_policy"}]
)
def test_no_opportunity_is_still_shown_where_there_is_something_else_to_say(change: dict[str, str]) -> None:
    view = review_view(review(ROUTINE.model_copy(update=change), score=None), transcript(), CORPUS, masked=True)
    assert len(view.moments) == 1
    assert not view.routine


def test_the_nearest_exemplar_of_each_verdict_is_shown_honored_first() -> None:
    refs = (
        ExemplarRef(id="photo-please", verdict="missed", similarity=0.9),
        ExemplarRef(id="unknown-here", verdict="honored", similarity=0.8),
        ExemplarRef(id="lift-out-of-order", verdict="honored", similarity=0.4),
    )
    view = moment_view(HONORED.model_copy(update={"exemplars": refs}))
    assert [exemplar.id for exemplar in view.exemplars] == ["lift-out-of-order", "photo-please"]


@pytest.mark.parametrize(("similarity", "shown"), [(0.9, True), (0.5, False)])
def test_a_mixed_exemplar_is_shown_only_where_it_is_the_nearest(similarity: float, shown: bool) -> None:
    mixed = CORPUS.exemplars[0].model_copy(update={"id": "half-way", "verdict": "mixed"})
    corpus = Corpus.model_validate(CORPUS.model_dump() | {"exemplars": (*CORPUS.exemplars, mixed)})
    refs = (
        ExemplarRef(id="photo-please", verdict="missed", similarity=0.7),
        ExemplarRef(id="half-way", verdict="mixed", similarity=similarity),
    )
    moment = HONORED.model_copy(update={"exemplars": refs})
    (view,) = review_view(review(moment, score=50.0), transcript(), corpus, masked=True).moments
    assert ("half-way" in [exemplar.id for exemplar in view.exemplars]) == shown


def test_clauses_carry_their_principle_and_guardrails_their_own_name() -> None:
    limit = CORPUS.purpose.clause_by_id["guardrail/refund-limit"]
    clauses = (*HONORED.clauses, HONORED.clauses[0].model_copy(update={"id": limit.id, "text": limit.text}))
    view = moment_view(HONORED.model_copy(update={"clauses": clauses}))
    assert [clause.principle for clause in view.clauses] == ["Fairness first", "Guardrail"]


def test_a_flag_of_the_whole_call_is_not_repeated_at_each_moment() -> None:
    view = moment_view(HONORED.model_copy(update={"flags": ("roles_uncertain", "a_new_flag")}))
    assert view.notes == ("A new flag",)


def test_an_unscored_moment_is_not_judged_and_has_no_confidence() -> None:
    view = review_view(FULL, transcript(), CORPUS, masked=True).moments[2]
    assert (view.purpose.text, view.confidence) == ("Not judged", "")
    assert any("The purpose says nothing" in note for note in view.notes)


@pytest.mark.parametrize(("confidence", "words"), [(1.0, "confident (1.00)"), (0.0, "very unsure (0.00)")])
def test_confidence_is_said_in_words_and_as_a_number(confidence: float, words: str) -> None:
    assert moment_view(HONORED.model_copy(update={"confidence": confidence})).confidence == words


def test_a_summary_that_says_it_kindly_already_is_not_repeated() -> None:
    said = "The call was routine. That is what most good calls look like."
    view = review_view(QUIET.model_copy(update={"summary": said}), transcript(), CORPUS, masked=True)
    assert view.lead == (said,)


def test_a_call_without_an_agent_is_not_called_routine() -> None:
    call = transcript(tuple(("unknown", words) for _, words in SAID))
    view = review_view(QUIET.model_copy(update={"moments": ()}), call, CORPUS, masked=True)
    assert not view.routine
    assert view.lead == ("No moment of this call counts towards a score.",)
    assert view.unmarked == "Not looked at"
    assert review_view(QUIET, transcript(), CORPUS, masked=True).unmarked == "Nothing marked"


def test_what_was_masked_is_told_and_a_placeholder_explained_where_one_occurs() -> None:
    masked = review_view(QUIET, transcript(), CORPUS, masked=True).masking
    assert masked.startswith("Personal data was masked")
    assert "<EMAIL_1>" in masked
    plain = review_view(QUIET, transcript(SAID[:5]), CORPUS, masked=False).masking
    assert plain == "Personal data was not masked."


def test_nobody_claims_to_know_a_script_that_was_not_seen() -> None:
    label = moment_view(HONORED.model_copy(update={"compliance": "not_covered"})).script
    assert (str(label), label.tone) == ("No script in sight", "faint")


def test_only_known_flags_need_no_guessing() -> None:
    known = ("judges_disagree", "nothing_near", "undecided", "not_answered", "evidence_withheld", "unverified")
    view = moment_view(HONORED.model_copy(update={"flags": known}))
    assert len(set(view.notes)) == len(known)
    assert all(note.endswith(".") for note in view.notes)
