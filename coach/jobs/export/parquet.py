"""Parquet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coach.jobs.export.files import beside, whole_file
from coach.jobs.export.rows import CALLS, MOMENTS, Cell, Kind, call_row, moment_rows
from coach.store import Batch, Store

ROWS_AT_ONCE = 2000


def write_parquet(store: Store, batch: Batch, target: Path) -> list[Path]:
    """Two files with typed columns."""
    calls, moments = beside(target, "calls"), beside(target, "moments")
    with (
        whole_file(calls) as calls_part,
        whole_file(moments) as moments_part,
        _Table(calls_part, CALLS) as of_calls,
        _Table(moments_part, MOMENTS) as of_moments,
    ):
        for result in store.items.results(batch.id):
            of_calls.add(call_row(result))
            for moment in moment_rows(result):
                of_moments.add(moment)
    return [calls, moments]


class _Table:
    """A Parquet file that is written a group of rows at a time."""

    def __init__(self, path: Path, columns: Mapping[str, Kind]) -> None:
        import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # as above

        kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
        self._schema: Any = pa.schema([(name, kinds[kind]) for name, kind in columns.items()])
        self._writer: Any = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._waiting: list[dict[str, Cell]] = []

    def add(self, row: dict[str, Cell]) -> None:
        self._waiting.append(row)
        if len(self._waiting) >= ROWS_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        self._writer.write_table(pa.Table.from_pylist(self._waiting, schema=self._schema))
        self._waiting = []

    def __enter__(self) -> _Table:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._writer.close()
