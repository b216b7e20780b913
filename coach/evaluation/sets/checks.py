"""What must hold of a case beyond its own fields: its turns, its company, its ids, and its place among the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from coach.domain.corpus import Corpus
from coach.evaluation.sets.cases import CallCase, Case, MomentCase, RetrievalCase, Split, SwapCase, VariantCase
from coach.evaluation.sets.lines import EvalSetError, Line


def check_lines(
    path: Path,
    lines: Sequence[Line[Case]],
    bases: Mapping[str, MomentCase] | None,
    corpora: Mapping[str, Corpus],
    known: Sequence[str],
) -> Iterator[EvalSetError]:
    """Every fault of one set, in the order of its lines.

    Args:
        path: named in the faults.
        lines: the records of the set.
        bases: the cases of `moments` by id, which variants refer to; None if they are not all known.
        corpora: the companies that the cases name, as far as they are known.
        known: ids of all companies there are, for the remedy.
    """
    first_at: dict[str, int] = {}
    groups: dict[str, tuple[int, Split]] = {}
    for number, case in lines:
        faults = list(_faults_of(case, corpora, known, bases))
        if case.id in first_at:
            faults.append(f"the id {case.id} is taken by line {first_at[case.id]}")
        first_at.setdefault(case.id, number)
        if isinstance(case, MomentCase):
            other, split = groups.setdefault(case.group, (number, case.split))
            if split != case.split:
                faults.append(f"the group {case.group} is in the {split} split in line {other}, here in {case.split}")
        yield from (EvalSetError(str(path), fault, place=f"line {number}") for fault in faults)


def _faults_of(
    case: Case, corpora: Mapping[str, Corpus], known: Sequence[str], bases: Mapping[str, MomentCase] | None
) -> Iterator[str]:
    if isinstance(case, SwapCase):
        yield from _swap_faults(case, corpora, known)
    elif isinstance(case, VariantCase):
        yield from () if bases is None else _variant_faults(case, bases)
    elif case.company not in corpora:
        yield _unknown(case.company, known)
    else:
        yield from _id_faults(case, corpora[case.company])
    if isinstance(case, CallCase):
        yield from _call_faults(case)
    else:
        yield from _span_faults(case, case.moment)
    if isinstance(case, MomentCase):
        yield from _evidence_faults(case)


def _unknown(company: str, known: Sequence[str]) -> str:
    return f"no company '{company}'; there are {', '.join(known) or 'none'}"


def _id_faults(case: MomentCase | CallCase | RetrievalCase, corpus: Corpus) -> Iterator[str]:
    if isinstance(case, CallCase):
        return
    for clause in case.clauses:
        if clause not in corpus.purpose.clause_by_id:
            yield f"{case.company} has no clause '{clause}'"
    for exemplar in case.exemplars if isinstance(case, RetrievalCase) else ():
        if exemplar not in corpus.exemplar_by_id:
            yield f"{case.company} has no exemplar '{exemplar}'"


def _swap_faults(case: SwapCase, corpora: Mapping[str, Corpus], known: Sequence[str]) -> Iterator[str]:
    one, other = case.sides
    for side in case.sides:
        if side.company not in corpora:
            yield _unknown(side.company, known)
    if one.company == other.company:
        yield f"both sides are {one.company}"
    if one.verdict == other.verdict:
        yield f"both sides are {one.verdict}: a swap needs two right verdicts that differ"
    for label in case.labels:
        if set(label.verdicts) != {one.company, other.company}:
            yield f"the label by {label.by} is not about the two companies of the sides"


def _variant_faults(case: VariantCase, bases: Mapping[str, MomentCase]) -> Iterator[str]:
    base = bases.get(case.base)
    if base is None:
        yield f"no case '{case.base}' in moments"
    elif base.split != case.split:
        yield f"the base is in the {base.split} split, this in {case.split}"


def _span_faults(case: Case, span: tuple[int, int]) -> Iterator[str]:
    for turn in dict.fromkeys(span):
        if turn not in case.transcript.by_index:
            yield f"turn {turn} is out of range: the turns are {case.turns[0].index} to {case.turns[-1].index}"


def _call_faults(case: CallCase) -> Iterator[str]:
    end = -1
    for moment in case.moments:
        yield from _span_faults(case, moment.turns)
        if moment.turns[0] <= end:
            yield f"the moment at turns {list(moment.turns)} overlaps with one before it, or is out of order"
        end = max(end, moment.turns[1])


def _evidence_faults(case: MomentCase) -> Iterator[str]:
    first, last = case.moment
    for turn in case.evidence_turns:
        said = case.transcript.by_index.get(turn)
        if said is None or not first <= turn <= last:
            yield f"evidence turn {turn} lies outside the moment's turns {first} to {last}"
        elif said.speaker != "agent":
            yield f"evidence turn {turn} was spoken by the {said.speaker}, not by the agent"
