"""Lays samples out as the tensors that the network takes, situation by situation."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import torch
from packing import READ_KINDS, MomentTokens, Tokenizer, moment_tokens, padded
from reading import SYMBOLS, Sample
from torch import Tensor

NOT_TOUCHED = SYMBOLS["0"]
DRAWN_WEIGHT = 0.3
"""Weight of a clause that was drawn as untouched and read by nobody."""
DRAWN_CLAUSES = 1
"""Clauses of principles that no label touches, drawn for each company and answer."""
NOISY = 0.15
"""Share of answers that are made to look like speech recognition."""
WORDS_LOST = 0.04
BUCKET = 16
"""Batches whose situations are sorted by length together, so that little is padded."""

ClauseTokens = Mapping[str, Mapping[str, list[int]]]
"""Tokens by pair and code of the clause."""


class Row(NamedTuple):
    """One answer with the clauses to read it by; `labels` and `weights` in the order of `codes`."""

    key: tuple[str, str]
    moment: MomentTokens
    codes: tuple[str, ...]
    labels: tuple[int, ...]
    weights: tuple[float, ...]


class Batch(NamedTuple):
    """Rows of whole situations, and their tensors: [r, m], [r, m], [r, n, c], [r, n], [r, n].

    Where a row has fewer than n clauses its weight is 0.
    """

    rows: list[Row]
    moment: Tensor
    roles: Tensor
    clauses: Tensor
    labels: Tensor
    weights: Tensor


def by_situation(samples: Sequence[Sample]) -> list[list[Sample]]:
    """Samples grouped by the situation they answer."""
    groups: dict[tuple[str, str], list[Sample]] = {}
    for sample in samples:
        groups.setdefault((sample.pair, sample.situation), []).append(sample)
    return list(groups.values())


def training_batches(
    situations: Sequence[list[Sample]], clauses: ClauseTokens, tokenizer: Tokenizer, size: int, chance: random.Random
) -> Iterator[Batch]:
    """All situations once, in a new order, with noise and drawn clauses."""
    groups = [[_training_row(s, clauses[s.pair], tokenizer, chance) for s in group] for group in situations]
    chance.shuffle(groups)
    batches = list(_cut(groups, size))
    chance.shuffle(batches)
    for rows in batches:
        yield _batch(rows, clauses)


def plain_batches(
    situations: Sequence[list[Sample]], clauses: ClauseTokens, tokenizer: Tokenizer, size: int
) -> Iterator[Batch]:
    """All situations once, as the product would read them."""
    groups = [[_row(s, _deed_last(s.turns), tokenizer) for s in group] for group in situations]
    for rows in _cut(groups, size):
        yield _batch(rows, clauses)


def _row(sample: Sample, turns: Sequence[tuple[str, str]], tokenizer: Tokenizer) -> Row:
    read = [c for c in sample.clauses if c.kind in READ_KINDS]
    return Row(
        key=(sample.pair, sample.situation),
        moment=moment_tokens(turns, tokenizer),
        codes=tuple(c.code for c in read),
        labels=tuple(c.label for c in read),
        weights=(1.0,) * len(read),
    )


def _training_row(sample: Sample, clauses: Mapping[str, list[int]], tokenizer: Tokenizer, chance: random.Random) -> Row:
    # The customer's last words are evidence of effect and never the ground, so they are often not there.
    turns = _deed_last(sample.turns) if chance.random() < 0.6 else sample.turns
    row = _row(sample, _noisy(turns, chance) if chance.random() < NOISY else turns, tokenizer)
    touched = {c.code[:2] for c in sample.clauses if c.label != NOT_TOUCHED}
    drawn: list[str] = []
    for company in ("a", "b"):
        free = [c for c in clauses if c[0] == company and c[:2] not in touched and c not in row.codes]
        drawn += chance.sample(free, min(DRAWN_CLAUSES, len(free)))
    return row._replace(
        codes=(*row.codes, *drawn),
        labels=(*row.labels, *[NOT_TOUCHED] * len(drawn)),
        weights=(*row.weights, *[DRAWN_WEIGHT] * len(drawn)),
    )


def _deed_last(turns: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    last = max(n for n, (speaker, _) in enumerate(turns) if speaker == "agent")
    return turns[: last + 1]


def _noisy(turns: Sequence[tuple[str, str]], chance: random.Random) -> list[tuple[str, str]]:
    """The same words without case and punctuation, a few of them lost."""
    heard = []
    for speaker, text in turns:
        plain = "".join(c for c in text.lower() if c.isalnum() or c in " '[]_")
        kept = [word for word in plain.split() if chance.random() >= WORDS_LOST]
        heard.append((speaker, " ".join(kept) or text))
    return heard


def _cut(groups: list[list[Row]], size: int) -> Iterator[list[Row]]:
    for start in range(0, len(groups), size * BUCKET):
        near = sorted(groups[start : start + size * BUCKET], key=lambda rows: max(len(r.moment.tokens) for r in rows))
        for first in range(0, len(near), size):
            yield [row for rows in near[first : first + size] for row in rows if row.codes]


def _batch(rows: list[Row], clauses: ClauseTokens) -> Batch:
    count = max(len(row.codes) for row in rows)
    laid_out = [[clauses[row.key[0]][code] for code in row.codes] for row in rows]
    by = padded([ids for one in laid_out for ids in (*one, *[[0]] * (count - len(one)))])
    labels, weights = torch.zeros(len(rows), count, dtype=torch.long), torch.zeros(len(rows), count)
    for n, row in enumerate(rows):
        labels[n, : len(row.codes)] = torch.tensor(row.labels)
        weights[n, : len(row.codes)] = torch.tensor(row.weights)
    return Batch(
        rows,
        torch.from_numpy(padded([row.moment.tokens for row in rows])),
        torch.from_numpy(padded([row.moment.roles for row in rows])),
        torch.from_numpy(by).view(len(rows), count, -1),
        labels,
        weights,
    )
