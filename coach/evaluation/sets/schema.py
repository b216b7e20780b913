"""JSON Schemas of the eval sets' lines, made from the types that read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from coach.evaluation.sets.cases import CallCase, MomentCase, RetrievalCase, SwapCase, VariantCase

SCHEMAS: dict[str, type[BaseModel]] = {
    "moments.schema.json": MomentCase,
    "swaps.schema.json": SwapCase,
    "calls.schema.json": CallCase,
    "retrieval.schema.json": RetrievalCase,
    "variants.schema.json": VariantCase,
}
"""One file each; attacks, fairness and asr share that of variants."""


def schema_text(case: type[BaseModel]) -> str:
    """The schema of one line, as it is written to its file."""
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **case.model_json_schema(),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> None:
    """Write all schemas into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, case in SCHEMAS.items():
        (folder / name).write_text(schema_text(case), encoding="utf-8")
