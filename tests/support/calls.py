"""Small builders for calls and corpora, for tests that need real types and few words."""

from __future__ import annotations

from coach.domain.corpus import Corpus, Exemplar, ExemplarTurn, ExemplarVerdict, Guardrail, Principle, Purpose
from coach.domain.moment import ClauseHit, ExemplarHit, Moment, Retrieved
from coach.domain.transcript import Speaker, Transcript, Turn

SPEAKERS: dict[str, Speaker] = {"A": "agent", "C": "customer", "S": "system", "U": "unknown"}


def call(*lines: str, call_id: str = "call-1") -> Transcript:
    """A transcript from lines such as "A: Hello." (A agent, C customer, S system, U unknown)."""
    turns = tuple(Turn(index=n, speaker=SPEAKERS[line[0]], text=line[2:].strip()) for n, line in enumerate(lines))
    return Transcript(call_id=call_id, turns=turns)


def exemplar(exemplar_id: str, verdict: ExemplarVerdict, customer: str, agent: str) -> Exemplar:
    """An exemplar of one exchange under the principle `fair-fees`."""
    return Exemplar(
        id=exemplar_id,
        title=f"The case {exemplar_id}",
        principles=("fair-fees",),
        verdict=verdict,
        situation=customer,
        turns=(ExemplarTurn(speaker="customer", text=customer), ExemplarTurn(speaker="agent", text=agent)),
        why="The fee was looked at on its facts.",
        better_move="Look up the record before you answer.",
        source="written for the tests",
    )


PURPOSE = Purpose(
    id="ferrywell",
    name="Ferrywell",
    industry="ferries",
    statement="Nobody pays for what was not theirs to prevent.",
    principles=(
        Principle(
            id="fair-fees",
            title="Fair fees",
            meaning="A fee follows what happened, not what is easiest to charge.",
            honored_when=(
                "The customer disputes a fee; the agent looks up what happened and takes off what was not theirs.",
                "The customer was charged because of our delay; the agent returns the money without being asked twice.",
            ),
            missed_when=(
                "The customer disputes a fee; the agent repeats the terms and leaves the charge as it is.",
                "The customer was charged because of our delay; the agent says that nothing can be done.",
            ),
            kpi_tension="Handle time may run over while a record is checked.",
        ),
    ),
    guardrails=(Guardrail(id="forty", text="An agent may return up to forty pounds alone."),),
)

EXEMPLARS = (
    exemplar(
        "late-boat", "honored", "The boat was late and I was fined.", "I checked, it was our delay. It's refunded."
    ),
    exemplar("terms-read", "missed", "The boat was late and I was fined.", "The terms say the fee is due. That's it."),
)

CORPUS = Corpus(purpose=PURPOSE, exemplars=EXEMPLARS, purpose_hash="p" * 64, hash="c" * 64)


def all_near(similarity: float = 0.5) -> Retrieved:
    """Everything in CORPUS, as if retrieval had found all of it equally near."""

    def hits(verdict: str) -> tuple[ExemplarHit, ...]:
        return tuple(
            ExemplarHit(exemplar=e, similarity=similarity, to_need=similarity, to_answer=similarity)
            for e in EXEMPLARS
            if e.verdict == verdict
        )

    return Retrieved(
        clauses=tuple(
            ClauseHit(clause=c, similarity=similarity, to_need=similarity, to_answer=similarity)
            for c in PURPOSE.clauses
        ),
        honored=hits("honored"),
        missed=hits("missed"),
    )


def whole(transcript: Transcript) -> Moment:
    """One moment over the whole transcript."""
    return Moment(
        id="m1",
        need=tuple(t for t in transcript.turns if t.speaker == "customer"),
        answer=tuple(t for t in transcript.turns if t.speaker == "agent"),
        salience=0.9,
    )
