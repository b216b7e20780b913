from __future__ import annotations

import string

from hypothesis import assume, given
from hypothesis import strategies as st

from coach.domain.review import Feedback
from coach.domain.transcript import Transcript, Turn
from coach.judging.gate import Offered, call_text_faults, verify
from coach.judging.judge import CallText, Judgement, Quote
from coach.judging.normal import locate
from tests.support.calls import CORPUS, all_near, call, whole

CALL = call(
    "A: Ferrywell, good morning, how can I help?",
    "C: I was fined for a boat that came late. That’s “not right”.",
    "A: I looked at the log, and it was our delay — so the fee is off.",
    "C: Thank you so much.",
    "A: You're welcome. Nine pounds   are on their way.",
)
OFFERED = Offered.of([all_near()])
HONORED = "fair-fees/honored/1"


def judgement(
    *quotes: tuple[int, str], clauses: tuple[str, ...] = (HONORED,), exemplars: tuple[str, ...] = ()
) -> Judgement:
    return Judgement(
        moment=whole(CALL),
        verdict="honored",
        confidence=0.9,
        quotes=tuple(Quote(turn=turn, text=text) for turn, text in quotes),
        clause_ids=clauses,
        exemplar_ids=exemplars,
    )


def test_a_true_quote_comes_back_with_its_offsets_and_the_turns_own_typography() -> None:
    verified = verify(judgement((2, "it was our delay - so the fee is off")), CALL, OFFERED)
    (evidence,) = verified.evidence
    assert evidence.quote == "it was our delay — so the fee is off"
    assert CALL.turns[2].text[evidence.start : evidence.end] == evidence.quote
    assert verified.faults == ()
    assert verified.stands


def test_white_space_and_quotation_marks_may_differ_but_letters_may_not() -> None:
    assert verify(judgement((4, '"Nine pounds are on their way."')), CALL, OFFERED).evidence
    assert not verify(judgement((4, "Ten pounds are on their way.")), CALL, OFFERED).evidence
    assert not verify(judgement((4, "nine pounds are on their way.")), CALL, OFFERED).evidence


def test_words_of_the_customer_are_never_credited_to_the_agent() -> None:
    verified = verify(judgement((1, "I was fined for a boat that came late.")), CALL, OFFERED)
    assert verified.evidence == ()
    assert verified.withheld == 1
    assert not verified.stands
    assert "customer" in verified.faults[0].what


def test_true_words_under_the_wrong_turn_number_are_withheld() -> None:
    assert verify(judgement((0, "the fee is off")), CALL, OFFERED).evidence == ()
    assert verify(judgement((99, "the fee is off")), CALL, OFFERED).evidence == ()


def test_a_quote_from_outside_the_moment_is_withheld() -> None:
    later = whole(CALL).model_copy(update={"need": CALL.turns[3:4], "answer": CALL.turns[4:]})
    claim = judgement((2, "the fee is off")).model_copy(update={"moment": later})
    assert verify(claim, CALL, OFFERED).evidence == ()


def test_clause_text_is_the_corpuss_own_and_invented_ids_are_withheld() -> None:
    verified = verify(
        judgement((2, "our delay"), clauses=(HONORED, "fair-fees/honored/9"), exemplars=("late-boat", "made-up")),
        CALL,
        OFFERED,
    )
    assert [clause.text for clause in verified.clauses] == [CORPUS.purpose.clause_by_id[HONORED].text]
    assert [case.id for case in verified.exemplars] == ["late-boat"]
    assert verified.withheld == 2


def test_a_verdict_without_any_clause_does_not_stand() -> None:
    assert not verify(judgement((2, "our delay"), clauses=("invented/meaning",)), CALL, OFFERED).stands


def feedback(observation: str, better_move: str = "Say it first, because it calms people.") -> Judgement:
    said = Feedback(observation=observation, better_move=better_move, question="What helped?")
    return judgement((2, "our delay")).model_copy(update={"feedback": said})


