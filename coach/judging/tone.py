"""The tone of feedback, checked by code: no blame, no threat, one small suggestion that says why.

Quoted words are the agent's own or a case's and are not held to these rules.
"""

from __future__ import annotations

import re

MAX_SUGGESTION_WORDS = 60

_BLAME = re.compile(
    r"\b(you(?:'ve| have)? failed|failed (?:to|the customer|the caller|her|him|them)|your (?:failure|fault|mistake)|"
    r"you(?:'re| are| were) (?:at fault|to blame|wrong|a \w+ist|careless|lazy|rude|bad|useless|hopeless)|to blame|"
    r"blam(?:e|ed|ing) you|careless(?:ly|ness)?|laz(?:y|iness)|incompeten(?:t|ce)|negligen(?:t|ce)|unprofessional\w*|"
    r"unacceptable|inexcusable|disgraceful|should have known|you should(?:n't| not)? have|you ought to have|"
    r"bad attitude|poor(?:ly)? (?:attitude|performance|handled|job)|terrible|awful|shameful|ashamed of yourself|"
    r"stupid\w*|idiot\w*|moron\w*|dumb|racist|sexist|liar|ignoran(?:t|ce)|you didn'?t (?:even )?(?:care|bother)|"
    r"you neglected|you ignored|violat(?:ed|ion))\b",
    re.IGNORECASE,
)
_THREAT = re.compile(
    r"\b(disciplin\w+|(?:written|final|formal) warning|terminat(?:e|ed|ion)(?: of)? (?:you|your|employment)|"
    r"you(?:'ll| will) be (?:reported|fired|dismissed|let go|sacked)|fir(?:ed|ing)|sack(?:ed|ing)|dismiss(?:ed|al)|"
    r"grounds for|consequences|performance improvement plan|or else|zero tolerance|escalated to hr|"
    r"affect your (?:rating|bonus|pay|review|score))\b",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"\b(because|so that|so (?:the|they|he|she|it|you|nobody|no one|everyone|people|that)|since|which|that way|"
    r"this way|means?|lets?|helps?|keeps?|gives?|shows?|makes?)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“„«][^\"“”„«»]*[\"”»]")


def tone_faults(text: str) -> list[str]:
    """What is unkind in a piece of feedback; empty if nothing is."""
    own = _QUOTED.sub(" ", text)
    faults = [f"blames: '{found.group()}'" for found in _BLAME.finditer(own)]
    return faults + [f"threatens: '{found.group()}'" for found in _THREAT.finditer(own)]


def suggestion_faults(text: str) -> list[str]:
    """What is wrong with a suggestion: its tone, its size, or that it doesn't say why; an empty one has no fault."""
    if not text:
        return []
    faults = tone_faults(text)
    words = len(text.split())
    if words > MAX_SUGGESTION_WORDS:
        faults.append(f"not small: {words} words, at most {MAX_SUGGESTION_WORDS}")
    if not _WHY.search(text):
        faults.append("does not say why")
    return faults
