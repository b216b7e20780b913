"""Composes feedback out of curated words: the clause, the nearest case, its `why` and its `better_move`.

Nothing is invented here. Quotation marks inside curated text are dropped, because in feedback they mean words that were
said in this call.
"""

from __future__ import annotations

import re

from coach.domain.corpus import Clause, Exemplar, Principle
from coach.domain.review import Feedback, Verdict
from coach.judging.normal import fold
from coach.judging.tone import MAX_SUGGESTION_WORDS

QUESTIONS: dict[Verdict | None, str] = {
    "honored": "What told you that the usual answer would not do here?",
    "missed": "What did this customer need that the usual answer did not give?",
    "mixed": "Which part of your answer would you keep, and which would you try another way?",
    "no_opportunity": "",
    None: "How do you see this moment yourself?",
}


def compose(
    verdict: Verdict | None,
    quote: str,
    principle: Principle | None,
    clause: Clause | None,
    case: Exemplar | None,
) -> Feedback:
    """Feedback on one moment.

    Args:
        verdict: what was judged; None where nobody could.
        quote: the agent's words, as they stand in the turn.
        principle: what the verdict rests on; None where nothing is near.
        clause: the clause of it that is cited; None where nothing is near.
        case: the nearest exemplar on the side of the verdict, if it is near enough to learn from.
    """
    return Feedback(
        observation=_observation(verdict, quote, principle, clause, case),
        better_move=_better_move(verdict, principle, clause, case),
        question=QUESTIONS[verdict],
    )


def _observation(
    verdict: Verdict | None, quote: str, principle: Principle | None, clause: Clause | None, case: Exemplar | None
) -> str:
    if verdict == "no_opportunity":
        return "Routine, and handled as routine. Nothing here called for more."
    if verdict is None or principle is None or clause is None:
        return "Something was at stake here, and the cases at hand do not settle it. A person can."
    opening = f'You said: "{fold(quote).replace(chr(34), chr(39))}"'
    tie = {
        "honored": f"This is what {principle.title} asks for",
        "missed": f"This is closer to what {principle.title} warns of",
        "mixed": f"This touches {principle.title} from both sides",
    }[verdict]
    parts = [opening, f"{tie}: {_plain(clause.text)}"]
    if case is not None:
        parts.append(f"A case like it, {_plain(case.title).rstrip('.')}: {_plain(case.why)}")
    return " ".join(part if part.endswith((".", "!", "?", '"')) else f"{part}." for part in parts)


def _better_move(
    verdict: Verdict | None, principle: Principle | None, clause: Clause | None, case: Exemplar | None
) -> str:
    if verdict in (None, "no_opportunity") or principle is None or clause is None:
        return ""
    move = _plain(case.better_move) if case is not None else _plain(principle.honored_when[0])
    start = "Keep doing this" if verdict == "honored" else "One thing to try"
    reason = _first_sentence(_plain(principle.meaning))
    text = f"{start}: {move.rstrip('.')}, because {_lower_first(reason)}"
    if len(text.split()) > MAX_SUGGESTION_WORDS:
        text = f"{start}: {move.rstrip('.')}, because that is what {principle.title} means."
    return text


def _plain(text: str) -> str:
    """One line without quotation marks; apostrophes stay."""
    return " ".join(re.sub(r"\"|(?<!\w)'|'(?!\w)", "", fold(text)).split())


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]


def _lower_first(text: str) -> str:
    first, _, rest = text.partition(" ")
    name_like = first == "I" or (first.isupper() and len(first) > 1)
    return text if name_like else f"{first[:1].lower()}{first[1:]} {rest}".strip()
