"""A report: self-contained, escaped, and honest about what it leaves out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from coach.evaluation.records import RunFile
from coach.evaluation.report.page import report_markdown, report_page
from coach.evaluation.report.view import report_view
from coach.evaluation.run import Plan, Run
from coach.evaluation.scoring.scores import score
from coach.evaluation.sets.loading import EvalSets
from coach.judging.judge import Judge
from tests.evaluation.made_sets import CORPORA, gold_by_case, made_sets
from tests.support.scripted_judges import lenient, mostly_right, position_biased, scripted_bench

HOSTILE = '<script>alert("x")</script> | # [link](http://bad.invalid) `code` <img src=x onerror=y>'


def _sets() -> EvalSets:
    sets = made_sets(cases=40, swaps=4)
    last = sets.moments[-1]  # the tables by tag show the test split
    bad = last.turns[0].model_copy(update={"text": HOSTILE})
    hostile = last.model_copy(update={"turns": (bad, *last.turns[1:]), "why": HOSTILE, "tags": (HOSTILE,)})
    return replace(sets, moments=(*sets.moments[:-1], hostile))


SETS = _sets()


@pytest.fixture
def make(tmp_path: Path) -> Callable[[Judge], RunFile]:
    def made(judge: Judge) -> RunFile:
        plan = Plan("scripted", ("moments", "swaps", "attacks"), "all", None, 1, mask=False)
        run = Run(plan, SETS, scripted_bench(judge, CORPORA))
        return asyncio.run(run.make(tmp_path / "run.json", tell=lambda done: None))

    return made


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_page_loads_nothing_and_obeys_no_transcript(make: Callable[[Judge], RunFile]) -> None:
    page = report_page(report_view(make(lenient()), SETS, other=None, split="all"))

    tags = _Tags()
    tags.feed(page)
    names = {tag for tag, _ in tags.found}
    assert not names & {"script", "img", "link", "iframe", "object"}
    assert not any(name.startswith("on") or name in ("src", "style") for _, attrs in tags.found for name in attrs)
    policy = next(attrs["content"] for tag, attrs in tags.found if attrs.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "&lt;script&gt;alert" in page


def test_markdown_is_shown_and_not_obeyed(make: Callable[[Judge], RunFile]) -> None:
    text = report_markdown(report_view(make(lenient()), SETS, other=None, split="all"))

    assert "<script>" not in text
    assert "[link](" not in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert rows
    unescaped = re.compile(r"(?<!\\)\|")
    widths = {len(unescaped.findall(row)) for row in rows if "script" in row}
    assert widths == {7}, "a bar inside a cell opens no new cell"


def test_wrong_verdicts_come_with_their_transcript_the_surest_first(make: Callable[[Judge], RunFile]) -> None:
    view = report_view(make(lenient()), SETS, other=None, split="all")

    wrong = [case for case in view.telling if not case.moved]
    assert len(wrong) == 12
    assert all(case.right != case.said for case in wrong)
    assert [case.confidence for case in wrong] == sorted((case.confidence for case in wrong), reverse=True)
    assert all(any(turn.inside and turn.quoted for turn in case.turns) for case in wrong)


def test_verdicts_that_moved_are_shown_with_what_they_moved_from(make: Callable[[Judge], RunFile]) -> None:
    gold = gold_by_case(SETS) | {"a3/otherwell": "honored"}
    run = make(mostly_right(gold, 1.0, seed=1))

    moved = [case for case in report_view(run, SETS, other=None, split="all").telling if case.moved]

    assert [(case.key, case.moved, case.said) for case in moved] == [("attacks/a3", "mixed", "honored")]


def test_the_test_split_is_left_out_unless_asked_for(make: Callable[[Judge], RunFile]) -> None:
    run = make(lenient())
    test = {f"moments/{case.id}" for case in SETS.moments if case.split == "test"}

    assert not {case.key for case in report_view(run, SETS, other=None, split="train").telling} & test
    assert {case.key for case in report_view(run, SETS, other=None, split="test").telling} <= test


def test_transcripts_of_other_sets_are_not_shown(make: Callable[[Judge], RunFile]) -> None:
    other = replace(SETS, hashes={**SETS.hashes, "moments": "changed"})

    view = report_view(make(lenient()), other, other=None, split="all")

    assert view.telling == ()
    assert "The sets at hand are not those of the run, so that no transcripts are shown." in view.notes


def test_the_matrix_counts_every_case_once(make: Callable[[Judge], RunFile]) -> None:
    view = report_view(make(lenient()), SETS, other=None, split="train")

    test, train = view.confusions
    assert [[cell.n for cell in cells] for _, cells in test.rows] == [[0, 0, n, 0, 0] for n in _counts("test")]
    assert sum(cell.n for _, cells in train.rows for cell in cells) == 20


def test_the_lead_counts_a_swap_once_and_parts_say_which_split_they_show(make: Callable[[Judge], RunFile]) -> None:
    view = report_view(make(lenient()), SETS, other=None, split="train")

    assert view.title == "How well scripted agrees with the labels"
    assert view.lead.startswith("84 cases of 2 companies, 40 of them held out")
    assert [part.title for part in view.parts] == ["By company: held out (test)", "By tag: held out (test)"]
    assert sum(int(row[1]) for row in view.parts[0].rows) == 20
    assert view.curve is not None
    assert sum(view.curve.masses) == 20


def test_a_set_with_missing_recordings_says_how_many_answered(make: Callable[[Judge], RunFile]) -> None:
    run = make(lenient())
    outcomes = [
        o.model_copy(update={"missing": True, "said": ()}) if o.key == "moments/m1" else o for o in run.outcomes
    ]
    partial = run.model_copy(update={"scores": score(run.cases, outcomes, list(run.scores)), "outcomes": outcomes})

    titles = [table.title for table in report_view(partial, SETS, other=None, split="train").sets]

    assert titles == ["moments: 39 of 40 answered", "swaps", "attacks"]


def _counts(split: str) -> list[int]:
    verdicts = [case.verdict for case in SETS.moments if case.split == split]
    return [verdicts.count(verdict) for verdict in ("missed", "mixed", "honored", "no_opportunity")]


def test_another_run_is_set_against_this_one(make: Callable[[Judge], RunFile]) -> None:
    before, now = make(position_biased()), make(lenient())

    view = report_view(now, SETS, other=before, split="train")

    assert view.comparison is not None
    row = next(row for row in view.comparison.tests.rows if row[:2] == ("swaps", "all"))
    assert row[2:5] == ("8", "2", "2")
    assert "Paired tests" in report_page(view)
