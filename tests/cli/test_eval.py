"""`coach eval` through the console entry, on a dozen cases of the sample companies."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coach.evaluation.provenance import answers_key
from coach.evaluation.records import RunFile
from coach.evaluation.runfile import read_run
from tests.cli.conftest import RunCoach
from tests.support.openai_server import OpenAIServer, Request, answer, refusal

TINY = Path(__file__).resolve().parents[1] / "evaluation" / "evals"
GATES = """
[local]
baseline = "baselines/local.json"
[local.limits.moments.all]
macro_f1 = { at_least = 0.1, may_fall = 0.01 }
evidence_verified = { at_least = 1.0 }
[local.limits.attacks.all]
flip_rate = { at_most = 1.0 }
"""


@pytest.fixture
def evals(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(TINY, tmp_path / "evals"))
    (folder / "gates.toml").write_text(GATES, encoding="utf-8")
    return folder


def judge_all_honored(request: Request) -> dict[str, Any]:
    """What a model says that praises whatever it is shown, with true quotes."""
    (quote,) = re.findall(r"^\[2\] agent: (.+)$", request.prompt, re.MULTILINE)[-1:]
    clause = re.findall(r"\[([a-z-]+/meaning)\]", request.prompt)[0]
    said = {
        "moment": "m1",
        "turns": [1, 2],
        "what_happened": "The agent answered.",
        "verdict": "honored",
        "compliance": "not_covered",
        "attribution": "agent",
        "purpose_gap": "none",
        "confidence": 0.8,
        "evidence": [{"turn": 2, "quote": quote}],
        "clauses": [clause],
        "exemplars": [],
        "observation": "You answered.",
        "better_move": "Stay with it, because it helps.",
        "question": "What helped?",
    }
    return {"moments": [said], "summary": "", "celebrate": "", "try_next": ""}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, coach: RunCoach) -> Iterator[OpenAIServer]:
    with OpenAIServer(answer(judge_all_honored)) as running:
        monkeypatch.setenv("COACH_BASE_URL", running.base_url)
        yield running


def test_a_run_of_all_sets_says_what_it_was_made_from(coach: RunCoach, evals: Path, tmp_path: Path) -> None:
    ran = coach("eval", "run", "--evals", evals, "-o", tmp_path / "run.json")

    assert ran.code == 0
    assert re.search(r"^macro_f1 +0\.\d+ \[", ran.out, re.MULTILINE)
    run = read_run(tmp_path / "run.json")
    assert set(run.scores) == {"moments", "swaps", "calls", "retrieval", "attacks", "fairness", "asr"}
    assert len(run.cases) == len(run.outcomes) == 25
    assert run.ingredients.model == "local"
    assert set(run.ingredients.corpora) == {"fairwheel", "sunnybox", "harborcare"}
    assert {"judge-call", "repair-answer"} <= set(run.ingredients.prompts)
    assert run.circumstances.versions["purpose-coach"]
    assert "awful" not in (tmp_path / "run.json").read_text(encoding="utf-8"), "a run file holds no transcripts"


def test_the_same_run_twice_gives_the_same_numbers(coach: RunCoach, evals: Path, tmp_path: Path) -> None:
    def numbers(run: RunFile) -> Any:
        kept = {name: part["all"] for name, part in run.scores.items()}
        return {n: {m: e for m, e in part.items() if not m.startswith("latency")} for n, part in kept.items()}

    for name in ("one.json", "two.json"):
        coach("eval", "run", "--evals", evals, "-o", tmp_path / name)

    assert numbers(read_run(tmp_path / "one.json")) == numbers(read_run(tmp_path / "two.json"))


def test_sets_splits_and_limits_choose_cases(coach: RunCoach, evals: Path, tmp_path: Path) -> None:
    args = ("--set", "moments", "--set", "fairness", "--split", "test", "--limit", "2", "-o", tmp_path / "run.json")
    assert coach("eval", "run", "--evals", evals, *args).code == 0

    run = read_run(tmp_path / "run.json")
    assert [gold.key for gold in run.cases] == [
        "moments/infusion-reviewer",
        "moments/wrong-address-system",
        "moments/infusion-ten-days",
        "fairness/infusion-name",
    ]
    assert set(run.scores["moments"]) == {"test", "all"}


def test_a_wrong_set_ends_the_command_with_every_fault(coach: RunCoach, evals: Path) -> None:
    path = evals / "sets" / "moments.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join((*lines, lines[0], lines[1], "{}")) + "\n", encoding="utf-8")

    ran = coach("eval", "run", "--evals", evals)

    assert ran.code == 2
    assert f"{path}: line 14: the id fee-looked-up is taken by line 1" in ran.err
    assert f"{path}: line 15: the id fee-handed-back is taken by line 2" in ran.err
    assert f"{path}: line 16: id: field required" in ran.err


def test_an_unknown_set_is_refused(coach: RunCoach, evals: Path) -> None:
    ran = coach("eval", "run", "--evals", evals, "--set", "momemts")

    assert ran.code == 2
    assert "no such set" in ran.err


def test_a_run_that_was_cut_off_goes_on_where_it_was(
    coach: RunCoach, evals: Path, tmp_path: Path, server: OpenAIServer
) -> None:
    args = ("--evals", evals, "--model", "openai:fake", "--set", "moments", "-o", tmp_path / "run.json")
    assert coach("eval", "run", *args).code == 0
    whole = read_run(tmp_path / "run.json")
    done = [outcome.model_dump_json() for outcome in whole.outcomes]
    asked = len(server.chats)
    assert not list(tmp_path.glob("*.partial"))
    notes = tmp_path / f"run.json.{answers_key(whole.ingredients)}.partial"
    notes.write_text("\n".join((*done[:10], done[10][:40])), encoding="utf-8")
    server.requests.clear()

    assert coach("eval", "run", *args).code == 0

    assert len(server.chats) == asked - 10
    assert [o.key for o in read_run(tmp_path / "run.json").outcomes] == [o.key for o in whole.outcomes]
    assert not list(tmp_path.glob("*.partial"))


def test_notes_of_another_run_are_not_taken_for_this_one(
    coach: RunCoach, evals: Path, tmp_path: Path, server: OpenAIServer
) -> None:
    args = ("--evals", evals, "--model", "openai:fake", "--set", "moments", "-o", tmp_path / "run.json")
    coach("eval", "run", *args)
    whole = read_run(tmp_path / "run.json")
    notes = tmp_path / f"run.json.{answers_key(whole.ingredients)}.partial"
    notes.write_text("\n".join(outcome.model_dump_json() for outcome in whole.outcomes), encoding="utf-8")
    server.requests.clear()

    coach("eval", "run", *args, "--limit", "3")

    assert len(server.chats) == 3
    assert notes.exists(), "the other run can still be continued"


def test_a_case_that_the_model_fails_on_is_not_judged_and_the_run_goes_on(
    coach: RunCoach, evals: Path, tmp_path: Path, server: OpenAIServer
) -> None:
    server.script(refusal(), answer(judge_all_honored))

    ran = coach(
        "eval", "run", "--evals", evals, "--model", "openai:fake", "--set", "moments", "-o", tmp_path / "r.json"
    )

    assert ran.code == 1
    assert "1 not judged: " in ran.err
    scores = read_run(tmp_path / "r.json").scores["moments"]["all"]
    assert scores["failed"].value == 1
    assert scores["answers"].value == 13
    assert scores["coverage"].value == pytest.approx(12 / 13, abs=1e-4)
    assert scores["tokens_out"].value is not None
    assert scores["recall_missed"].value == 0


def test_answers_are_replayed_offline_and_a_changed_prompt_shows_as_missing(
    coach: RunCoach, evals: Path, tmp_path: Path, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    recordings = evals / "recordings" / "fake.jsonl"
    args = ("eval", "run", "--evals", evals, "--set", "moments")
    live = coach(*args, "--model", "openai:fake", "--record", recordings, "-o", tmp_path / "live.json")
    assert live.code == 0
    monkeypatch.delenv("COACH_BASE_URL")
    server.requests.clear()

    assert coach(*args, "--model", "recorded", "-o", tmp_path / "replay.json").code == 0
    assert not server.requests
    before, after = read_run(tmp_path / "live.json"), read_run(tmp_path / "replay.json")
    assert after.ingredients.model == "recorded"
    assert [o.said for o in after.outcomes] == [o.said for o in before.outcomes]
    assert [o.tokens_in for o in after.outcomes] == [o.tokens_in for o in before.outcomes]
    assert after.scores["moments"]["all"]["latency_ms_p50"].value is None, "how fast a replay is says nothing"
    assert before.scores["moments"]["all"]["latency_ms_p50"].value is not None

    path = evals / "sets" / "moments.jsonl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("surely there is something nice", "surely there is a thing"), encoding="utf-8")
    ran = coach(*args, "--model", "recorded", "-o", tmp_path / "stale.json")
    assert ran.code == 0
    assert "2 not judged: no recording for this prompt" in ran.err
    scores = read_run(tmp_path / "stale.json").scores["moments"]["all"]
    assert scores["missing"].value == 2
    assert scores["answers"].value == 11
    assert scores["coverage"].value == 1, "what cannot be replayed is no abstention of the judge"


def test_recording_needs_a_model(coach: RunCoach, evals: Path, tmp_path: Path) -> None:
    ran = coach("eval", "run", "--evals", evals, "--record", tmp_path / "r.jsonl")

    assert ran.code == 2
    assert "the local judge asks no model" in ran.err


def test_a_replay_needs_recordings(coach: RunCoach, evals: Path) -> None:
    ran = coach("eval", "run", "--evals", evals, "--model", "recorded")

    assert ran.code == 2
    assert "no recordings are here" in ran.err


def test_the_gate_passes_a_fresh_baseline_and_fails_a_worse_run(coach: RunCoach, evals: Path, tmp_path: Path) -> None:
    baseline = evals / "baselines" / "local.json"
    coach("eval", "run", "--evals", evals, "-o", baseline)

    passed = coach("eval", "gate", "--evals", evals)
    assert passed.code == 0
    assert "local: passed" in passed.out

    run = read_run(baseline)
    worse = [o.model_copy(update={"said": ()}) if o.key == "moments/id-card" else o for o in run.outcomes]
    scores = run.scores | {"moments": {"all": run.scores["moments"]["all"] | {"macro_f1": _lower(run, 0.05)}}}
    spoiled = run.model_copy(update={"outcomes": tuple(worse), "scores": scores})
    (tmp_path / "worse.json").write_text(spoiled.model_dump_json(), encoding="utf-8")
    failed = coach("eval", "gate", tmp_path / "worse.json", "--evals", evals)

    assert failed.code == 1
    assert re.search(r"moments +all +macro_f1 .*no more than 0.01 below the baseline's", failed.out)
    assert "moments/id-card" in failed.out
    assert "local: FAILED" in failed.out


def _lower(run: RunFile, by: float) -> Any:
    estimate = run.scores["moments"]["all"]["macro_f1"]
    assert estimate.value is not None
    return estimate.model_copy(update={"value": estimate.value - by})


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"prompts": {"judge-call": "0" * 64}}, "prompt judge-call, prompt repair-answer"),
        ({"scorer": "0" * 64}, "scorer"),
        ({"code": "0" * 64}, "code"),
        ({"calibration": "0" * 64}, "calibration"),
        ({"corpora": {"fairwheel": "0" * 64}}, "corpus fairwheel"),
        ({"sets": {"moments": "0" * 64}}, "set moments"),
    ],
)
def test_a_change_without_a_refreshed_baseline_fails(
    coach: RunCoach, evals: Path, tmp_path: Path, part: dict[str, Any], said: str
) -> None:
    baseline = evals / "baselines" / "local.json"
    coach("eval", "run", "--evals", evals, "-o", baseline)
    run = read_run(baseline)
    other = run.model_copy(update={"ingredients": run.ingredients.model_copy(update=part)})
    (tmp_path / "other.json").write_text(other.model_dump_json(), encoding="utf-8")

    ran = coach("eval", "gate", tmp_path / "other.json", "--evals", evals)

    assert ran.code == 1
    assert f"Changed since the baseline was made: {said}." in ran.out
    assert f"refresh the baseline: coach eval run --out {baseline}" in ran.out.replace("\n", " ")


def test_a_run_made_before_something_changed_fails(coach: RunCoach, evals: Path) -> None:
    baseline = evals / "baselines" / "local.json"
    coach("eval", "run", "--evals", evals, "-o", baseline)
    assert coach("eval", "gate", baseline, "--evals", evals).code == 0
    path = evals / "sets" / "moments.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")

    ran = coach("eval", "gate", baseline, "--evals", evals)

    assert ran.code == 1
    assert "The run was made before this changed: set moments. Run again: coach eval run" in ran.out
    assert "Changed since the baseline was made" not in ran.out


def test_a_gate_without_a_baseline_says_how_to_make_one(coach: RunCoach, evals: Path) -> None:
    ran = coach("eval", "gate", "--evals", evals)

    assert ran.code == 2
    assert "local.json" in ran.err
    assert "make one with coach eval run" in ran.err


def test_a_judge_without_a_gate_is_refused(coach: RunCoach, evals: Path, tmp_path: Path) -> None:
    coach("eval", "run", "--evals", evals, "--set", "moments", "-o", tmp_path / "run.json")
    run = read_run(tmp_path / "run.json")
    other = run.model_copy(update={"ingredients": run.ingredients.model_copy(update={"model": "openai:gpt-x"})})
    (tmp_path / "other.json").write_text(other.model_dump_json(), encoding="utf-8")

    ran = coach("eval", "gate", tmp_path / "other.json", "--evals", evals)

    assert ran.code == 2
    assert "there is no gate for openai:gpt-x" in ran.err


def test_two_runs_are_compared_case_by_case(coach: RunCoach, evals: Path, tmp_path: Path, server: OpenAIServer) -> None:
    coach("eval", "run", "--evals", evals, "--set", "moments", "-o", tmp_path / "a.json")
    coach("eval", "run", "--evals", evals, "--set", "moments", "--model", "openai:fake", "-o", tmp_path / "b.json")

    ran = coach("eval", "compare", tmp_path / "a.json", tmp_path / "b.json")

    assert ran.code == 0
    assert re.search(r"^moments +all +13 ", ran.out, re.MULTILINE)
    assert re.search(r"^moments/id-card +no_opportunity +no_opportunity +honored +worse", ran.out, re.MULTILINE)


def test_a_report_is_one_page_that_keeps_the_test_split_to_itself(
    coach: RunCoach, evals: Path, tmp_path: Path, server: OpenAIServer
) -> None:
    args = ("--evals", evals, "--model", "openai:fake", "--set", "moments")
    coach("eval", "run", *args, "-o", tmp_path / "run.json")

    page, asked = tmp_path / "page.html", tmp_path / "asked.html"
    assert coach("eval", "report", tmp_path / "run.json", "--evals", evals, "-o", page).code == 0
    assert coach("eval", "report", tmp_path / "run.json", "--evals", evals, "--split", "all", "-o", asked).code == 0

    train_words, test_words = "no need to look at anything", "Requests take up to ten business days"
    assert train_words in page.read_text(encoding="utf-8")
    assert test_words not in page.read_text(encoding="utf-8")
    assert test_words in asked.read_text(encoding="utf-8")
    markdown = coach("eval", "report", tmp_path / "run.json", "--evals", evals, "--format", "md")
    assert markdown.out.startswith("# How well openai:fake agrees with the labels")
    assert test_words not in markdown.out


def test_missing_packages_are_named(coach: RunCoach, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "krippendorff", None)

    ran = coach("eval", "compare", tmp_path / "a.json", tmp_path / "b.json")

    assert ran.code == 2
    assert "krippendorff not installed" in ran.err
    assert "purpose-coach[eval]" in ran.err


def test_a_file_that_is_no_run_is_refused(coach: RunCoach, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"format": 2}', encoding="utf-8")

    ran = coach("eval", "compare", tmp_path / "run.json", tmp_path / "run.json")

    assert ran.code == 2
    assert "is no run file" in ran.err
