"""The words and symbols for verdicts, the same in every format; symbols differ in shape, so colour is never needed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from coach.domain.review import Attribution, Compliance, PurposeGap, Verdict

Tone = Literal["good", "bad", "mixed", "quiet", "faint"]

NO_SCORE = "No score"
ROUTINE_MARK = "what most good calls look like"
ROUTINE = f"Nothing here called for judgement. That is {ROUTINE_MARK}."
NOTHING_COUNTS = "No moment of this call counts towards a score."
KPI_NOTE = "Shown for context. A KPI never lowers the score."
NOTHING_MARKED = "Nothing marked"
NOT_LOOKED_AT = "Not looked at"
_PLACEHOLDER = re.compile(r"<[A-Z][A-Z0-9_]*_\d+>")


@dataclass(frozen=True, slots=True)
class Label:
    """A verdict in words, with a symbol to find it by (none if it says little) and a tone to colour it by."""

    symbol: str
    text: str
    tone: Tone

    def __str__(self) -> str:
        return f"{self.symbol} {self.text}".lstrip()


_PURPOSE: dict[Verdict | None, Label] = {
    "honored": Label("✓", "Honored", "good"),
    "missed": Label("✗", "Missed", "bad"),
    "mixed": Label("◐", "Mixed", "mixed"),
    "no_opportunity": Label("○", "No opportunity", "quiet"),
    None: Label("?", "Not judged", "quiet"),
}
_SCRIPT: dict[Compliance, Label] = {
    "followed": Label("→", "Followed the script", "quiet"),
    "broke": Label("↷", "Broke the script", "mixed"),
    "not_covered": Label("", "No script in sight", "faint"),
}
_ATTRIBUTION: dict[Attribution, str] = {
    "agent": "",
    "system_or_policy": "A system or a policy stood in the way here, not the agent. "
    "It is left out of the score and belongs with whoever owns it.",
}
_GAP: dict[PurposeGap, str] = {
    "none": "",
    "silent": "The purpose says nothing about a case like this. That is a question for the people who own it.",
    "conflicting": "Two parts of the purpose pull in different directions here. "
    "That is a question for the people who own it.",
}
_FLAGS = {
    "roles_uncertain": "It is not certain who is the agent and who is the customer, "
    "so words may be credited to the wrong one.",
    "roles_swapped_at_source": "The source had agent and customer the wrong way round; they were exchanged.",
    "no_roles": "The source does not say who speaks, so nobody's words could be judged as the agent's.",
    "judges_disagree": "Two judges came to different verdicts here: worth a person's look.",
    "nothing_near": "Nothing in the purpose or among the cases is near enough to judge this by.",
    "undecided": "What speaks for and against is too even to judge this.",
    "not_answered": "The model gave no verdict for this moment.",
    "evidence_withheld": "Some evidence could not be verified and is not shown.",
    "leaning": "A leaning, not a finding: look for yourself before you use it.",
    "harsh_words": "Harsh words were used here, so no case can settle it: a person should look.",
    "wording_replaced": "The model's feedback was put aside for its wording; this is the purpose's own.",
    "unverified": "The evidence for a verdict could not be verified, so none is given.",
    "single_speaker": "Only one party speaks in this transcript.",
}
_CONFIDENCE = ((0.8, "confident"), (0.6, "fairly confident"), (0.4, "unsure"), (0.0, "very unsure"))


def purpose_label(verdict: Verdict | None) -> Label:
    """How the moment stands to the purpose."""
    return _PURPOSE[verdict]


def script_label(compliance: Compliance) -> Label:
    """How the moment stands to the script."""
    return _SCRIPT[compliance]


def attribution_note(attribution: Attribution) -> str:
    """One sentence where the cause is not the agent; empty otherwise."""
    return _ATTRIBUTION[attribution]


def gap_note(gap: PurposeGap) -> str:
    """One sentence where the purpose itself leaves the case open; empty otherwise."""
    return _GAP[gap]


def flag_note(flag: str) -> str:
    """A flag in plain words; one that is not known here is shown as its own words."""
    return _FLAGS.get(flag) or sentence(flag)


def masking_note(masked: bool, texts: Iterable[str]) -> str:
    """Whether personal data was masked, and what its placeholders mean if one occurs in the texts.

    A placeholder may also come from the source itself, so it is explained in a call that was not masked here too.
    """
    told = "Personal data was masked before the call was judged." if masked else "Personal data was not masked."
    found = next((found for text in texts if (found := _PLACEHOLDER.search(text))), None)
    if found is None:
        return told
    return f"{told} A placeholder such as {found[0]} stands for the same person or value throughout this call."


def sentence(identifier: str) -> str:
    """An identifier as readable words: `avg_hold_s` becomes `Avg hold s`."""
    words = re.sub(r"[_\-\s]+", " ", identifier).strip()
    return words[:1].upper() + words[1:]


def first_sentence(text: str) -> str:
    """The text up to the end of its first sentence; all of it where no sentence ends."""
    end = re.search(r"[.!?](?=\s)", text)
    return text[: end.end()] if end else text


def confidence_words(verdict: Verdict | None, confidence: float) -> str:
    """Confidence in words and number, such as `fairly confident (0.72)`; empty for a moment that is not judged."""
    if verdict is None:
        return ""
    word = next(word for floor, word in _CONFIDENCE if confidence >= floor)
    return f"{word} ({confidence:.2f})"


def turns_words(first: int, last: int) -> str:
    """`turn 4` or `turns 4–7`, in the transcript's own numbers."""
    return f"turn {first}" if first == last else f"turns {first}–{last}"


def clock(milliseconds: int | None) -> str:
    """`1:02` or `1:00:02` from the start of the call; empty where the source has no time."""
    if milliseconds is None:
        return ""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
