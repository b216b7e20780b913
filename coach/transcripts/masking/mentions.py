"""Names already known in the call, and names spelled letter by letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coach.transcripts.masking.hits import Hit, pieces_of
from coach.transcripts.masking.name_cues import BEFORE_FOLDED, DOUBLES, SPELLING, WORDS_TOO
from coach.transcripts.masking.name_words import bare, is_imperative, is_name, is_quality, name_pieces
from coach.transcripts.masking.numerals import Run
from coach.transcripts.masking.people import People
from coach.transcripts.masking.streams import Call
from coach.transcripts.masking.tokens import Token
from coach.transcripts.masking.words import NOT_NAMES

_SPELLING_TURNS = 3


def find_spelled(call: Call, runs: Sequence[tuple[Sequence[Token], Sequence[Run]]], people: People) -> Iterator[Hit]:
    """Three letters or more, one by one, where a name or its spelling is the topic."""
    for stream, stream_runs in runs:
        for run in stream_runs:
            letters = [atom for atom in run.atoms if atom.value.isalpha() and atom.spoken]
            if len(letters) < 3 or len(letters) < len(run.atoms):
                continue
            word = "".join(atom.value for atom in letters).lower()
            tokens = stream[letters[0].first : letters[-1].last + 1]
            turn = tokens[0].turn
            before = [call.texts[turn][max(0, tokens[0].start - 80) : tokens[0].start]]
            before += [text[-400:] for text in call.texts[max(0, turn - _SPELLING_TURNS) : turn]]
            if word in people or any(SPELLING.search(text) for text in before):
                yield Hit("NAME", people.key([word]), pieces_of(tokens))


def find_known(call: Call, cased: Sequence[bool], people: People, brands: frozenset[str]) -> Iterator[Hit]:
    """Mentions of names that are known, with the unknown half of a name beside them."""
    for turn, tokens in enumerate(call.tokens):
        last = -1
        for at in range(len(tokens)):
            if at <= last or not _mentions(tokens, at, people, cased=cased[turn]):
                continue
            first = last = at
            while last + 1 < len(tokens) and _belongs(tokens, last + 1, last, people, brands, cased=cased[turn]):
                last += 1
            while _hyphenates(tokens, last) and _mentions(tokens, last + 2, people, cased=cased[turn]):
                last += 2
            if (
                first > 1
                and cased[turn]
                and (tokens[first - 2].text not in ".!?" or _ends(tokens, last))
                and _belongs(tokens, first - 1, first, people, brands, cased=True)
            ):
                first -= 1
            mention = tokens[first : last + 1]
            yield Hit(
                "NAME", people.key([bare(token) for token in mention if token.kind == "word"]), name_pieces(mention)
            )


def _hyphenates(tokens: Sequence[Token], at: int) -> bool:
    """Whether a hyphen joins a word to the next."""
    if at + 2 >= len(tokens) or tokens[at + 1].text != "-":
        return False
    return tokens[at].end == tokens[at + 1].start and tokens[at + 1].end == tokens[at + 2].start


def _ends(tokens: Sequence[Token], last: int) -> bool:
    """Whether a sentence ends after a position, so that "Pauline Ellery." is all of it."""
    return last + 1 == len(tokens) or tokens[last + 1].text in ".!?"


def _belongs(
    tokens: Sequence[Token], at: int, beside: int, people: People, brands: frozenset[str], *, cased: bool
) -> bool:
    """Whether a token is part of the name whose known word stands next to it."""
    left, right = tokens[min(at, beside)], tokens[max(at, beside)]
    if right.start - left.end != 1 or bare(left) != left.text:
        return False
    if _mentions(tokens, at, people, cased=cased):
        return True
    return cased and not tokens[at].shouted and is_name(tokens[at], capital=True, strong=False, brands=brands)


def _mentions(tokens: Sequence[Token], at: int, people: People, *, cased: bool) -> bool:
    token = tokens[at]
    word = bare(token)
    if token.kind != "word" or word not in people or word in NOT_NAMES:
        return False
    if not cased:
        return word not in DOUBLES
    if not token.capital:
        expected = at == 0 or tokens[at - 1].text in BEFORE_FOLDED
        return expected and len(word) > 3 and word not in DOUBLES | WORDS_TOO and not is_quality(word)
    if is_imperative(tokens, at):
        return False
    return word not in DOUBLES or (at > 0 and tokens[at - 1].text not in ".!?")
