"""Run files: one JSON document a run, and beside it the notes of a run that is not finished yet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from coach.evaluation.records import Outcome, RunFile
from coach.evaluation.sets.lines import EvalSetError


def write_run(path: Path, run: RunFile) -> None:
    """Write a run, whole or not at all. Cases and outcomes stand one a line, so that a diff shows what changed."""
    head = run.model_dump(mode="json", exclude={"cases", "outcomes"})
    parts = [f"{json.dumps(key)}: {json.dumps(value, indent=1)}" for key, value in head.items()]
    for name, records in (("cases", run.cases), ("outcomes", run.outcomes)):
        rows = ",\n".join(record.model_dump_json(exclude_defaults=True) for record in records)
        parts.append(f'"{name}": [\n{rows}\n]')
    unfinished = path.with_name(f"{path.name}.tmp")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")
    unfinished.replace(path)


def read_run(path: Path) -> RunFile:
    """Read a run.

    Raises:
        EvalSetError: the file cannot be read or is no run file.
    """
    try:
        return RunFile.model_validate_json(path.read_bytes())
    except OSError as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else (error.strerror or "unreadable").lower()
        raise EvalSetError(str(path), f"cannot be read: {reason}", remedy="make one with coach eval run") from None
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise EvalSetError(
            str(path), f"is no run file: {fault['msg'].lower()}", place=place, remedy="make it again"
        ) from None


class Notes:
    """The outcomes of a run that goes on, kept as they come, so that a run that was cut off can be continued.

    Args:
        path: the run file; the notes lie beside it.
        key: names what the answers are made from; notes under another key are another run's and stay as they are.
    """

    def __init__(self, path: Path, key: str) -> None:
        self._path = path.with_name(f"{path.name}.{key}.partial")

    def resume(self) -> list[Outcome]:
        """The outcomes that need not be asked for again; those that ended in an error are not among them."""
        found = list(self._read())
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Written anew: after a run that was cut off in the middle of a line, the next line would be lost too.
        self._path.write_text("".join(f"{outcome.model_dump_json()}\n" for outcome in found), encoding="utf-8")
        return found

    def add(self, outcome: Outcome) -> None:
        """Keep one more."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{outcome.model_dump_json()}\n")

    def drop(self) -> None:
        """The run is finished."""
        self._path.unlink(missing_ok=True)

    def _read(self) -> Iterator[Outcome]:
        if not self._path.is_file():
            return
        for line in self._path.read_text(encoding="utf-8").split("\n"):
            try:
                outcome = Outcome.model_validate_json(line)
            except ValidationError:
                continue  # the line that was being written when the run was cut off
            if not outcome.error:
                yield outcome
