"""A call, a corpus and a review of it, written by hand: every verdict, note and layout occurs once."""

from __future__ import annotations

from coach.domain.corpus import Corpus, Exemplar, ExemplarTurn, Guardrail, Kpi, Principle, Purpose
from coach.domain.review import (
    ClauseRef,
    Counts,
    Evidence,
    ExemplarRef,
    Feedback,
    MomentReview,
    Provenance,
    Review,
)
from coach.domain.transcript import Speaker, Transcript, Turn

SAID: tuple[tuple[Speaker, str], ...] = (
    ("system", "This conversation may be recorded for training."),
    ("agent", "Thanks for calling Larkbus, this is Imre. How can I help?"),
    ("customer", "Hi, I need to change the pick-up address for tomorrow morning."),
    ("agent", "Sure. Which address should it be?"),
    ("customer", "The corner of Quill Street, by the bakery."),
    ("agent", "Done, that is set for seven fifteen tomorrow."),
    (
        "customer",
        "There is one more thing. Your driver charged me a waiting fee because the ramp was stuck. "
        "I use a wheelchair. I was there on time.",
    ),
    (
        "agent",
        "A fee for a stuck ramp is not fair to you. The form wants a photo first, but I am not going to ask you "
        "for one: I am taking the nine dollars off now, and I am reporting the ramp so that the next rider is not "
        "charged either.",
    ),
    ("customer", "Oh. Thank you, I thought I would have to fight for that."),
    ("agent", "You should not have to."),
    ("customer", "And can you tell me if the ramp will work tomorrow? Last week I waited forty minutes in the rain."),
    ("agent", "I understand. Vehicle allocation is done automatically. Is there anything else?"),
    ("customer", "So I just hope?"),
    ("agent", "The system assigns whatever is nearest, I cannot see it from here."),
    ("customer", "My sister wants to share her pass with me while she is abroad, is that allowed?"),
    ("agent", "I do not know, and I would rather not guess. I will ask and text you by noon."),
    ("customer", "Okay, and the receipt?"),
    ("agent", "I have sent it to <EMAIL_1>."),
    ("customer", "Got it."),
    ("agent", "Have a good evening."),
)

PURPOSE = Purpose(
    id="larkbus",
    name="Larkbus",
    industry="Shared rides",
    statement="We make getting around fair, for the rider who is easy to serve and for the one who is not.",
    principles=(
        Principle(
            id="fairness-first",
            title="Fairness first",
            meaning="Nobody pays for a fault that is not theirs.",
            honored_when=(
                "The agent puts an unfair charge right without making the rider prove it twice.",
                "The agent treats a rider who needs more help as the one the service is for.",
            ),
            missed_when=("The agent names the rule that hurts the rider and leaves it there.",),
            kpi_tension="Putting it right may take longer than the target for handle time; take the time.",
        ),
        Principle(
            id="no-one-left-waiting",
            title="No one left waiting",
            meaning="A rider always knows what happens next.",
            honored_when=("The agent says who will do what by when.",),
            missed_when=("The agent ends the call while the rider still has to hope.",),
            kpi_tension="A call back costs a second contact; it is worth it.",
        ),
    ),
    guardrails=(Guardrail(id="refund-limit", text="An agent may refund up to 50 dollars alone; above that a lead."),),
    kpis=(Kpi(id="handle-time", name="Handle time", note="Target 240 s; may be exceeded to put a wrong right."),),
)

EXEMPLARS = (
    Exemplar(
        id="lift-out-of-order",
        title="The fee for a lift that was out of order",
        principles=("fairness-first",),
        verdict="honored",
        situation="A rider with a walking frame was charged for being late at a station where the lift was broken.",
        turns=(
            ExemplarTurn(speaker="customer", text="It says late fee. The lift was closed."),
            ExemplarTurn(speaker="agent", text="Then you were not late, we were. The fee is gone."),
        ),
        why="The agent took the rider's word, put it right at once, and named whose fault it was.",
        better_move="Take the charge off first, then collect what the report needs.",
        source="invented",
    ),
    Exemplar(
        id="photo-please",
        title="“Please upload a photo of the stairs”",
        principles=("fairness-first",),
        verdict="missed",
        situation="A rider was charged after a driver would not stop at the step-free entrance.",
        turns=(
            ExemplarTurn(speaker="customer", text="He stopped at the stairs. I could not get in."),
            ExemplarTurn(speaker="agent", text="I will need a photo of the stairs before I can look into it."),
        ),
        why="The rider was asked to prove a wrong that had been done to them.",
        better_move="Believe first; ask for details only where the repair needs them.",
        source="invented",
    ),
)

CORPUS = Corpus(purpose=PURPOSE, exemplars=EXEMPLARS, purpose_hash="a1" * 32, hash="b2" * 32)


