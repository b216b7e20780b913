"""What must hold of a case beyond its own fields: its turns, its company, its ids, and its place among the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coach.domain.corpus import Corpus
from coach.evaluation.sets.cases import (
    KINDS,
    CallCase,
    Case,
    MomentCase,
    RetrievalCase,
    SetName,
    Split,
    SwapCase,
    VariantCase,
)
from coach.evaluation.sets.lines import EvalSetError, Line

MIN_READERS = 2


@dataclass(frozen=True, slots=True)
class Known:
    """What the cases of a set are held against.

    Attributes:
        corpora: the companies that the cases name, as far as they are known.
        companies: ids of all companies there are, for the remedy.
        bases: the cases of `moments` by id, which variants refer to; None if they are not all known.
        splits: from `company_splits`.
    """

    corpora: Mapping[str, Corpus]
    companies: Sequence[str]
    bases: Mapping[str, MomentCase] | None
    splits: Mapping[str, Split]


def company_splits(moments: Sequence[Line[Case]]) -> dict[str, Split]:
    """For each company the split that most of its moments are in, so that one stray line is one fault."""
    cases = [line.record for line in moments if isinstance(line.record, MomentCase)]
    return {
        company: Counter(case.split for case in cases if case.company == company).most_common(1)[0][0]
        for company in {case.company for case in cases}
    }


def check_lines(name: SetName, path: Path, lines: Sequence[Line[Case]], known: Known) -> Iterator[EvalSetError]:
    """Every fault of one set, in the order of its lines; `path` is named in them."""
    first_at: dict[str, int] = {}
    groups: dict[str, tuple[int, Split]] = {}
    for number, case in lines:
        faults = list(_faults_of(name, case, known))
        if case.id in first_at:
            faults.append(f"the id {case.id} is taken by line {first_at[case.id]}")
        first_at.setdefault(case.id, number)
        if isinstance(case, MomentCase):
            other, split = groups.setdefault(case.group, (number, case.split))
            if split != case.split:
                faults.append(f"the group {case.group} is in the {split} split in line {other}, here in {case.split}")
        yield from (EvalSetError(str(path), fault, place=f"line {number}") for fault in faults)


def _faults_of(name: SetName, case: Case, known: Known) -> Iterator[str]:
    if isinstance(case, SwapCase):
        yield from _swap_faults(case, known)
    elif isinstance(case, VariantCase):
        yield from _kind_faults(name, case)
        yield from () if known.bases is None else _variant_faults(case, known.bases)
    elif case.company not in known.corpora:
        yield _unknown(case.company, known.companies)
    else:
        yield from _id_faults(case, known.corpora[case.company])
        yield from _company_faults(case, known.splits)
    if isinstance(case, CallCase):
        yield from _call_faults(case)
    else:
        yield from _span_faults(case, case.moment)
    if isinstance(case, MomentCase):
        yield from _evidence_faults(case)
        yield from _label_faults(case)


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


def _company_faults(case: MomentCase | CallCase | RetrievalCase, splits: Mapping[str, Split]) -> Iterator[str]:
    split = splits.get(case.company, case.split)
    if split != case.split:
        yield f"{case.company} is in the {split} split, this in {case.split}"


def _swap_faults(case: SwapCase, known: Known) -> Iterator[str]:
    one, other = case.sides
    for side in case.sides:
        if side.company not in known.corpora:
            yield _unknown(side.company, known.companies)
        if case.split == "train" and known.splits.get(side.company) == "test":
            yield f"{side.company} is held out in the test split, this is in train"
    if one.company == other.company:
        yield f"both sides are {one.company}"
    if one.verdict == other.verdict:
        yield f"both sides are {one.verdict}: a swap needs two right verdicts that differ"
    for label in case.labels:
        if set(label.verdicts) != {one.company, other.company}:
            yield f"the label by {label.by} is not about the two companies of the sides"


def _kind_faults(name: SetName, case: VariantCase) -> Iterator[str]:
    kinds = next(kinds for variants, kinds in KINDS.items() if variants == name)
    if case.kind not in kinds:
        yield f"no kind '{case.kind}' in {name}; there are {', '.join(kinds)}"


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
    if case.verdict != "no_opportunity":
        if not case.clauses:
            yield f"{case.verdict} needs clauses"
        if not case.evidence_turns:
            yield f"{case.verdict} needs evidence_turns"
    for turn, times in Counter(case.evidence_turns).items():
        if times > 1:
            yield f"evidence turn {turn} stands {times} times"
        said = case.transcript.by_index.get(turn)
        if said is None or not first <= turn <= last:
            yield f"evidence turn {turn} lies outside the moment's turns {first} to {last}"
        elif said.speaker != "agent":
            yield f"evidence turn {turn} was spoken by the {said.speaker}, not by the agent"


def _label_faults(case: MomentCase) -> Iterator[str]:
    """A case stays only if everybody read it alike; who disagreed was left out before, and not outvoted."""
    for label in case.labels:
        if label.verdict != case.verdict:
            yield f"the label by {label.by} says {label.verdict}, the case {case.verdict}"
    readers = {label.by for label in case.labels} - {"author"}
    if len(readers) < MIN_READERS:
        yield f"{len(readers)} of {MIN_READERS} readers besides the author"
