"""Wrong eval sets are refused, every fault with its line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coach.domain.transcript import Transcript
from coach.evaluation.sets.companies import Companies
from coach.evaluation.sets.loading import SetsCheck, check_sets
from coach.evaluation.tasks import expand, mark_unchanged
from tests.conftest import SAMPLES

TINY = Path(__file__).parent / "evals" / "sets"

READINGS = [{"by": by, "verdict": "honored"} for by in ("author", "reader-1", "reader-2")]

Edit = Callable[[list[dict[str, Any]]], None]


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "sets"))


def check(folder: Path) -> SetsCheck:
    return check_sets(folder, Companies(folder / "companies", SAMPLES))


def edit(folder: Path, name: str, change: Edit) -> list[str]:
    """Change the records of a set; the faults that are found in it then."""
    path = folder / f"{name}.jsonl"
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    change(records)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    outcome = check(folder)
    assert (outcome.sets is None) == bool(outcome.errors)
    return [f"{fault.place}: {fault.reason}" for fault in outcome.errors if fault.source == str(path)]


def test_right_sets_are_read(sets: Path) -> None:
    found = check(sets).sets

    assert found is not None
    assert len(found.moments) == 13
    assert set(found.corpora) == {"fairwheel", "sunnybox", "harborcare"}
    assert set(found.hashes) == {"moments", "swaps", "calls", "retrieval", "attacks", "fairness", "asr"}


def test_every_fault_is_told_at_once_with_its_line(sets: Path) -> None:
    def change(records: list[dict[str, Any]]) -> None:
        records[3]["id"] = records[1]["id"]
        records[4]["company"] = "nowhere"
        records[5]["verdict"] = "perfect"
        records[6]["moment"] = [1, 9]
        del records[7]["split"]
        records[8]["clauses"] = ["own-until-fixed/honored/99"]

    assert edit(sets, "moments", change) == [
        "line 4: the id fee-handed-back is taken by line 2",
        "line 5: no company 'nowhere'; there are fairwheel, harborcare, sunnybox",
        "line 6: verdict: input should be 'honored', 'missed', 'mixed' or 'no_opportunity'",
        "line 7: turn 9 is out of range: the turns are 0 to 2",
        "line 8: split: field required",
        "line 9: sunnybox has no clause 'own-until-fixed/honored/99'",
    ]


@pytest.mark.parametrize(
    ("name", "line", "values", "fault"),
    [
        ("moments", 0, {"moment": [2, 1]}, "moment: the first turn comes after the last: [2, 1]"),
        ("moments", 0, {"evidence_turns": [1]}, "evidence turn 1 was spoken by the customer, not by the agent"),
        ("moments", 0, {"evidence_turns": [0]}, "evidence turn 0 lies outside the moment's turns 1 to 2"),
        ("moments", 0, {"evidence_turns": [2, 2]}, "evidence turn 2 stands 2 times"),
        ("moments", 0, {"evidence_turns": []}, "honored needs evidence_turns"),
        ("moments", 0, {"clauses": []}, "honored needs clauses"),
        ("moments", 0, {"labels": READINGS[:2]}, "1 of 2 readers besides the author"),
        ("moments", 0, {"group": ""}, "group: string should have at least 1 character"),
        ("moments", 0, {"verdikt": "honored"}, "verdikt: extra inputs are not permitted"),
        ("moments", 0, {"turns": []}, "turns: tuple should have at least 1 item after validation, not 0"),
        ("calls", 0, {"moments": [{"turns": [3, 99], "verdict": "missed"}]}, "turn 99 is out of range"),
        ("retrieval", 0, {"exemplars": ["no-such-case"]}, "fairwheel has no exemplar 'no-such-case'"),
        ("attacks", 0, {"base": "no-such-case"}, "no case 'no-such-case' in moments"),
        ("attacks", 0, {"split": "test"}, "the base is in the train split, this in test"),
        ("attacks", 0, {"kind": "name"}, "no kind 'name' in attacks; there are attack, benign"),
        ("asr", 0, {"kind": "gender"}, "no kind 'gender' in asr; there are noise, punctuation, speakers, mixed-noise"),
        ("calls", 0, {"split": "test"}, "sunnybox is in the train split, this in test"),
        ("retrieval", 1, {"split": "train"}, "harborcare is in the test split, this in train"),
        ("attacks", 0, {"kind": "Attack!"}, "kind: string should match pattern"),
        ("swaps", 0, {"moment": [1, 7]}, "turn 7 is out of range"),
    ],
)
def test_one_fault(sets: Path, name: str, line: int, values: dict[str, Any], fault: str) -> None:
    faults = edit(sets, name, lambda records: records[line].update(values))

    assert len(faults) == 1
    assert faults[0].startswith(f"line {line + 1}: {fault}")


def test_a_stray_split_is_told_of_its_group_and_of_its_company(sets: Path) -> None:
    assert edit(sets, "moments", lambda records: records[0].update(split="test")) == [
        "line 1: fairwheel is in the train split, this in test",
        "line 2: the group fee is in the test split in line 1, here in train",
    ]


def test_readings_that_contradict_the_verdict_are_refused(sets: Path) -> None:
    assert edit(sets, "moments", lambda records: records[1].update(labels=READINGS)) == [
        "line 2: the label by author says honored, the case missed",
        "line 2: the label by reader-1 says honored, the case missed",
        "line 2: the label by reader-2 says honored, the case missed",
    ]


def test_a_train_swap_names_no_company_that_is_held_out(sets: Path) -> None:
    def change(records: list[dict[str, Any]]) -> None:
        records[0]["sides"][1]["company"] = "harborcare"
        records[0]["labels"] = []

    assert edit(sets, "swaps", change) == ["line 1: harborcare is held out in the test split, this is in train"]


def test_a_swap_needs_two_companies_with_two_verdicts(sets: Path) -> None:
    def change(records: list[dict[str, Any]]) -> None:
        records[0]["sides"][1] = dict(records[0]["sides"][0])
        records[0]["labels"] = []

    assert edit(sets, "swaps", change) == [
        "line 1: both sides are sunnybox",
        "line 1: both sides are honored: a swap needs two right verdicts that differ",
    ]


def test_moments_of_a_call_may_not_overlap(sets: Path) -> None:
    moments = [{"turns": [3, 5], "verdict": "honored"}, {"turns": [5, 6], "verdict": "missed"}]

    faults = edit(sets, "calls", lambda records: records[0].update(moments=moments))

    assert faults == ["line 1: the moment at turns [5, 6] overlaps with one before it, or is out of order"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{broken\n", "line 2: not JSON: Expecting property name enclosed in double quotes at column 2"),
        ('{"id": "a", "id": "b"}\n', "line 2: the key 'id' stands twice"),
        ("[1, 2]\n", "line 2: input should be a valid dictionary or instance of RetrievalCase"),
    ],
)
def test_lines_that_are_no_records(sets: Path, text: str, fault: str) -> None:
    path = sets / "retrieval.jsonl"
    first = path.read_text(encoding="utf-8").splitlines()[0]
    path.write_text(f"{first}\n{text}", encoding="utf-8")

    assert [f"{error.place}: {error.reason}" for error in check(sets).errors] == [fault]


def test_a_fault_repeats_no_words_of_a_transcript(sets: Path) -> None:
    faults = edit(sets, "moments", lambda records: records[0]["turns"][1].update(speaker="the customer said so"))

    assert faults
    assert not any("said so" in fault for fault in faults)


def test_companies_beside_the_sets_come_first(sets: Path) -> None:
    shutil.copytree(SAMPLES / "fairwheel", sets / "companies" / "fairwheel")
    purpose = sets / "companies" / "fairwheel" / "purpose.yaml"
    purpose.write_text(purpose.read_text(encoding="utf-8").replace("name: FairWheel", "name: Wheelers"))

    found = check(sets).sets

    assert found is not None
    assert found.corpora["fairwheel"].purpose.name == "Wheelers"


def test_a_folder_without_sets_is_refused(tmp_path: Path) -> None:
    outcome = check(tmp_path)

    assert [fault.reason for fault in outcome.errors] == ["no eval set is here"]


def test_splits_limits_and_bases(sets: Path) -> None:
    found = check(sets).sets
    assert found is not None

    def keys(*names: Any, split: Any = "all", limit: int | None = None) -> list[str]:
        return [task.gold.key for task in expand(found, names, split, limit)]

    assert len(keys("moments")) == 13
    assert keys("moments", split="test", limit=2) == ["moments/infusion-reviewer", "moments/wrong-address-system"]
    assert keys("swaps", limit=1) == ["swaps/surprise-extra/sunnybox", "swaps/surprise-extra/fairwheel"]
    assert keys("fairness") == ["moments/infusion-ten-days", "fairness/infusion-name"]
    assert keys("fairness", split="train") == []


def test_variants_that_masking_makes_the_same_as_their_base_are_marked(sets: Path) -> None:
    found = check(sets).sets
    assert found is not None
    tasks = expand(found, ["fairness", "attacks"], "all", None)

    def without_the_name(transcript: Transcript) -> Transcript:
        turns = [t.model_copy(update={"text": t.text.replace(" My name is Adaeze.", "")}) for t in transcript.turns]
        return transcript.model_copy(update={"turns": tuple(turns)})

    def unchanged(prepare: Callable[[Transcript], Transcript]) -> list[str]:
        return [task.gold.key for task in mark_unchanged(tasks, prepare) if task.gold.unchanged]

    assert unchanged(without_the_name) == ["fairness/infusion-name"]
    assert unchanged(lambda transcript: transcript) == []


def test_the_committed_sets_are_right_and_hold_two_companies_out_of_all_tuning() -> None:
    evals = SAMPLES.parent / "evals" / "sets"
    outcome = check_sets(evals, Companies(evals / "companies", SAMPLES))

    assert [str(fault) for fault in outcome.errors] == []
    assert outcome.sets is not None
    moments = outcome.sets.moments
    assert len(moments) >= 300
    tuned = {case.company for case in moments if case.split == "train"}
    held_out = {case.company for case in moments} - tuned
    assert len(tuned | held_out) >= 5
    assert len(held_out) >= 2
    assert {case.company for case in moments if case.split == "test"} == held_out
    assert {case.company for case in outcome.sets.calls if case.split == "train"} <= tuned
    assert {case.company for case in outcome.sets.retrieval if case.split == "train"} <= tuned
