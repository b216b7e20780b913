"""The schemas beside the sets say what the loader takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # its stubs are a package of their own

from coach.evaluation.sets.schema import SCHEMAS, schema_text

EVALS = Path(__file__).resolve().parents[2] / "evals" / "sets"
TINY = Path(__file__).parent / "evals" / "sets"


@pytest.mark.parametrize("name", SCHEMAS)
def test_committed_schemas_are_current(name: str) -> None:
    assert (EVALS / "schema" / name).read_text(encoding="utf-8") == schema_text(SCHEMAS[name]), (
        "write them again: python -c 'from pathlib import Path; from coach.evaluation.sets.schema import "
        'write_schemas; write_schemas(Path("evals/sets/schema"))\''
    )


@pytest.mark.parametrize("path", sorted((*TINY.glob("*.jsonl"), *EVALS.glob("*.jsonl"))), ids=lambda p: p.stem)
def test_lines_fit_their_schema(path: Path) -> None:
    own = EVALS / "schema" / f"{path.stem}.schema.json"
    schema = json.loads((own if own.is_file() else EVALS / "schema" / "variants.schema.json").read_text("utf-8"))
    validator = Draft202012Validator(schema)

    for line in path.read_text(encoding="utf-8").splitlines():
        validator.validate(json.loads(line))
