"""Turns a moment and the clauses to read it by into the arrays that the cross-encoder takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from coach.domain.corpus import ClauseKind

MOMENT_TOKENS = 384
"""Longest moment read; of a longer one the beginning is left out, as the agent's deed stands at the end."""
CLAUSE_TOKENS = 96
READ_KINDS: tuple[ClauseKind, ...] = ("honored", "missed", "guardrail")
"""Clauses that are read: sentences that tell a situation and a deed. A principle's meaning is too general for that."""
CLS, SEP, PAD = 101, 102, 0
"""Ids of the frame and of padding in BERT's vocabulary."""
CLAUSE_ROLE, CUSTOMER_ROLE, AGENT_ROLE = 0, 1, 2
"""Whose words a token belongs to."""

_HEADS: dict[ClauseKind, str] = {"honored": "right: ", "missed": "wrong: ", "guardrail": "limit: "}


class Encoded(Protocol):
    """What a tokenizer gives back."""

    @property
    def ids(self) -> list[int]:
        """Ids of the vocabulary."""
        ...


class Tokenizer(Protocol):
    """The tokenizer of the encoder, without truncation or padding."""

    def encode(self, sequence: str, *, add_special_tokens: bool) -> Encoded:
        """Tokens of a text."""
        ...


class MomentTokens(NamedTuple):
    """Ids and roles of a moment's tokens, two lists of equal length."""

    tokens: list[int]
    roles: list[int]


def moment_tokens(turns: Sequence[tuple[str, str]], tokenizer: Tokenizer) -> MomentTokens:
    """Tokens of a moment.

    Args:
        turns: (speaker, text) of each turn in order; speaker is "customer" or "agent".
        tokenizer: of the encoder.
    """
    tokens: list[int] = []
    roles: list[int] = []
    for speaker, text in turns:
        ids = tokenizer.encode(f"{speaker}: {text}", add_special_tokens=False).ids
        tokens += ids
        roles += [AGENT_ROLE if speaker == "agent" else CUSTOMER_ROLE] * len(ids)
    kept = MOMENT_TOKENS - 2
    return MomentTokens([CLS, *tokens[-kept:], SEP], [CUSTOMER_ROLE, *roles[-kept:], AGENT_ROLE])


def clause_tokens(kind: ClauseKind, text: str, tokenizer: Tokenizer) -> list[int]:
    """Tokens of a clause, its kind said in front; what is beyond the window is cut."""
    ids = tokenizer.encode(_HEADS[kind] + text, add_special_tokens=False).ids
    return [CLS, *ids[: CLAUSE_TOKENS - 2], SEP]


def padded(rows: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """Rows of token ids as one array [rows, longest], padded at the end."""
    array = np.full((len(rows), max(len(row) for row in rows)), PAD, dtype=np.int64)
    for n, row in enumerate(rows):
        array[n, : len(row)] = row
    return array
