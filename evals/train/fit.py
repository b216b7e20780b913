"""Fits the cross-encoder.

The loss has two parts: cross-entropy with label smoothing (Szegedy et al., "Rethinking the Inception Architecture",
CVPR 2016) over honoured, missed and not touched; and, between two answers to one situation of which one honours a
clause and the other misses it, a pairwise logistic loss (Burges et al., "Learning to Rank using Gradient Descent", ICML
2005), so that what the answers share carries no weight.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from batching import Batch, ClauseTokens, plain_batches, training_batches
from network import CrossEncoder, starting_network
from numpy.typing import NDArray
from packing import Tokenizer
from reading import Sample
from sklearn.metrics import f1_score
from torch import Tensor, nn

HONORED, MISSED = 0, 1


class Recipe(NamedTuple):
    """How to train; the defaults are those of `make train`."""

    epochs: int = 3
    rate: float = 1.5e-4
    new_parts_rate: float = 7.5e-4
    warm_up: float = 0.1
    weight_decay: float = 0.02
    dropout: float = 0.05
    smoothing: float = 0.05
    contrast: float = 0.3
    situations_a_batch: int = 8
    seed: int = 0
    threads: int = 2


class Reading(NamedTuple):
    """What a network says of held-out companies: logits [n, 3] and labels [n]."""

    logits: NDArray[np.float32]
    labels: NDArray[np.int64]

    @property
    def macro_f1(self) -> float:
        """Over the three labels."""
        return float(f1_score(self.labels, self.logits.argmax(axis=1), average="macro"))

    @property
    def polarity(self) -> float:
        """Share of touched clauses whose side, honoured or missed, is the likelier one of the two."""
        touched = self.labels <= MISSED
        sides = self.logits[touched][:, :2].argmax(axis=1)
        return float((sides == self.labels[touched]).mean())

    def loss(self, temperature: float = 1.0) -> float:
        """Mean negative log-likelihood in nats."""
        logits = torch.from_numpy(self.logits) / temperature
        return float(nn.functional.cross_entropy(logits, torch.from_numpy(self.labels)))


def fit(
    train: Sequence[list[Sample]],
    held_out: Sequence[list[Sample]],
    clauses: ClauseTokens,
    tokenizer: Tokenizer,
    recipe: Recipe,
    say: Callable[[str], None],
) -> tuple[CrossEncoder, Reading]:
    """Train, and keep the epoch that reads the held-out companies best.

    Returns:
        The network and what it says of the held-out companies.
    """
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)  # noqa: S311  # order and noise, no secret
    network = starting_network(recipe.dropout)
    # With so few examples the words keep their places, also those that no example holds.
    network.words.weight.requires_grad_(False)
    optimizer, schedule = _optimizer(network, recipe, math.ceil(len(train) / recipe.situations_a_batch))
    best: tuple[float, dict[str, Tensor], Reading] | None = None
    for epoch in range(1, recipe.epochs + 1):
        started, losses = time.monotonic(), []
        network.train()
        for batch in training_batches(train, clauses, tokenizer, recipe.situations_a_batch, chance):
            loss = _loss(network, batch, recipe)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            losses.append(loss.item())
        reading = read(network, held_out, clauses, tokenizer, recipe)
        say(
            f"epoch {epoch}: loss {np.mean(losses):.3f}; held-out companies: macro-F1 {reading.macro_f1:.3f}, "
            f"polarity {reading.polarity:.3f}, loss {reading.loss():.3f}; {time.monotonic() - started:.0f} s"
        )
        if best is None or reading.macro_f1 > best[0]:
            kept = {name: value.detach().clone() for name, value in network.state_dict().items()}
            best = reading.macro_f1, kept, reading
    assert best is not None  # noqa: S101  # there is at least one epoch
    network.load_state_dict(best[1])
    return network.eval(), best[2]


def read(
    network: CrossEncoder,
    situations: Sequence[list[Sample]],
    clauses: ClauseTokens,
    tokenizer: Tokenizer,
    recipe: Recipe,
) -> Reading:
    """What the network says of situations."""
    network.eval()
    logits, labels = [], []
    with torch.no_grad():
        for batch in plain_batches(situations, clauses, tokenizer, recipe.situations_a_batch):
            there = batch.weights > 0
            logits.append(_logits(network, batch)[there].numpy())
            labels.append(batch.labels[there].numpy())
    return Reading(np.concatenate(logits), np.concatenate(labels))


def fitted_temperature(reading: Reading) -> float:
    """The divisor of logits that makes held-out companies likeliest (Guo et al., ICML 2017)."""
    return min((float(t) for t in np.geomspace(0.5, 5.0, 200)), key=reading.loss)


def _optimizer(
    network: CrossEncoder, recipe: Recipe, steps_an_epoch: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LambdaLR]:
    new, given = [], []
    for name, value in network.named_parameters():
        if value.requires_grad:
            (new if name.startswith(("head", "roles")) else given).append(value)
    groups = [{"params": given, "lr": recipe.rate}, {"params": new, "lr": recipe.new_parts_rate}]
    optimizer = torch.optim.AdamW(groups, weight_decay=recipe.weight_decay, fused=True)
    steps = recipe.epochs * steps_an_epoch
    rising = max(1, round(recipe.warm_up * steps))

    def share(step: int) -> float:
        return (step + 1) / rising if step < rising else max(0.02, (steps - step) / (steps - rising))

    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, share)


def _logits(network: CrossEncoder, batch: Batch) -> Tensor:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return network(batch.moment, batch.roles, batch.clauses).float()


def _loss(network: CrossEncoder, batch: Batch, recipe: Recipe) -> Tensor:
    logits = _logits(network, batch)
    each = nn.functional.cross_entropy(
        logits.flatten(0, 1), batch.labels.flatten(), label_smoothing=recipe.smoothing, reduction="none"
    )
    weights = batch.weights.flatten()
    return (each * weights).sum() / weights.sum() + recipe.contrast * _contrast(logits, batch)


def _contrast(logits: Tensor, batch: Batch) -> Tensor:
    """The pairwise part: within a situation the honouring answer leans further to honoured than the missing one."""
    lean = logits[..., HONORED] - logits[..., MISSED]
    sides: dict[tuple[str, str, str], tuple[list[Tensor], list[Tensor]]] = {}
    for n, row in enumerate(batch.rows):
        for k, (code, label) in enumerate(zip(row.codes, row.labels, strict=True)):
            if label in (HONORED, MISSED):
                sides.setdefault((*row.key, code), ([], []))[label].append(lean[n, k])
    gaps = [one - other for honored, missed in sides.values() for one in honored for other in missed]
    return nn.functional.softplus(-torch.stack(gaps)).mean() if gaps else logits.new_zeros(())
