from __future__ import annotations

import csv

import pytest

from coach.domain.transcript import Transcript
from tests.transcripts.reading import one, read_all, said, times


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_separators(mark: str) -> None:
    rows = [["Speaker", "Text"], ["Agent", '"Hi, you; there"'], ["Customer", '"two\nlines"']]

    assert said(one("\n".join(mark.join(row) for row in rows))) == [
        ("agent", "Hi, you; there"),
        ("customer", "two\nlines"),
    ]


def test_the_separator_line_of_excel() -> None:
    assert len(one("sep=;\nrole;message\nagent;Hi.\ncustomer;Hello.\n").turns) == 2


def test_several_calls_by_their_id() -> None:
    text = "call_id,speaker,text\nb,agent,One.\na,agent,Two.\nb,customer,Three.\n"

    items = read_all(text)

    assert [item.call_id for item in items if isinstance(item, Transcript)] == ["b", "a"]
    assert isinstance(items[0], Transcript)
    assert said(items[0]) == [("agent", "One."), ("customer", "Three.")]


@pytest.mark.parametrize(
    ("heading", "cell", "expected"),
    [
        ("start_ms", "1500", 1500),
        ("start_s", "1.5", 1500),
        ("start_s", "2", 2000),
        ("start", "1.5", 1500),
        ("start", "0:12", 12000),
        ("start_time", "01:02:03.5", 3_723_500),
        ("start", "0:07.25", 7250),
        ("start", "0:nan", None),
        ("start", "0:75", None),
        ("start", "12", None),
        ("start_s", "-3", None),
        ("start_s", "nan", None),
        ("start_s", "", None),
    ],
)
def test_times_only_where_the_unit_is_known(heading: str, cell: str, expected: int | None) -> None:
    assert times(one(f"speaker,{heading},text\nagent,{cell},Hi.\ncustomer,,Hello.\n"))[0][0] == expected


def test_the_tables_own_turn_numbers() -> None:
    assert [turn.index for turn in one("turn,speaker,text\n4,agent,Hi.\n7,customer,Hello.\n").turns] == [4, 7]


def test_short_rows_and_empty_rows_are_survived() -> None:
    assert said(one("speaker,text\nagent\n,\n\nagent,Hi.\n,who?\n")) == [("agent", "Hi."), ("unknown", "who?")]


def test_the_field_limit_of_the_csv_module_is_put_back() -> None:
    before = csv.field_size_limit()

    one(f"speaker,text\nagent,{'a' * 200_000}\n")

    assert csv.field_size_limit() == before


def test_the_rule_of_a_markdown_table_is_nobodys_turn() -> None:
    transcript = one("| Speaker | Text |\n|:---|---:|\n| Agent | Hi there. |\n| Customer | Hello. |\n")

    assert said(transcript) == [("agent", "Hi there."), ("customer", "Hello.")]
    assert transcript.flags == ()
