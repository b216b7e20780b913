"""The call as streams of tokens, one a speaker, so that a number spread over turns reads as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coach.transcripts.masking.cues import Cue, find_cues
from coach.transcripts.masking.tokens import Token, everyday_spans, tokenise
from coach.transcripts.masking.words import JOINERS, NUMBER_WORDS

_MAX_ASIDES = 3
_NEAR_CODE = 12
_ASIDE_WORDS = 6
_READ_BACK_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Call:
    """A call made ready for the detectors; all lists are by turn position, `streams` one list a speaker.

    In a stream, turns are kept apart by a `soft` token if the second may go on with what the first began (only asides
    or read-backs by others lie between), by a `hard` one if not.
    """

    texts: Sequence[str]
    speakers: Sequence[str]
    cues: Sequence[Sequence[Cue]]
    tokens: Sequence[Sequence[Token]]
    streams: Sequence[Sequence[Token]]


def prepare(texts: Sequence[str], speakers: Sequence[str], before: Call | None = None) -> Call:
    """Makes a call ready; time is linear in its length.

    Args:
        texts: turn texts.
        speakers: who speaks in each turn.
        before: the same call with some texts different; what it holds on the others is used again.
    """
    cues: list[Sequence[Cue]] = []
    tokens: list[Sequence[Token]] = []
    for turn, text in enumerate(texts):
        if before and before.texts[turn] == text:
            cues.append(before.cues[turn])
            tokens.append(before.tokens[turn])
        else:
            cues.append(find_cues(text))
            tokens.append(tokenise(text, turn, _everyday(text, cues[-1]), [(cue.start, cue.end) for cue in cues[-1]]))
    asides = [not cues[turn] and _is_aside(tokens[turn]) for turn in range(len(texts))]
    return Call(texts, speakers, cues, tokens, _streams(speakers, tokens, asides))


def _everyday(text: str, cues: Sequence[Cue]) -> list[tuple[int, int]]:
    """Places of everyday numbers, without sort codes, which are written like dates."""
    codes = [cue.end for cue in cues if cue.kind == "SORT_CODE"]
    spans = everyday_spans(text)
    if not codes:
        return spans
    near = {start for end in codes for start in range(end, end + _NEAR_CODE)}
    return [span for span in spans if span[0] not in near]


def _is_aside(tokens: Sequence[Token]) -> bool:
    words = [token for token in tokens if token.kind != "punct"]
    if len(words) <= _ASIDE_WORDS:
        return True
    numeric = sum(
        token.kind == "number" or token.text in NUMBER_WORDS or token.text in JOINERS or len(token.text) == 1
        for token in words
    )
    return numeric >= _READ_BACK_SHARE * len(words)


def _streams(speakers: Sequence[str], tokens: Sequence[Sequence[Token]], asides: Sequence[bool]) -> list[list[Token]]:
    asides_before = [0]
    for aside in asides:
        asides_before.append(asides_before[-1] + aside)
    streams: dict[str, list[Token]] = {}
    last: dict[str, int] = {}
    for turn, speaker in enumerate(speakers):
        stream = streams.setdefault(speaker, [])
        if speaker in last:
            between = turn - last[speaker] - 1
            joined = between <= _MAX_ASIDES and asides_before[turn] - asides_before[last[speaker] + 1] == between
            stream.append(Token(turn, 0, 0, "", "soft" if joined else "hard"))
        stream += tokens[turn]
        last[speaker] = turn
    return list(streams.values())
