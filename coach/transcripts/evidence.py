"""What words give away about who serves and who is served."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_MAX_CHARS = 20_000
"""Openings and closings carry the formulas: more of one speaker's words than this add cost and no evidence."""

_AGENT = (
    (4, r"(?:thank you|thanks) (?:so much )?for (?:calling|contacting|reaching|choosing)\b(?! (?:me|us|back))"),
    (4, r"how (?:can|may|could) (?:i|we) (?:help|assist|be of)"),
    (4, r"(?:anything|something) else (?:that )?(?:i|we) (?:can|could|may) (?:help|assist|do)"),
    (3, r"what can i (?:do for you|help|assist)"),
    (3, r"(?:place|put) you on (?:a )?(?:brief |short )?hold"),
    (3, r"thanks?(?: you)? for (?:holding|waiting|your patience)"),
    (3, r"(?:can|could|may|do) i (?:please )?(?:have|get|verify|confirm) (?:your|the (?:last|first|order))"),
    (3, r"calling (?:you )?(?:from|on behalf of)"),
    (2, r"(?:can|could|would) you (?:please )?(?:confirm|verify|provide|give me|spell|tell me) (?:your|the)"),
    (2, r"what(?:'s| is| was) (?:your|the) (?:\w+ )?(?:name|number|address|date|zip|email|order|account)"),
    (2, r"(?:let me|i'll|i will|i can) (?:just |go ahead and )?(?:check|verify|look|pull|see|transfer|escalate)"),
    (2, r"(?:let me|i'll|i will|i can) (?:process|issue|arrange|send you|email you|offer|waive|refund)"),
    (2, r"(?:do you want|would you like) me to"),
    (2, r"i apologi[sz]e|sorry to hear"),
    (2, r"for security|for verification|to verify (?:your|the)"),
    (2, r"for you today|your (?:patience|business|loyalty)"),
    (1, r"have a (?:great|good|nice|lovely|wonderful) (?:day|one|evening|afternoon|weekend)"),
    (1, r"(?:it|the system) says here|i (?:can )?see (?:here )?that you|on (?:my|our) (?:end|system|screen)"),
)
_CUSTOMER = (
    (3, r"i(?:'m| am| was) (?:just )?(?:calling|writing|reaching out) (?:about|because|regarding|to|in)"),
    (3, r"(?:speak|talk) (?:to|with) (?:a|your|the) (?:manager|supervisor|human|real person|person)"),
    (3, r"(?:thank you|thanks)(?: so much| very much)? for (?:your|all your|the|all the) help"),
    (2, r"my (?:\w+ )?(?:order|account|card|bill|package|subscription|policy|claim|refund|flight|booking|plan)"),
    (2, r"my (?:\w+ )?(?:reservation|password|phone|internet|router|delivery|invoice|ride|trip|payment|money|shoes)"),
    (2, r"i(?:'ve| have|'m having| got| had) (?:got )?(?:a|an|some) (?:\w+ )?(?:problem|issue|question|trouble)"),
    (2, r"i(?: just)? (?:ordered|bought|purchased|received|lost|paid|was charged|never (?:got|received))"),
    (2, r"help me|tell me why|why (?:was|did|am|do|is) (?:i|my)"),
    (1, r"i(?:'d like| would like| need| want|'m looking|'m trying) to"),
    (1, r"do you (?:have|guys)|how (?:do|can) i\b"),
)
_FORMULA_WEIGHT = 3
_AGENT_PATTERNS = tuple((weight, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)) for weight, pattern in _AGENT)
_CUSTOMER_PATTERNS = tuple((weight, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)) for weight, pattern in _CUSTOMER)


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much one speaker sounds like the agent.

    Attributes:
        agent, customer: summed weights of the cues heard, each kind counted at most twice.
        formulas: how many kinds of service formulas were heard ("how can I help you").
    """

    agent: float = 0
    customer: float = 0
    formulas: int = 0

    @property
    def net(self) -> float:
        """Agent's cues less customer's."""
        return self.agent - self.customer


def weigh(texts: Iterable[str]) -> Evidence:
    """Evidence in one speaker's turns."""
    words = " ".join(texts)
    if len(words) > 2 * _MAX_CHARS:
        words = f"{words[:_MAX_CHARS]} {words[-_MAX_CHARS:]}"
    words = words.replace("’", "'")
    agent = [(weight, _count(pattern, words)) for weight, pattern in _AGENT_PATTERNS]
    customer = [(weight, _count(pattern, words)) for weight, pattern in _CUSTOMER_PATTERNS]
    return Evidence(
        agent=sum(weight * count for weight, count in agent),
        customer=sum(weight * count for weight, count in customer),
        formulas=sum(weight >= _FORMULA_WEIGHT and count > 0 for weight, count in agent),
    )


def _count(pattern: re.Pattern[str], words: str) -> int:
    found = 0
    for _ in pattern.finditer(words):
        found += 1
        if found == 2:
            break
    return found
