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
    principle: Principle | None,
    clause: Clause | None,
    *,
    move: Clause | None,
    case: Exemplar | None,
) -> Feedback:
    """Feedback on one moment.

    Args:
        verdict: what was judged; None where nobody could.
        principle: what the verdict rests on; None where nothing is near.
        clause: the clause of it that is cited; None where nothing is near.
        move: what the purpose would like to see in such a situation, if a clause of the principle says it.
        case: the nearest exemplar on the side of the verdict, if it is near enough to learn from.
    """
    return Feedback(
        observation=_observation(verdict, principle, clause, case),
        better_move=_better_move(verdict, principle, move, case),
        question=QUESTIONS[verdict],
    )


def _observation(
    verdict: Verdict | None, principle: Principle | None, clause: Clause | None, case: Exemplar | None
) -> str:
    if verdict == "no_opportunity":
        return "Routine, and handled as routine. Nothing here called for more."
    if verdict is None or principle is None or clause is None:
        return "Something was at stake here, and the cases at hand do not settle it. A person can."
    tie = {
        "honored": f"This is what {principle.title} asks for",
        "missed": f"This is closer to what {principle.title} warns of",
        "mixed": f"This touches {principle.title} from both sides",
    }[verdict]
    if case is None:
        return f"{tie}: {_sentence(clause.text)}"
    return f"{tie}. In a case like it, {_plain(case.title).rstrip('.')}: {_sentence(case.why)}"


def _better_move(
    verdict: Verdict | None, principle: Principle | None, move: Clause | None, case: Exemplar | None
) -> str:
    if verdict in (None, "no_opportunity") or principle is None:
        return ""
    suggestion = move.text if move else case.better_move if case else principle.honored_when[0]
    start = "Keep doing this" if verdict == "honored" else "Next time it fits, try this"
    reasons = (_lower_first(_first_sentence(_plain(principle.meaning))), f"that is what {principle.title} means.")
    texts = (f"{start}: {_plain(suggestion).rstrip('.')}, because {reason}" for reason in reasons)
    return next((text for text in texts if len(text.split()) <= MAX_SUGGESTION_WORDS), "")


def _sentence(text: str) -> str:
    plain = _plain(text)
    return plain if plain.endswith((".", "!", "?")) else f"{plain}."


def _plain(text: str) -> str:
    """One line without quotation marks; apostrophes stay."""
    return " ".join(re.sub(r"\"|(?<!\w)'|'(?!\w)", "", fold(text)).split())


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]


def _lower_first(text: str) -> str:
    first, _, rest = text.partition(" ")
    name_like = first == "I" or (first.isupper() and len(first) > 1)
    return text if name_like else f"{first[:1].lower()}{first[1:]} {rest}".strip()
