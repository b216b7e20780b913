"""Fits how cross-encoder and contrast are combined, on the train split: `python evals/fit_combination.py`.

Writes `coach/judging/combination.yaml` and prints what leave-one-company-out cross-validation says of it and of the
things it was compared with. The network has seen none of these companies. The test split is never read.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from coach.app import CLAUSES_NEAR, EXEMPLARS_NEAR
from coach.domain.transcript import Transcript
from coach.judging.cross_encoder.model import load_cross_encoder
from coach.judging.learned import CONTRAST_MEASURES, MEASURES, READ_MEASURES, measures, read_lines
from coach.judging.moments import moment_at
from coach.retrieval import MiniLMEmbedder, load_corpus, minilm_token_count, minilm_tokenizer, open_index
from coach.settings import load_settings
from coach.transcripts.masking import mask

VERDICTS = ("honored", "missed", "mixed", "no_opportunity")
REGULARIZATION = 0.1
DECIDED = 0.3
EVALS = Path(__file__).resolve().parent
TARGET = EVALS.parent / "coach" / "judging" / "combination.yaml"

Matrix = NDArray[np.float64]


class Cases(NamedTuple):
    """Measures [n, measures], right verdicts [n] and companies [n]."""

    measured: Matrix
    verdicts: NDArray[np.str_]
    companies: NDArray[np.str_]


def main() -> None:
    """Fit, report, write."""
    cases = train_cases()
    for name, used in (
        ("contrast alone", CONTRAST_MEASURES),
        ("cross-encoder alone", READ_MEASURES),
        ("both", MEASURES),
    ):
        said, probabilities = held_out(cases, [MEASURES.index(one) for one in used])
        right = said == cases.verdicts
        print(
            f"{name}: macro-F1 {_f1(cases.verdicts, said):.3f}, recall on missed "
            f"{right[cases.verdicts == 'missed'].mean():.3f}, calibration error "
            f"{_calibration_error(probabilities.max(axis=1), right):.3f}, n={len(said)}"
        )
    mean, scale = np.nanmean(cases.measured, axis=0), np.nanstd(cases.measured, axis=0)
    model = _fitted(np.nan_to_num((cases.measured - mean) / scale), cases.verdicts)
    content = {
        "mean": _rounded(mean),
        "scale": _rounded(scale),
        "verdicts": {
            str(verdict): {"weights": _rounded(weights), "bias": round(float(bias), 4)}
            for verdict, weights, bias in zip(model.classes_, model.coef_, model.intercept_, strict=True)
        },
        "decided": DECIDED,
    }
    head = "# How cross-encoder and contrast are combined, written by `python evals/fit_combination.py`.\n"
    head += f"# Measures: {', '.join(MEASURES)}; what they mean is in learned.py.\n"
    TARGET.write_text(head + yaml.safe_dump(content, sort_keys=False, default_flow_style=None), "utf-8")
    print(f"wrote {TARGET.name}: {len(cases.verdicts)} cases")


def train_cases() -> Cases:
    """The train cases of `moments`, measured."""
    by_company = defaultdict(list)
    for line in (EVALS / "sets" / "moments.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        if case["split"] == "train":
            by_company[case["company"]].append(case)
    settings = load_settings()
    corpora = {name: load_corpus(settings.corpus, name, token_count=minilm_token_count()) for name in by_company}
    embedder = MiniLMEmbedder()
    network = load_cross_encoder(minilm_tokenizer())
    measured, verdicts, companies = [], [], []
    for company, rows in by_company.items():
        moments = [
            moment_at(mask(Transcript(call_id=row["id"], turns=row["turns"])).transcript, *row["moment"]).model_copy(
                update={"id": row["id"]}
            )
            for row in rows
        ]
        with open_index(corpora[company], embedder, folder=settings.home / "index", server_url=None) as index:
            found = index.search(moments, clauses=CLAUSES_NEAR, exemplars=EXEMPLARS_NEAR)
        for row, moment, near in zip(rows, moments, found, strict=True):
            measured.append(measures(read_lines(network, moment, near), near))
            verdicts.append(row["verdict"])
            companies.append(company)
    return Cases(np.array(measured), np.array(verdicts), np.array(companies))


def held_out(cases: Cases, used: list[int]) -> tuple[NDArray[np.str_], Matrix]:
    """Verdicts [n] and probabilities [n, 4] of each company by what was fitted on the others."""
    said, probabilities = np.empty_like(cases.verdicts), np.zeros((len(cases.verdicts), len(VERDICTS)))
    for company in sorted(set(cases.companies)):
        away = cases.companies == company
        x = cases.measured[:, used]
        mean, scale = np.nanmean(x[~away], axis=0), np.nanstd(x[~away], axis=0)
        scaled = np.nan_to_num((x - mean) / scale)
        model = _fitted(scaled[~away], cases.verdicts[~away])
        said[away], probabilities[away] = model.predict(scaled[away]), model.predict_proba(scaled[away])
    return said, probabilities


def _fitted(x: Matrix, y: NDArray[np.str_]) -> LogisticRegression:
    return LogisticRegression(C=REGULARIZATION, class_weight="balanced", max_iter=2000).fit(x, y)


def _f1(right: NDArray[np.str_], said: NDArray[np.str_]) -> float:
    return float(f1_score(right, said, labels=VERDICTS, average="macro", zero_division=0))


def _calibration_error(confidence: Matrix, right: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error over bins of equal mass."""
    parts = np.array_split(np.argsort(confidence, kind="stable"), bins)
    return float(sum(len(p) / len(right) * abs(confidence[p].mean() - right[p].mean()) for p in parts))


def _rounded(values: Matrix) -> list[float]:
    return [round(float(value), 4) for value in values]


if __name__ == "__main__":
    sys.exit(main())
