from __future__ import annotations

import re
from pathlib import Path

from coach.settings import sample_corpus
from tests.cli.conftest import RunCoach


def shown(name: str) -> str:
    return name if len(name) <= 36 else re.sub(r"-[^-]*$", "…", name[:35])


def test_the_demo_reviews_every_sample_call_and_shows_one_in_full(coach: RunCoach, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COACH_MODEL=openai:none\nCOACH_CORPUS=nowhere\n")
    ran = coach("demo")
    assert (ran.code, ran.err) == (0, "")
    overview, full = ran.out.split("One of them in full")
    for sample in sample_corpus().glob("*/calls/*[!m][!d]"):
        (line,) = [line for line in overview.splitlines() if line.strip().startswith(f"{shown(sample.stem)} ")]
        assert re.search(r"\d+ of 100 from \d+ moments?|routine: nothing to judge|No score", line)
    assert "Moment 1" in full
    assert "✓ Honored" in full
    assert "coach review" in full
    assert max(map(len, overview.splitlines())) <= 80
