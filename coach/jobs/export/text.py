"""CSV and JSONL."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from coach.jobs.export.files import beside, harmless, whole_file
from coach.jobs.export.rows import CALLS, MOMENTS, call_row, moment_rows
from coach.store import Batch, Store


def write_csv(store: Store, batch: Batch, target: Path) -> list[Path]:
    """UTF-8 with a mark, so that spreadsheets read it as such; every cell is safe to open."""
    calls, moments = beside(target, "calls"), beside(target, "moments")
    with (
        whole_file(calls) as calls_part,
        whole_file(moments) as moments_part,
        calls_part.open("w", encoding="utf-8-sig", newline="") as calls_file,
        moments_part.open("w", encoding="utf-8-sig", newline="") as moments_file,
    ):
        of_calls, of_moments = csv.writer(calls_file), csv.writer(moments_file)
        of_calls.writerow(CALLS)
        of_moments.writerow(MOMENTS)
        for result in store.items.results(batch.id):
            row = call_row(result)
            of_calls.writerow([harmless(row[name]) for name in CALLS])
            of_moments.writerows([harmless(moment[name]) for name in MOMENTS] for moment in moment_rows(result))
    return [calls, moments]


def write_jsonl(store: Store, batch: Batch, target: Path) -> list[Path]:
    """One object a line, in UTF-8, with the columns as keys."""
    calls, moments = beside(target, "calls"), beside(target, "moments")
    with (
        whole_file(calls) as calls_part,
        whole_file(moments) as moments_part,
        calls_part.open("w", encoding="utf-8", newline="\n") as calls_file,
        moments_part.open("w", encoding="utf-8", newline="\n") as moments_file,
    ):
        for result in store.items.results(batch.id):
            calls_file.write(f"{json.dumps(call_row(result), ensure_ascii=False)}\n")
            for moment in moment_rows(result):
                moments_file.write(f"{json.dumps(moment, ensure_ascii=False)}\n")
    return [calls, moments]
