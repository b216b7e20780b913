"""Reads the eval sets of a folder and refuses wrong ones, every fault with its file and line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from coach.domain.corpus import Corpus
from coach.evaluation.sets.cases import (
    CASE_TYPES,
    CallCase,
    Case,
    MomentCase,
    RetrievalCase,
    SetName,
    SwapCase,
    VariantCase,
    VariantSet,
)
from coach.evaluation.sets.checks import Known, check_lines, company_splits
from coach.evaluation.sets.companies import Companies
from coach.evaluation.sets.lines import EvalSetError, Line, read_lines

SET_NAMES: tuple[SetName, ...] = tuple(CASE_TYPES)
VARIANT_SETS: tuple[VariantSet, ...] = ("attacks", "fairness", "asr")


@dataclass(frozen=True, slots=True)
class EvalSets:
    """Checked cases.

    Attributes:
        hashes: sha256 of each set's file, by set.
        corpora: the companies that the cases name, by id.
    """

    moments: tuple[MomentCase, ...]
    swaps: tuple[SwapCase, ...]
    calls: tuple[CallCase, ...]
    retrieval: tuple[RetrievalCase, ...]
    variants: Mapping[VariantSet, tuple[VariantCase, ...]]
    hashes: Mapping[SetName, str]
    corpora: Mapping[str, Corpus]


@dataclass(frozen=True, slots=True)
class SetsCheck:
    """The outcome of reading: the sets, or everything that is wrong with them."""

    errors: tuple[EvalSetError, ...]
    sets: EvalSets | None


def check_sets(folder: Path, companies: Companies, wanted: Iterable[SetName] | None = None) -> SetsCheck:
    """Read sets and report every fault.

    Args:
        folder: holds `<set>.jsonl` files.
        companies: where the companies are.
        wanted: the sets to read; None for all whose files are there. Variants bring `moments` along.

    Raises:
        CorpusError: the files of a company that a case names are broken.
    """
    names = _needed(folder, wanted)
    faults: list[EvalSetError] = []
    if not names:
        faults.append(EvalSetError(str(folder), "no eval set is here", remedy="point --evals at the folder of evals"))
    lines = {name: read_lines(folder / f"{name}.jsonl", CASE_TYPES[name], faults) for name in names}
    corpora = companies.load(_named(lines))
    # A base whose own line is broken is not missing: one fault, not one for each of its variants.
    moments = (line.record for line in lines.get("moments", ()) if isinstance(line.record, MomentCase))
    bases = None if faults else {case.id: case for case in moments}
    known = Known(corpora, companies.known, bases, company_splits(lines.get("moments", ())))
    for name, found in lines.items():
        faults += check_lines(name, folder / f"{name}.jsonl", found, known)
    if faults:
        return SetsCheck(tuple(sorted(faults, key=lambda fault: _place(fault, folder))), None)
    return SetsCheck((), _sets(folder, lines, corpora))


def _place(fault: EvalSetError, folder: Path) -> tuple[int, int]:
    """Where a fault stands in the order of sets and lines; one about a whole file comes before its lines."""
    files = [str(folder / f"{name}.jsonl") for name in SET_NAMES]
    line = fault.place.removeprefix("line ")
    return files.index(fault.source) if fault.source in files else -1, int(line) if line else 0


def _needed(folder: Path, wanted: Iterable[SetName] | None) -> list[SetName]:
    if wanted is None:
        return [name for name in SET_NAMES if (folder / f"{name}.jsonl").is_file()]
    chosen = set(wanted)
    if chosen & set(VARIANT_SETS):
        chosen.add("moments")
    return [name for name in SET_NAMES if name in chosen]


def _named(lines: Mapping[SetName, Sequence[Line[Case]]]) -> set[str]:
    cases = [line.record for found in lines.values() for line in found]
    sides = {side.company for case in cases if isinstance(case, SwapCase) for side in case.sides}
    return sides | {case.company for case in cases if isinstance(case, MomentCase | CallCase | RetrievalCase)}


def _sets(folder: Path, lines: Mapping[SetName, Sequence[Line[Case]]], corpora: Mapping[str, Corpus]) -> EvalSets:
    def cases(name: SetName) -> tuple[Case, ...]:
        return tuple(line.record for line in lines.get(name, ()))

    return EvalSets(
        moments=cast("tuple[MomentCase, ...]", cases("moments")),
        swaps=cast("tuple[SwapCase, ...]", cases("swaps")),
        calls=cast("tuple[CallCase, ...]", cases("calls")),
        retrieval=cast("tuple[RetrievalCase, ...]", cases("retrieval")),
        variants={name: cast("tuple[VariantCase, ...]", cases(name)) for name in VARIANT_SETS},
        hashes={name: hashlib.sha256((folder / f"{name}.jsonl").read_bytes()).hexdigest() for name in lines},
        corpora=corpora,
    )
