"""Fits the contrast judge on the train split: `python evals/fit_contrast.py`.

Writes `coach/judging/calibration.yaml` and prints what leave-one-company-out cross-validation says of the fit, which is
the honest figure for a company that was not fitted on. The test split is never read.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from coach.app import build_bench
from coach.domain.transcript import Transcript
from coach.judging.contrast import FEATURES, features
from coach.judging.moments import moment_at
from coach.retrieval import load_corpus, minilm_token_count
from coach.settings import load_settings

VERDICTS = ("honored", "missed", "mixed", "no_opportunity")
REGULARIZATION = 1.0
CLEAR_VERDICTS = 1.6
"""How much more honored and missed weigh than under balanced classes: in calls they are commoner than in the set."""
NEAR = 0.3
DECIDED = 0.27
EVALS = Path(__file__).resolve().parent
TARGET = EVALS.parent / "coach" / "judging" / "calibration.yaml"

Matrix = NDArray[np.float64]


def main() -> None:
    """Fit, report, write."""
    samples = _samples(EVALS / "sets" / "moments.jsonl")
    _report(samples)
    x = np.vstack([rows for rows, _ in samples.values()])
    y = np.concatenate([labels for _, labels in samples.values()])
    mean, scale = np.nanmean(x, axis=0), np.nanstd(x, axis=0)
    model = _fitted((x - mean) / scale, y)
    content = {
        "mean": _rounded(mean),
        "scale": _rounded(scale),
        "verdicts": {
            str(verdict): {"weights": _rounded(weights), "bias": round(float(bias), 4)}
            for verdict, weights, bias in zip(model.classes_, model.coef_, model.intercept_, strict=True)
        },
        "near": NEAR,
        "decided": DECIDED,
    }
    head = "# Parameters of the contrast judge, written by `python evals/fit_contrast.py`.\n"
    head += f"# Features: {', '.join(FEATURES)}; what they mean is in contrast.py.\n"
    TARGET.write_text(head + yaml.safe_dump(content, sort_keys=False, default_flow_style=None), "utf-8")
    sys.stdout.write(f"wrote {TARGET.name}: {len(y)} cases\n")


def _samples(path: Path) -> dict[str, tuple[Matrix, NDArray[np.str_]]]:
    """Features [n, 4] and verdicts [n] of the train cases, by company."""
    cases = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        case = json.loads(line)
        if case["split"] == "train":
            cases[case["company"]].append(case)
    settings = load_settings()
    corpora = {company: load_corpus(settings.corpus, company, token_count=minilm_token_count()) for company in cases}
    bench = build_bench(settings, corpora, chat=None)
    found = {}
    for company, rows in cases.items():
        moments = [
            moment_at(bench.prepare(Transcript(call_id=row["id"], turns=row["turns"])), *row["moment"]).model_copy(
                update={"id": row["id"]}
            )
            for row in rows
        ]
        found[company] = (
            np.array([features(one) for one in bench.searches[company](moments)], dtype=float),
            np.array([row["verdict"] for row in rows]),
        )
    return found


def _fitted(x: Matrix, y: NDArray[np.str_]):  # type: ignore[no-untyped-def]  # scikit-learn ships no types
    from sklearn.linear_model import LogisticRegression

    verdicts, counts = np.unique(y, return_counts=True)
    weights = {
        verdict: len(y) / (len(verdicts) * n) * (CLEAR_VERDICTS if verdict in ("honored", "missed") else 1.0)
        for verdict, n in zip(verdicts, counts, strict=True)
    }
    return LogisticRegression(C=REGULARIZATION, class_weight=weights, max_iter=1000).fit(x, y)


def _report(samples: dict[str, tuple[Matrix, NDArray[np.str_]]]) -> None:
    from sklearn.metrics import f1_score

    said, right = [], []
    for held_out, (x, y) in samples.items():
        rest = [sample for company, sample in samples.items() if company != held_out]
        train, labels = np.vstack([rows for rows, _ in rest]), np.concatenate([verdicts for _, verdicts in rest])
        mean, scale = train.mean(axis=0), train.std(axis=0)
        said.append(_fitted((train - mean) / scale, labels).predict((x - mean) / scale))
        right.append(y)
        sys.stdout.write(f"{held_out} held out: macro-F1 {_f1(f1_score, y, said[-1]):.3f}, n={len(y)}\n")
    figure = _f1(f1_score, np.concatenate(right), np.concatenate(said))
    sys.stdout.write(f"leave one company out: macro-F1 {figure:.3f}\n")


def _f1(score, right: NDArray[np.str_], said: NDArray[np.str_]) -> float:  # type: ignore[no-untyped-def]
    return float(score(right, said, labels=VERDICTS, average="macro", zero_division=0))


def _rounded(values: Sequence[float] | Matrix) -> list[float]:
    return [round(float(value), 4) for value in values]


if __name__ == "__main__":
    main()
