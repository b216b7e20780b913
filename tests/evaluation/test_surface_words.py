"""The script that holds that words alone do not give labels away."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

SETS = Path(__file__).resolve().parents[2] / "evals" / "sets"

Main = Callable[[Path], int]


@pytest.fixture(scope="module")
def main() -> Main:
    found: Main = runpy.run_path(str(SETS / "check_surface_words.py"))["main"]
    return found


def write(path: Path, words: Callable[[str, int], str]) -> Path:
    verdicts = ("honored", "missed", "mixed", "no_opportunity")
    cases = [
        {
            "verdict": verdicts[n % 4],
            "group": f"g{n // 4}",
            "turns": [
                {"index": 0, "speaker": "customer", "text": "Hello there."},
                {"index": 1, "speaker": "agent", "text": words(verdicts[n % 4], n)},
            ],
        }
        for n in range(80)
    ]
    path.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    return path


def test_labels_that_words_give_away_are_found(main: Main, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "moments.jsonl", lambda verdict, n: f"It was {verdict} thing number {n}.")

    assert main(path) == 1
    assert "macro-F1 1.000  word counts, the agent's words" in capsys.readouterr().out


def test_labels_that_words_do_not_give_away_pass(
    main: Main, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "moments.jsonl", lambda verdict, n: f"It was thing number {n // 4}.")

    assert main(path) == 0
    assert "80 cases in 20 groups: 20 honored, 20 missed, 20 mixed, 20 no_opportunity" in capsys.readouterr().out


def test_the_words_of_the_committed_moments_do_not_give_their_labels_away(main: Main) -> None:
    assert main(SETS / "moments.jsonl") == 0
