"""Trains the cross-encoder and writes it to `build/cross-encoder/`: `make train`.

    python evals/train/run.py                     train, calibrate, write build/cross-encoder/model.onnx
    python evals/train/run.py --fold 2            hold one fold of companies out, report, write nothing
    python evals/train/run.py --fold 2 --share 0.5 --contrast 0

Two cores and no accelerator are enough; docs in README.md beside this file say how long it takes.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml
from batching import by_situation
from export import quantised, write_model
from fit import Recipe, fit, fitted_temperature
from network import starting_tokenizer
from packing import READ_KINDS, clause_tokens
from reading import PAIRS, Sample, clause_kind, clause_texts, pair_names, read_samples

FOLDS = 7
HELD_OUT = ("canteens", "coffee", "hosting", "pensions")
"""Pairs of companies kept for early stopping and temperature; what is written has not learned from them."""
MODEL = Path(__file__).resolve().parents[2] / "build" / "cross-encoder"


def main(arguments: Sequence[str]) -> None:
    """Train as asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fold", type=int, choices=range(FOLDS), help="hold this fold out and write nothing")
    parser.add_argument("--share", type=float, default=1.0, help="train on this share of the situations")
    parser.add_argument("--contrast", type=float, default=Recipe().contrast, help="weight of the pairwise loss")
    parser.add_argument("--epochs", type=int, default=Recipe().epochs)
    parser.add_argument("--seed", type=int, default=Recipe().seed)
    asked = parser.parse_args(arguments)

    recipe = Recipe(contrast=asked.contrast, epochs=asked.epochs, seed=asked.seed)
    samples = read_samples()
    away = _held_out(asked.fold)
    train = _share(by_situation([s for s in samples if s.pair not in away]), asked.share)
    held_out = by_situation([s for s in samples if s.pair in away])
    tokenizer = starting_tokenizer()
    clauses = {
        name: {
            code: clause_tokens(kind, text, tokenizer)
            for code, text in _texts(name).items()
            if (kind := clause_kind(code)) in READ_KINDS
        }
        for name in pair_names()
    }
    _say(f"{len(train)} situations to learn from, {len(held_out)} of {2 * len(away)} companies held out")
    network, reading = fit(train, held_out, clauses, tokenizer, recipe, _say)
    temperature = fitted_temperature(reading)
    _say(
        f"kept: macro-F1 {reading.macro_f1:.3f}, polarity {reading.polarity:.3f}, n={len(reading.labels)}; "
        f"loss {reading.loss():.3f}, {reading.loss(temperature):.3f} at temperature {temperature:.2f}"
    )
    if asked.fold is None:
        write_model(quantised(network), temperature, MODEL)
        _say(f"wrote {MODEL / 'model.onnx'}")


def _held_out(fold: int | None) -> set[str]:
    """Pairs of companies to hold out."""
    return set(HELD_OUT) if fold is None else set(pair_names()[fold::FOLDS])


def _share(situations: list[list[Sample]], share: float) -> list[list[Sample]]:
    chance = random.Random(0)  # noqa: S311  # which ones, no secret
    return situations if share == 1 else chance.sample(situations, round(share * len(situations)))


def _texts(name: str) -> dict[str, str]:
    return clause_texts(yaml.safe_load((PAIRS / f"{name}.yaml").read_text("utf-8")))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
