"""What no single record can tell: whether the parts of a corpus fit one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from coach.domain.corpus import Exemplar, Purpose
from coach.retrieval.corpus.faults import Faults

# Clause ids of guardrails start with this word, so that a principle of that name could not be told from them.
RESERVED_PRINCIPLE_ID = "guardrail"
# Beyond this ratio one side's nearest exemplar is nearer merely because there are more of them.
IMBALANCE = 2


def check_purpose(purpose: Purpose, path: Path, faults: Faults) -> None:
    """Ids must be unique within their list, and the company's id must be its folder's name."""
    if purpose.id != path.parent.name:
        remedy = "make them equal"
        faults.error(path, f"'{purpose.id}' is not the folder's name '{path.parent.name}'", place="id", remedy=remedy)
    _check_unique("principles", [p.id for p in purpose.principles], path, faults)
    _check_unique("guardrails", [g.id for g in purpose.guardrails], path, faults)
    _check_unique("kpis", [k.id for k in purpose.kpis], path, faults)
    for n, principle in enumerate(purpose.principles):
        if principle.id == RESERVED_PRINCIPLE_ID:
            place = f"principles[{n}].id"
            faults.error(path, f"'{RESERVED_PRINCIPLE_ID}' is reserved", place=place, remedy="choose another id")


def check_exemplars(found: Sequence[tuple[Path, Exemplar]], purpose: Purpose | None, faults: Faults) -> None:
    """Ids must be unique and equal to the file's name, and principles must exist.

    Args:
        found: every exemplar that could be read, with its file.
        purpose: what principles are looked up in; None skips that check, its own faults being told already.
        faults: receives what is wrong.
    """
    first: dict[str, Path] = {}
    for path, exemplar in found:
        if exemplar.id in first:
            other = first[exemplar.id].name
            faults.error(path, f"'{exemplar.id}' is also the id of {other}", place="id", remedy="give each its own")
        elif exemplar.id != path.stem:
            faults.error(path, f"'{exemplar.id}' is not the file's name", place="id", remedy=f"use '{path.stem}'")
        first.setdefault(exemplar.id, path)
        if purpose is not None:
            _check_principles(exemplar, path, [p.id for p in purpose.principles], faults)


def warn_of_gaps(folder: Path, purpose: Purpose, exemplars: Iterable[Exemplar], faults: Faults) -> None:
    """Warns where approved exemplars are too few or too one-sided to judge by."""
    approved = [exemplar for exemplar in exemplars if exemplar.status == "approved"]
    place = folder / "exemplars"
    counts = Counter(exemplar.verdict for exemplar in approved)
    fewer, more = sorted((counts["honored"], counts["missed"]))
    if more > IMBALANCE * fewer:
        reason = f"{counts['honored']} honored exemplars stand against {counts['missed']} missed ones"
        faults.warn(place, reason, remedy="add to the smaller side")
    for principle in purpose.principles:
        shown = {exemplar.verdict for exemplar in approved if principle.id in exemplar.principles}
        if not shown:
            faults.warn(place, f"no exemplar shows the principle '{principle.id}'", remedy="add one")
        elif "mixed" not in shown and len(shown) == 1:
            absent = "missed" if "honored" in shown else "honored"
            faults.warn(place, f"no {absent} exemplar shows the principle '{principle.id}'", remedy="add one")
    for exemplar in approved:
        if not exemplar.spoken_by("agent"):
            path = place / f"{exemplar.id}.yaml"
            faults.warn(path, "no turn is the agent's", place="turns", remedy="show what the agent said")


def _check_unique(name: str, ids: Sequence[str], path: Path, faults: Faults) -> None:
    for n, own in enumerate(ids):
        if own in ids[:n]:
            reason = f"'{own}' is also the id of {name}[{ids.index(own)}]"
            faults.error(path, reason, place=f"{name}[{n}].id", remedy="give each its own")


def _check_principles(exemplar: Exemplar, path: Path, known: Sequence[str], faults: Faults) -> None:
    for n, principle in enumerate(exemplar.principles):
        if principle not in known:
            remedy = f"the purpose has: {', '.join(known)}"
            faults.error(path, f"unknown principle '{principle}'", place=f"principles[{n}]", remedy=remedy)
