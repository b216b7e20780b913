"""Words about the whole call, strengths first, composed from judged moments when the judge wrote none."""

from __future__ import annotations

from collections.abc import Sequence

from coach.domain.corpus import Purpose
from coach.domain.review import Counts, MomentReview
from coach.domain.transcript import Transcript
from coach.judging.judge import CallText

ROUTINE = "No moment was found that called for judgement. For a routine call that is as it should be."


def compose_call_text(
    moments: Sequence[MomentReview], counts: Counts, purpose: Purpose, transcript: Transcript
) -> CallText:
    """Summary, what to celebrate and the one thing to try, each from the surest moment of its kind."""
    honored = _surest(moments, "honored")
    lesson = _surest(moments, "missed") or _surest(moments, "mixed")
    # A leaning is for a person to look at; it is neither celebrated nor taught by.
    return CallText(
        summary=_summary(counts, purpose, moments, transcript),
        celebrate="" if honored is None else _celebrate(honored, purpose),
        try_next=lesson.feedback.better_move if lesson else honored.feedback.better_move if honored else "",
    )


def _surest(moments: Sequence[MomentReview], verdict: str) -> MomentReview | None:
    own = [
        moment
        for moment in moments
        if moment.verdict == verdict and moment.attribution == "agent" and "leaning" not in moment.flags
    ]
    return max(own, key=lambda moment: moment.confidence, default=None)


def _summary(counts: Counts, purpose: Purpose, moments: Sequence[MomentReview], transcript: Transcript) -> str:
    if not any(turn.speaker == "agent" for turn in transcript.turns):
        return "Who is the agent is not known, so nothing was judged. Name the agent's speaker label and review again."
    judged = counts.honored + counts.missed + counts.mixed
    if not judged and not counts.unscored:
        return ROUTINE + _doubt(transcript)
    titles = {principle.id: principle.title for principle in purpose.principles}
    parts = []
    if counts.honored:
        parts.append(f"{_moments(counts.honored)} honored what {purpose.name} is for{_principles(moments, titles)}.")
    if counts.mixed:
        parts.append(f"{_moments(counts.mixed)} did so in part.")
    if counts.missed:
        own = sum(1 for m in moments if m.verdict == "missed" and m.attribution == "agent")
        parts.append(f"{_moments(counts.missed)} left something to try{_owner(own, counts.missed)}.")
    if counts.unscored:
        parts.append(f"{_moments(counts.unscored)} could not be judged and may deserve a person's look.")
    return " ".join(part[:1].upper() + part[1:] for part in parts) + _doubt(transcript)


def _doubt(transcript: Transcript) -> str:
    if "roles_swapped_at_source" in transcript.flags:
        return " The source had agent and customer the wrong way round; they were exchanged."
    return " Who is the agent is not certain here." if "roles_uncertain" in transcript.flags else ""


def _celebrate(moment: MomentReview, purpose: Purpose) -> str:
    title = next((p.title for p in purpose.principles if p.id in moment.principles), purpose.name)
    quote = moment.evidence[0].quote.replace('"', "'")
    return f'"{quote}" That is {title}, in your own words.'


def _moments(n: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return f"{words[n] if n < len(words) else n} moment{'' if n == 1 else 's'}"


def _principles(moments: Sequence[MomentReview], titles: dict[str, str]) -> str:
    named = dict.fromkeys(titles[p] for m in moments if m.verdict == "honored" for p in m.principles if p in titles)
    return f" ({', '.join(named)})" if named else ""


def _owner(own: int, missed: int) -> str:
    if own == missed:
        return ""
    return (
        ", which lies with a system or a policy" if own == 0 else f", of which {missed - own} with a system or a policy"
    )
