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

TELL = "Tell whoever owns the system or the rule what it did to this customer, because it will do so again."
_STARTERS = {
    "a",
    "an",
    "the",
    "we",
    "when",
    "if",
    "nobody",
    "no",
    "every",
    "everyone",
    "people",
    "who",
    "it",
    "this",
    "our",
}
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
    system: bool = False,
) -> Feedback:
    """Feedback on one moment.

    Args:
        verdict: what was judged; None where nobody could.
        principle: what the verdict rests on; None where nothing is near.
        clause: the clause of it that is cited; None where nothing is near.
        move: what the purpose would like to see in such a situation, if a clause of the principle says it.
        case: the nearest exemplar on the side of the verdict, if it is near enough to learn from.
        system: whether a system or a policy was the cause; then there is nothing for the agent to do another way.
    """
    if system:
        return Feedback(
            observation="A system or a rule stood in the way here.", better_move=TELL, question="Who could change it?"
        )
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
        "honored": f"Near to what the purpose asks for {_marked(principle.title)}",
        "missed": f"Near to what the purpose warns of {_marked(principle.title)}",
        "mixed": f"Touches the purpose from both sides {_marked(principle.title)}",
    }[verdict]
    # The clause itself is cited beside the feedback; it is not told twice.
    return f"{tie}. From another case {_marked(case.title)}: {_sentence(case.why)}" if case else f"{tie}."


def _better_move(
    verdict: Verdict | None, principle: Principle | None, move: Clause | None, case: Exemplar | None
) -> str:
    if verdict in (None, "no_opportunity") or principle is None:
        return ""
    title, reason = _marked(principle.title), _lower_first(_first_sentence(_plain(principle.meaning)))
    if verdict == "honored":
        texts = [f"Keep doing this, because {reason}"]
    elif move is not None:
        suggestion = f"Next time it fits, try this: {_plain(move.text).rstrip('.')}"
        texts = [f"{suggestion}, because {reason}", f"{suggestion}, because the purpose asks for it {title}."]
    elif case is not None:
        texts = [f"Next time it fits, try this: {_plain(case.better_move).rstrip('.')}, because {reason}"]
    else:
        texts = []
    texts.append(f"Look at what the purpose asks for here {title}, because this moment is near to it.")
    return next(text for text in texts if len(text.split()) <= MAX_SUGGESTION_WORDS)


def _marked(title: str) -> str:
    """A title set apart without quotation marks, which mean words of the call."""
    return f"({_plain(title).rstrip('.')})"


def _sentence(text: str) -> str:
    plain = _plain(text)
    return plain if plain.endswith((".", "!", "?")) else f"{plain}."


def _plain(text: str) -> str:
    """One line without quotation marks; apostrophes stay."""
    line = " ".join(fold(text).replace('"', " ").split())
    while (unquoted := re.sub(r"(?<!\w)'(.+?)'(?!\w)", r"\1", line)) != line:
        line = unquoted
    return line


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]


def _lower_first(text: str) -> str:
    """Begins small where the first word is no name."""
    first = text.partition(" ")[0]
    return text[:1].lower() + text[1:] if first.lower() in _STARTERS else text
