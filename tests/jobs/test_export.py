"""What is written can be opened: by a spreadsheet without running anything, by a program with its types."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]  # it ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it ships no types
import pytest

from coach.domain.transcript import Transcript
from coach.errors import SettingsError
from coach.jobs.export import Format, write_export
from coach.store import Batch, BatchRecipe, NewItem, Outcome, Store, open_store
from tests.support.sample_review import FULL, transcript

EVIL = ("=HYPERLINK(0)", "+1", "-1+2", "@SUM(A1)", "\t=1", " =1", "＝1", "<script>alert(1)</script>")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(None, tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def batch(store: Store) -> Batch:
    """A batch of one review for each evil text, in all its places, and one failure."""
    recipe = BatchRecipe(
        sources=("calls",), company="larkbus", model="m", embeddings="local", mask=True, slice_size=4, fingerprint="f"
    )
    store.batches.add("b-1", recipe, None)
    for number, text in enumerate(EVIL):
        key = f"{number:064}"
        call: Transcript = transcript(call_id=text).model_copy(update={"agent_ref": text})
        store.items.add("b-1", [NewItem(text, 0, True, text, call, key)])
        feedback = FULL.moments[1].feedback.model_copy(update={"observation": text})
        moment = FULL.moments[1].model_copy(update={"feedback": feedback})
        review = FULL.model_copy(update={"summary": text, "call_id": text, "moments": (moment, *FULL.moments[2:])})
        store.items.record("b-1", [Outcome(number, key, review)])
    store.items.add("b-1", [NewItem("x.json", 0, True, None, None, None, "is empty")])
    found = store.batches.get("b-1")
    assert found is not None
    return found


def written(store: Store, batch: Batch, fmt: Format, folder: Path) -> list[Path]:
    return write_export(store, batch, fmt, folder / f"out.{fmt}")


def test_no_cell_of_csv_is_a_formula(store: Store, batch: Batch, tmp_path: Path) -> None:
    calls, moments = written(store, batch, "csv", tmp_path)
    for path, count in ((calls, 9), (moments, 8 * 3)):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == count
        for row in rows:
            assert not [cell for cell in row.values() if cell.lstrip(" \t\r\n")[:1] in tuple("=+-@＝")]
    assert "'=HYPERLINK(0)" in calls.read_text("utf-8-sig")


def test_no_cell_of_xlsx_is_a_formula(store: Store, batch: Batch, tmp_path: Path) -> None:
    (path,) = written(store, batch, "xlsx", tmp_path)
    book = openpyxl.load_workbook(path)
    assert [sheet.max_row for sheet in book] == [10, 25]
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not str(cell.value or "").lstrip().startswith(("=", "+", "@", "＝"))
    assert isinstance(book["Calls"]["E2"].value, float), "a score is a number"
    book.close()


def test_programs_get_the_text_as_it_is_and_types(store: Store, batch: Batch, tmp_path: Path) -> None:
    calls, moments = written(store, batch, "jsonl", tmp_path)
    rows = [json.loads(line) for line in calls.read_text().splitlines()]
    assert [row["summary"] for row in rows] == [*EVIL, None]
    assert (rows[-1]["status"], rows[-1]["reason"], rows[-1]["score"]) == ("failed", "is empty", None)
    parquet_calls, parquet_moments = written(store, batch, "parquet", tmp_path)
    assert pq.read_table(parquet_calls).to_pylist() == rows
    assert pq.read_table(parquet_moments).to_pylist() == [json.loads(line) for line in moments.read_text().splitlines()]


class Page(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_report_runs_nothing_loads_nothing_and_counts(store: Store, batch: Batch, tmp_path: Path) -> None:
    (path,) = written(store, batch, "html", tmp_path)
    page = Page()
    page.feed(path.read_text())
    words = " ".join(" ".join(page.text).split())
    assert "script" not in page.tags
    assert not [value for name, value in page.attributes if name in ("src", "href") and value and value[0] != "#"]
    assert "<script>alert(1)</script>" in words, "shown as the text it is"
    assert "8 of 8 judged calls have a score" in words
    assert "is empty" in words
    assert "1 of 9 calls have no review" in words


def test_a_failed_export_leaves_nothing_behind(store: Store, batch: Batch, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such folder"):
        write_export(store, batch, "csv", tmp_path / "nowhere" / "out.csv")
    (tmp_path / "out-calls.csv").mkdir()
    with pytest.raises(SettingsError, match="cannot be written"):
        written(store, batch, "csv", tmp_path)
    assert not list(tmp_path.glob(".*part"))
