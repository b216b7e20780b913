"""Checks that surface words do not give the labels of `moments` away.

A bag of words under cross-validation must stay near chance: if it does not, a judge that counts words would look good
on the set. Groups of cases that were written from one situation are never split over the folds.

    python evals/sets/check_surface_words.py [moments.jsonl]

Prints the macro-F1 of each classifier on the agent's words and on all words, and exits 1 if any is above the limit.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

LIMIT = 0.45
FOLDS = 5
SEED = 0


def words(case: dict[str, Any], *, agent_only: bool) -> str:
    """Everything that the agent, or anybody, says."""
    return " ".join(turn["text"] for turn in case["turns"] if turn["speaker"] == "agent" or not agent_only)


def macro_f1(texts: Sequence[str], labels: Sequence[str], groups: Sequence[str], vectorizer: type) -> float:
    """Cross-validated macro-F1 of a logistic regression on 1- and 2-grams."""
    model = make_pipeline(
        vectorizer(ngram_range=(1, 2), lowercase=True),
        LogisticRegression(class_weight="balanced", max_iter=2000),
    )
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    predicted = cross_val_predict(model, texts, labels, groups=groups, cv=folds)
    return float(f1_score(labels, predicted, average="macro"))


def main(path: Path) -> int:
    """Print the numbers; 1 if one is too high."""
    cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    labels = [case["verdict"] for case in cases]
    groups = [case["group"] for case in cases]
    counts = ", ".join(f"{number} {verdict}" for verdict, number in sorted(Counter(labels).items()))
    print(f"{len(cases)} cases in {len(set(groups))} groups: {counts}")
    worst = 0.0
    for name, vectorizer in (("word counts", CountVectorizer), ("tf-idf", TfidfVectorizer)):
        for whose, agent_only in (("the agent's words", True), ("all words", False)):
            texts = [words(case, agent_only=agent_only) for case in cases]
            score = macro_f1(texts, labels, groups, vectorizer)
            worst = max(worst, score)
            print(f"macro-F1 {score:.3f}  {name}, {whose}")
    print(f"{'ok' if worst <= LIMIT else 'TOO HIGH'}: at most {LIMIT}")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("moments.jsonl")))