def transcript(said: tuple[tuple[Speaker, str], ...] = SAID, call_id: str = "lb-0417") -> Transcript:
    """A call with a time every eight seconds and one KPI."""
    turns = tuple(
        Turn(index=n, speaker=speaker, text=text, start_ms=n * 8000) for n, (speaker, text) in enumerate(said)
    )
    return Transcript(
        call_id=call_id, turns=turns, kpis={"handle_time": 402, "transfers": 0}, flags=("roles_uncertain",)
    )


def evidence(turn: int, quote: str) -> Evidence:
    """Evidence for words of `SAID`, with their true offsets."""
    start = SAID[turn][1].index(quote)
    return Evidence(turn=turn, start=start, end=start + len(quote), quote=quote)


def clause(clause_id: str) -> ClauseRef:
    """A clause of `PURPOSE` as a review cites it."""
    return ClauseRef(id=clause_id, text=PURPOSE.clause_by_id[clause_id].text)


HONORED = MomentReview(
    id="m2",
    turns=(6, 7),
    verdict="honored",
    compliance="broke",
    attribution="agent",
    purpose_gap="none",
    confidence=0.86,
    principles=("fairness-first",),
    evidence=(
        evidence(7, "A fee for a stuck ramp is not fair to you."),
        evidence(7, "I am taking the nine dollars off now"),
    ),
    clauses=(clause("fairness-first/honored/1"),),
    exemplars=(
        ExemplarRef(id="lift-out-of-order", verdict="honored", similarity=0.71),
        ExemplarRef(id="photo-please", verdict="missed", similarity=0.58),
    ),
    feedback=Feedback(
        observation="You took the rider's word, put the fee right at once and thought of the next rider.",
        better_move="Tell your team about the photo rule, so that nobody has to break it next time.",
        question="What made you sure enough to skip the photo?",
    ),
    flags=(),
)
MISSED = MomentReview(
    id="m3",
    turns=(10, 13),
    verdict="missed",
    compliance="followed",
    attribution="agent",
    purpose_gap="none",
    confidence=0.64,
    principles=("no-one-left-waiting",),
    evidence=(evidence(11, "Vehicle allocation is done automatically."),),
    clauses=(clause("no-one-left-waiting/missed/1"), clause("no-one-left-waiting/honored/1")),
    exemplars=(ExemplarRef(id="lift-out-of-order", verdict="honored", similarity=0.41),),
    feedback=Feedback(
        observation="The rider asked whether tomorrow will work and left with a hope.",
        better_move="Say what you will do by when: a note on the booking takes ten seconds and gives the rider a plan.",
        question="What would you want to know if you were waiting in the rain?",
    ),
    flags=("judges_disagree",),
)
UNSCORED = MomentReview(
    id="m4",
    turns=(14, 15),
    verdict=None,
    compliance="not_covered",
    attribution="agent",
    purpose_gap="silent",
    confidence=0.0,
    principles=(),
    evidence=(),
    clauses=(),
    exemplars=(),
    feedback=Feedback(observation="Nothing near enough was found to compare this with.", better_move="", question=""),
    flags=("nothing_near",),
)
ROUTINE = MomentReview(
    id="m1",
    turns=(2, 5),
    verdict="no_opportunity",
    compliance="followed",
    attribution="agent",
    purpose_gap="none",
    confidence=0.9,
    principles=(),
    evidence=(),
    clauses=(),
    exemplars=(),
    feedback=Feedback(observation="", better_move="", question=""),
    flags=(),
)


def review(*moments: MomentReview, score: float | None, call_id: str = "lb-0417") -> Review:
    """A review of these moments; counts follow from them."""
    verdicts = [moment.verdict for moment in moments]
    return Review(
        call_id=call_id,
        company="larkbus",
        score=score,
        counts=Counts(
            honored=verdicts.count("honored"),
            missed=verdicts.count("missed"),
            mixed=verdicts.count("mixed"),
            no_opportunity=verdicts.count("no_opportunity"),
            unscored=verdicts.count(None),
            withheld=1 if score is not None else 0,
        ),
        summary="One unfair fee put right on the spot, and one question that stayed open." if score else "",
        celebrate="You took a fee off that should never have been there." if score else "",
        try_next="End every open question with who does what by when: it turns a hope into a plan." if score else "",
        moments=moments,
        provenance=Provenance(
            model="local",
            prompts={},
            purpose="a1" * 32,
            corpus="b2" * 32,
            embedder="minilm-int8",
            tokens_in=0,
            tokens_out=0,
            cost_usd=None,
            latency_ms=41,
            version="0.1.0",
        ),
    )


FULL = review(ROUTINE, HONORED, MISSED, UNSCORED, score=57.3)
QUIET = review(ROUTINE, score=None)
