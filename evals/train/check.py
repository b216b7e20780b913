"""Checks the training data: `python evals/train/check.py`.

Prints how much there is, how far the two readings agree, how alike situations are, and how much a bag of words knows of
the labels; exits 1 where there is less or it is worse than promised.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence

import numpy as np
from reading import LABELS, PAIRS, Sample, industries, pair_names, read_samples, readings
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score, f1_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

AT_LEAST = {"companies": 40, "industries": 15, "clauses": 200, "labelled pairs": 6000}
NEAR_DUPLICATE = 0.8
"""Cosine of tf-idf over character 5-grams from which two situations count as near-duplicates."""
SURFACE_LIMIT = 0.45


def main() -> int:
    """Print the figures; 1 if one is out of bounds."""
    samples = read_samples()
    names = pair_names()
    figures = {
        "companies": 2 * len(names),
        "industries": len(industries()),
        "clauses": len({(s.pair, c.code) for s in samples for c in s.clauses}),
        "labelled pairs": sum(len(s.clauses) for s in samples),
    }
    situations = {(s.pair, s.situation) for s in samples}
    print(f"{PAIRS.name}: {len(situations)} situations, {len(samples)} answers")
    for what, count in figures.items():
        print(f"{count:6} {what} (at least {AT_LEAST[what]})")
    counts = Counter(LABELS[c.label] for s in samples for c in s.clauses)
    print("labels:", ", ".join(f"{count} {label}" for label, count in counts.most_common()))
    _print_agreement()
    alike = near_duplicates(samples)
    for one, other, cosine in alike:
        print(f"near-duplicates: {'/'.join(one)} and {'/'.join(other)}, {cosine:.2f}")
    surface = surface_words(samples)
    print(f"surface words: macro-F1 {surface:.3f} (at most {SURFACE_LIMIT}), companies held out")
    return int(bool(alike) or surface > SURFACE_LIMIT or any(figures[what] < n for what, n in AT_LEAST.items()))


def _print_agreement() -> None:
    both = readings()
    unsure = sum(second == "?" for _, second in both)
    settled = [(first, second) for first, second in both if second != "?"]
    agreed = sum(first == second for first, second in settled)
    kappa = cohen_kappa_score(*zip(*settled, strict=True))
    print(
        f"second reading: {len(both)} labels, {unsure} left open by the reader and dropped, {len(settled) - agreed} "
        f"contradicted and dropped; of those decided {agreed / len(settled):.3f} agree, Cohen's kappa {kappa:.3f}"
    )


def near_duplicates(samples: Sequence[Sample]) -> list[tuple[tuple[str, str], tuple[str, str], float]]:
    """Pairs of different situations that read almost alike, with their cosine."""
    texts: dict[tuple[str, str], str] = {}
    for sample in samples:
        said = " ".join(text for _, text in sample.turns)
        texts[sample.pair, sample.situation] = f"{texts.get((sample.pair, sample.situation), '')} {said}"
    keys = list(texts)
    rows = TfidfVectorizer(analyzer="char_wb", ngram_range=(5, 5), sublinear_tf=True).fit_transform(texts.values())
    alike = (rows @ rows.T).tocoo()
    return [
        (keys[i], keys[j], float(cosine))
        for i, j, cosine in zip(alike.row, alike.col, alike.data, strict=True)
        if i < j and cosine >= NEAR_DUPLICATE
    ]


def surface_words(samples: Sequence[Sample]) -> float:
    """Macro-F1 of a logistic regression on 1- and 2-grams of moment and clause, whole companies held out."""
    rows = [
        (" ".join(f"{speaker}_{word}" for speaker, text in s.turns for word in text.lower().split()), c, s.pair)
        for s in samples
        for c in s.clauses
    ]
    texts = [f"{said} " + " ".join(f"{c.kind}_{word}" for word in c.text.lower().split()) for said, c, _ in rows]
    labels = np.array([c.label for _, c, _ in rows])
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, tokenizer=str.split, token_pattern=None),
        LogisticRegression(class_weight="balanced", max_iter=300),
    )
    groups = [pair for _, _, pair in rows]
    said_by_words = cross_val_predict(model, texts, labels, groups=groups, cv=GroupKFold(4))
    return float(f1_score(labels, said_by_words, average="macro"))


if __name__ == "__main__":
    sys.exit(main())
