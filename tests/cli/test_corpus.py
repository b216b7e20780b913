from __future__ import annotations

import shutil
from pathlib import Path

from coach.settings import sample_corpus
from tests.cli.conftest import RunCoach

COMPANIES = ("fairwheel", "harborcare", "sunnybox")


def test_the_sample_companies_have_no_fault(coach: RunCoach) -> None:
    ran = coach("corpus", "check")
    assert ran.code == 0
    assert [line.split(":")[0] for line in ran.out.splitlines()] == [f"✓ {name}" for name in COMPANIES]


def test_every_fault_of_a_broken_corpus_is_told_and_the_rest_still_checked(coach: RunCoach, tmp_path: Path) -> None:
    root = tmp_path / "corpus"
    for name in ("fairwheel", "sunnybox"):
        shutil.copytree(sample_corpus() / name, root / name)
    first, second = sorted((root / "fairwheel" / "exemplars").glob("*.yaml"))[:2]
    first.write_text("id: [broken")
    second.write_text(second.read_text(encoding="utf-8").replace("verdict:", "verdikt:"), encoding="utf-8")
    ran = coach("corpus", "check", "--corpus", root)
    assert ran.code == 1
    assert str(first) in ran.err
    assert str(second) in ran.err
    assert "✗ fairwheel:" in ran.out
    assert "✓ sunnybox:" in ran.out


def test_an_unknown_company_or_corpus_exits_2_with_one_line(coach: RunCoach, tmp_path: Path) -> None:
    for args in (("check", "nobody"), ("show", "nobody"), ("check", "--corpus", tmp_path / "nowhere")):
        ran = coach("corpus", *args)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.count("\n") == 1
    assert "fairwheel" in coach("corpus", "show", "nobody").err


def test_show_lists_companies_and_then_all_that_can_be_cited_of_one(coach: RunCoach) -> None:
    overview = coach("corpus", "show")
    assert overview.code == 0
    assert all(f"{name} · " in overview.out for name in COMPANIES)
    shown = coach("corpus", "show", "fairwheel").out
    folder = sample_corpus() / "fairwheel"
    for exemplar in (folder / "exemplars").glob("*.yaml"):
        assert f"[{exemplar.stem}]" in shown
    assert "/honored/1]" in shown
    assert "[guardrail/" in shown
    assert max(map(len, shown.splitlines())) <= 80
