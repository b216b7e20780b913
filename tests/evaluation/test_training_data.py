"""The committed training data: whole, read twice, and of companies that appear nowhere else."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAIRS = ROOT / "evals" / "train" / "pairs"
NAMES = sorted(path.stem for path in PAIRS.glob("*.yaml"))


@pytest.fixture(scope="module")
def reading() -> Iterator[ModuleType]:
    sys.path.insert(0, str(PAIRS.parent))
    import reading as module  # type: ignore[import-not-found]  # a script's neighbour, no package

    yield module
    sys.path.remove(str(PAIRS.parent))


@pytest.fixture(scope="module")
def samples(reading: ModuleType) -> list[Any]:
    read: list[Any] = reading.read_samples()
    return read


@pytest.mark.parametrize("name", NAMES)
def test_every_label_has_its_clause_and_its_second_reading(reading: ModuleType, name: str) -> None:
    texts = reading.clause_texts(yaml.safe_load((PAIRS / f"{name}.yaml").read_text("utf-8")))
    lines = [json.loads(line) for line in (PAIRS / f"{name}.jsonl").read_text("utf-8").splitlines()]
    assert len({line["id"] for line in lines}) == len(lines)
    for line in lines:
        assert set(line["clauses"]) <= set(texts), line["id"]
        assert len(line["answers"]) >= 2, line["id"]
        for answer in line["answers"]:
            said = [*line["need"], *answer["turns"]]
            assert all(one.startswith(("c: ", "a: ")) and one[3:].strip() for one in said), line["id"]
            author, reader = answer["y"].split(), answer["r"].split()
            assert len(author) == len(reader) == len(line["clauses"]), line["id"]
            assert set(author) <= set("+-0"), line["id"]
            assert set(reader) <= set("+-0?"), line["id"]


def test_there_is_as_much_as_promised(reading: ModuleType, samples: list[Any]) -> None:
    labels = Counter(clause.label for sample in samples for clause in sample.clauses)
    assert 2 * len(NAMES) >= 40
    assert len(reading.industries()) >= 15
    assert len({(sample.pair, clause.code) for sample in samples for clause in sample.clauses}) >= 200
    assert sum(labels.values()) >= 6000
    assert min(labels.values()) >= 0.2 * sum(labels.values())


def test_both_sides_of_most_touched_clauses_are_shown(samples: list[Any]) -> None:
    sides: dict[tuple[str, str, str], set[int]] = {}
    for sample in samples:
        for clause in sample.clauses:
            sides.setdefault((sample.pair, sample.situation, clause.code), set()).add(clause.label)
    touched = [labels for labels in sides.values() if labels & {0, 1}]
    assert sum({0, 1} <= labels for labels in touched) >= 0.5 * len(touched)


def test_no_company_is_one_of_the_corpus_or_the_eval_sets() -> None:
    known = {path.parent.name for path in ROOT.glob("corpus/*/purpose.yaml")}
    known |= {path.parent.name for path in ROOT.glob("evals/sets/companies/*/purpose.yaml")}
    assert known
    ids = [
        company["id"]
        for name in NAMES
        for company in yaml.safe_load((PAIRS / f"{name}.yaml").read_text("utf-8")).values()
    ]
    assert len(set(ids)) == len(ids)
    assert not known & set(ids)
