"""The tone of feedback in English, checked by code: no blame, no threat, one small suggestion that says why.

Quoted words are the agent's own or a case's and are not held to these rules.
"""

from __future__ import annotations

import re

MAX_SUGGESTION_WORDS = 60

_UNKIND = (
    r"(?:a |an |such a |so |very |really |simply |just |clearly )*"
    r"(?:at fault|to blame|wrong|careless|lazy|rude|bad|useless|hopeless|horrible|terrible|awful|pathetic|heartless|"
    r"disgrace\w*|shameful|unprofessional|incompetent|negligent|stupid|dumb|idiot\w*|moron\w*|racist|sexist|liar|"
    r"ignorant|unacceptable|inexcusable|poor at|not good enough|a failure)"
)
_BLAME = re.compile(
    rf"\b(you(?:'re| are| were| sounded| seemed| acted| behaved)\s+{_UNKIND}|"
    rf"your (?:\w+ )?(?:behaviou?r|attitude|manner|conduct|work|answer|handling|tone) (?:is|was|sounded)\s+{_UNKIND}|"
    r"you(?:'ve| have)? (?:failed|lied|neglected|ignored|violated)|"
    r"failed (?:to|the customer|the caller|her|him|them)\b|"
    r"you (?:don'?t|didn'?t) (?:even )?(?:care|bother)|you (?:\w+ )?can(?:'t|not)(?: even)? do your job|"
    r"your (?:failure|fault|mistake)|"
    r"blam(?:e|ed|ing) you|(?:be )?ashamed of yourself|you should be ashamed|should have known|"
    r"you (?:should|ought to)(?:n't| not)? have|careless(?:ly|ness)?|laz(?:y|iness)|incompeten(?:t|ce)|"
    r"unprofessional\w*|"
    r"unacceptable|inexcusable|disgraceful|poor(?:ly)? (?:attitude|performance|handled|job)|bad attitude|"
    r"stupid\w*|idiot\w*|moron\w*|racist|sexist)\b",
    re.IGNORECASE,
)
_THREAT = re.compile(
    r"\b(disciplinary|you(?:'ll| will| could| may| might) (?:be (?:reported|fired|dismissed|let go|sacked|disciplined)|"
    r"lose (?:your|this) job|be out|get a (?:warning|written warning)|face \w+)|"
    r"(?:firing|sacking|dismissing|terminating) you|(?:will|may) have consequences|"
    r"grounds for|your (?:last|final|first) warning|written warning for you|performance improvement plan|or else|"
    r"zero tolerance|escalated to hr|affect your (?:rating|bonus|pay|review|score))\b",
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