def test_feedback_that_puts_words_in_peoples_mouths_is_withheld() -> None:
    for false in (
        'You said "I will call you on Friday".',
        "You said “we never do that”.",
        "You said 'not my problem here'.",
    ):
        verified = verify(feedback(false), CALL, OFFERED)
        assert verified.feedback is None, false
        assert verified.withheld == 1
    assert verify(feedback('You said "it was our delay". That was fair.'), CALL, OFFERED).feedback is not None


def test_feedback_that_blames_or_threatens_is_withheld() -> None:
    for unkind in ("You failed the customer here.", "Careless work.", "This will have consequences."):
        assert verify(feedback(unkind), CALL, OFFERED).feedback is None, unkind
    assert verify(feedback("Good.", "Look at the log."), CALL, OFFERED).feedback is None, "a suggestion says why"


def test_words_about_the_call_are_held_to_the_same_rules() -> None:
    fine = CallText(
        summary="A good call.", celebrate='You said "our delay".', try_next="Say it first, because it helps."
    )
    assert call_text_faults(fine, CALL) == []
    assert call_text_faults(fine.model_copy(update={"celebrate": 'You said "it is my pleasure".'}), CALL)
    assert call_text_faults(fine.model_copy(update={"summary": "You failed."}), CALL)


words = st.text(string.ascii_letters + " '’“”-.", min_size=1, max_size=60)


@st.composite
def calls(draw: st.DrawFn) -> Transcript:
    texts = draw(st.lists(words.filter(str.strip), min_size=2, max_size=8))
    speakers = draw(st.lists(st.sampled_from(["agent", "customer"]), min_size=len(texts), max_size=len(texts)))
    assume("agent" in speakers)
    return Transcript(
        call_id="c",
        turns=tuple(Turn(index=i, speaker=s, text=t) for i, (s, t) in enumerate(zip(speakers, texts, strict=True))),
    )


@given(calls(), st.data())
def test_nothing_unverified_gets_through(transcript: Transcript, data: st.DataObject) -> None:
    """Plants false quotes, wrong turn numbers, customer words and invented ids at random among true ones."""
    true_piece = st.sampled_from(transcript.turns).flatmap(
        lambda turn: st.tuples(st.just(turn.index), st.just(turn.text))
    )
    planted = st.tuples(st.integers(-2, 12), words)
    misplaced = st.tuples(st.integers(-2, 12), st.sampled_from([turn.text for turn in transcript.turns]))
    quotes = data.draw(st.lists(st.one_of(true_piece, planted, misplaced), max_size=6))
    ids = st.one_of(st.sampled_from([*OFFERED.clauses, *OFFERED.exemplars]), words)
    claim = Judgement(
        moment=whole(transcript),
        verdict=data.draw(st.sampled_from(["honored", "missed", "mixed"])),
        confidence=0.7,
        quotes=tuple(Quote(turn=turn, text=text) for turn, text in quotes),
        clause_ids=tuple(data.draw(st.lists(ids, max_size=4))),
        exemplar_ids=tuple(data.draw(st.lists(ids, max_size=4))),
    )
    verified = verify(claim, transcript, OFFERED)
    for evidence in verified.evidence:
        turn = transcript.by_index[evidence.turn]
        assert turn.speaker == "agent"
        assert turn.text[evidence.start : evidence.end] == evidence.quote
        assert any(quote.turn == evidence.turn and locate(quote.text, evidence.quote) for quote in claim.quotes)
    for clause in verified.clauses:
        assert CORPUS.purpose.clause_by_id[clause.id].text == clause.text
    for case in verified.exemplars:
        assert CORPUS.exemplar_by_id[case.id].verdict == case.verdict
    kept = {(e.turn, e.start, e.end) for e in verified.evidence}
    assert len(kept) == len(verified.evidence)
    assert verified.stands == bool(verified.evidence and verified.clauses)
    assert verified.withheld <= len(claim.quotes) + len(claim.clause_ids) + len(claim.exemplar_ids)


@given(words.filter(lambda text: any(c.isalnum() for c in text)), words, words)
def test_locate_finds_what_stands_there(quote: str, before: str, after: str) -> None:
    span = locate(quote, f"{before} {quote} {after}")
    assert span is not None
