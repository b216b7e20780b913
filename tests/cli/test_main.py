from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import coach as package
from tests.cli.conftest import RunCoach

HEAVY = ("chromadb", "langchain", "langchain_core", "numpy", "onnxruntime", "openai", "pydantic", "rich", "tokenizers")


def test_help_names_every_command(coach: RunCoach) -> None:
    ran = coach("--help")
    assert ran.code == 0
    for command in ("review", "demo", "corpus", "settings"):
        assert f"\n  {command}" in ran.out


def test_help_loads_nothing_heavy() -> None:
    probe = (
        "import sys\nfrom coach.cli.main import app\n"
        "try:\n app(['--help'])\nexcept SystemExit:\n pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert ended.stderr.strip() == "[]"


def test_version(coach: RunCoach) -> None:
    assert coach("--version").out == f"purpose-coach {package.__version__}\n"


@pytest.mark.parametrize(
    "args",
    [("--nope",), ("nope",), ("review",), ("review", "x", "--format", "pdf"), ("corpus", "nope")],
)
def test_wrong_usage_exits_2(coach: RunCoach, args: tuple[str, ...]) -> None:
    ran = coach(*args)
    assert ran.code == 2
    assert ran.out == ""
    assert "Error" in ran.err


def test_a_wrong_setting_is_one_line_and_exits_2(coach: RunCoach, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_CONCURRENCY", "many")
    ran = coach("settings")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("coach: COACH_CONCURRENCY: ")
    assert ran.err.count("\n") == 1


def test_settings_shows_what_is_in_force_and_hides_secrets(coach: RunCoach, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_DATABASE_URL", "postgresql://coach:hunter2@db/coach")
    monkeypatch.setenv("OPENAI_API_KEY", "hunter2")
    monkeypatch.setenv("COACH_MODLE", "hunter2")
    ran = coach("settings")
    assert ran.code == 0
    rows = {line.split()[0]: line.split()[1:] for line in ran.out.splitlines() if line}
    assert rows["COACH_DATABASE_URL"][0] == "postgresql://coach:***@db/coach"
    assert rows["OPENAI_API_KEY"] == ["set", "environment"]
    assert rows["COACH_MODEL"] == ["local", "default"]
    assert "COACH_MODLE is set, but there is no such setting" in ran.out
    assert "hunter2" not in ran.out + ran.err


def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    command = f"{sys.executable} -m coach.cli.main corpus show | true"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in ended.stderr
    assert "BrokenPipe" not in ended.stderr
