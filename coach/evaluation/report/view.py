"""What a report says, made ready to be laid out; no markup here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coach.evaluation.comparing import Comparison, compare
from coach.evaluation.records import RunFile, Scores, SplitChoice
from coach.evaluation.report.cases import CaseView, telling_cases
from coach.evaluation.report.figures import ConfusionView, CurveView, confusion_view, curve_view
from coach.evaluation.scoring.answers import Answer, answered
from coach.evaluation.scoring.judgements import verdict_scores
from coach.evaluation.sets.cases import SetName
from coach.evaluation.sets.loading import EvalSets
from coach.evaluation.tables import difference_text, estimate_text, said, set_title

HEADLINES: tuple[tuple[SetName, str, str], ...] = (
    ("moments", "macro_f1", "Macro-F1"),
    ("moments", "kappa", "Cohen's kappa"),
    ("moments", "recall_missed", "Recall on missed"),
    ("moments", "recall_honored", "Recall on honored"),
    ("swaps", "swap_accuracy", "Swaps with both sides right"),
    ("calls", "moment_f1", "Moments found, F1"),
    ("calls", "routine_left_alone", "Routine left alone"),
    ("attacks", "flip_rate", "Attacks that moved a verdict"),
    ("fairness", "flip_rate", "Fairness variants that moved a verdict"),
    ("asr", "macro_f1_drop", "Macro-F1 lost to recognition noise"),
)
PARTS = ("macro_f1", "accuracy", "recall_missed", "recall_honored", "coverage")
SPLITS: tuple[SplitChoice, ...] = ("test", "train", "all")


@dataclass(frozen=True, slots=True)
class TableView:
    """Rows of text under a title."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class HeadlineView:
    """One number that stands for much."""

    label: str
    value: str
    interval: str
    basis: str


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """What another run makes of the same cases."""

    title: str
    tests: TableView
    changed: TableView


@dataclass(frozen=True, slots=True)
class ReportView:
    """A whole report.

    `telling` are wrong verdicts, the surest first, and flips, with their transcripts.
    """

    title: str
    lead: str
    notes: tuple[str, ...]
    headlines: tuple[HeadlineView, ...]
    confusions: tuple[ConfusionView, ...]
    curve: CurveView | None
    parts: tuple[TableView, ...]
    sets: tuple[TableView, ...]
    comparison: ComparisonView | None
    telling: tuple[CaseView, ...]
    facts: tuple[tuple[str, str], ...]


def report_view(run: RunFile, sets: EvalSets | None, *, other: RunFile | None, split: SplitChoice) -> ReportView:
    """Lay a run out for readers.

    Args:
        run: what the report is on.
        sets: for the transcripts; those of a set that has changed since the run are left out, as all are for None.
        other: a run to compare with.
        split: whose transcripts may be shown; numbers of all splits are.
    """
    answers = list(answered(run.cases, run.outcomes))
    moments = [answer for answer in answers if answer.gold.set == "moments" and "moments" in run.scores]
    part: SplitChoice = "test" if _of_split(moments, "test") else "train"
    shown = _of_split(moments, part)
    known = sets is not None and all(sets.hashes.get(name) == h for name, h in run.ingredients.sets.items())
    telling = telling_cases(answers, sets, split) if sets is not None and known else ()
    made = run.circumstances
    return ReportView(
        title=f"How well {run.ingredients.model} agrees with the labels",
        lead=_lead(run),
        notes=tuple(_notes(run, known=known, split=split)),
        headlines=_headlines(run.scores),
        confusions=tuple(
            confusion_view(chosen, _split_words(name)) for name in SPLITS[:2] if (chosen := _of_split(moments, name))
        ),
        curve=curve_view(shown, _split_words(part)),
        parts=tuple(_parts(shown, part)),
        sets=tuple(_set_table(name, run.scores) for name in run.scores),
        comparison=_comparison(compare(other, run), other) if other else None,
        telling=telling,
        facts=(
            ("judge", run.ingredients.model),
            ("made", made.started),
            ("commit", f"{made.commit or 'unknown'}{' with changes' if made.dirty else ''}"),
            ("embedder", run.ingredients.embedder),
            *((f"prompt {name}", digest[:12]) for name, digest in run.ingredients.prompts.items()),
            *((f"corpus {name}", digest[:12]) for name, digest in run.ingredients.corpora.items()),
            *((f"set {name}", digest[:12]) for name, digest in run.ingredients.sets.items()),
            ("calibration", run.ingredients.calibration[:12]),
            ("scorers", run.ingredients.scorer[:12]),
            ("repeats", str(run.ingredients.repeats)),
            ("took", f"{made.seconds:g} s on {', '.join(made.machine.values())} CPUs"),
            *made.versions.items(),
        ),
    )


def _lead(run: RunFile) -> str:
    asked = [gold for gold in run.cases if gold.set in run.scores]
    companies = len({gold.company for gold in asked})
    # Both sides of a swap are one case.
    cases = {(gold.set, gold.id): gold.split for gold in asked}
    test = sum(split == "test" for split in cases.values())
    return (
        f"{len(cases)} cases of {companies} {'company' if companies == 1 else 'companies'}, {test} of them held out "
        "of all tuning. In brackets: 95 % intervals, resampled by groups of cases that belong together."
    )


def _notes(run: RunFile, *, known: bool, split: SplitChoice) -> list[str]:
    notes = []
    missing = sum(outcome.missing for outcome in run.outcomes)
    failed = sum(bool(outcome.error) and not outcome.missing for outcome in run.outcomes)
    if missing:
        notes.append(f"{missing} answers have no recording for their prompt. They are in no number.")
    if failed:
        notes.append(f"{failed} requests failed. They count as cases that the judge could not judge.")
    if run.ingredients.limit is not None:
        notes.append(f"At most {run.ingredients.limit} cases of each set were run.")
    if not known:
        notes.append("The sets at hand are not those of the run, so that no transcripts are shown.")
    elif split == "train":
        notes.append("Transcripts of the test split are left out, so that nobody tunes on them by accident.")
    return notes


def _headlines(scores: Scores) -> tuple[HeadlineView, ...]:
    found = []
    for name, metric, label in HEADLINES:
        splits = scores.get(name, {})
        split = next((s for s in ("test", "all", "train") if s in splits), None)
        estimate = splits[split].get(metric) if split else None
        if split is None or estimate is None or estimate.value is None:
            continue
        interval = "" if estimate.low is None else f"[{estimate.low:.2f}, {estimate.high:.2f}]"
        found.append(HeadlineView(label, f"{estimate.value:.2f}", interval, f"{name}, {split}, n = {estimate.n}"))
    return tuple(found)


def _set_table(name: SetName, scores: Scores) -> TableView:
    splits = scores[name]
    metrics = dict.fromkeys(metric for numbers in splits.values() for metric in numbers)
    rows = tuple((metric, *(estimate_text(splits[s].get(metric)) for s in splits)) for metric in metrics)
    return TableView(set_title(name, splits), ("number", *splits), rows)


def _parts(moments: Sequence[Answer], split: SplitChoice) -> list[TableView]:
    """Numbers by company, and by tag; tags overlap."""
    companies = sorted({answer.gold.company for answer in moments})
    tags = sorted({tag for answer in moments for tag in answer.gold.tags})
    by_company = [(c, [answer for answer in moments if answer.gold.company == c]) for c in companies]
    by_tag = [(t, [answer for answer in moments if t in answer.gold.tags]) for t in tags]
    return [
        TableView(
            f"By {what}: {_split_words(split).lower()}",
            (what, "cases", *metrics),
            tuple(_part(name, chosen, metrics) for name, chosen in parts),
        )
        for what, parts, metrics in (("company", by_company, PARTS), ("tag", by_tag, PARTS[1:]))
        if parts
    ]


def _part(name: str, answers: Sequence[Answer], metrics: Sequence[str]) -> tuple[str, ...]:
    numbers = verdict_scores(answers)
    return name, str(len(answers)), *(estimate_text(numbers[metric]) for metric in metrics)


def _comparison(comparison: Comparison, other: RunFile) -> ComparisonView:
    tests = TableView(
        "Paired tests",
        ("set", "split", "cases", "only before right", "only now right", "p", "accuracy", "macro-F1"),
        tuple(
            (
                name,
                split,
                *(str(number) for number in (test.cases, test.first_only, test.second_only)),
                f"{test.p_accuracy:.4f}",
                difference_text(test.accuracy),
                difference_text(test.macro_f1),
            )
            for (name, split), test in comparison.tests.items()
        ),
    )
    changed = TableView(
        f"Cases with another verdict ({len(comparison.changed)})",
        ("case", "right", "before", "now", ""),
        tuple(
            (case.gold.key, said(case.gold.verdict), said(case.before), said(case.after), case.change)
            for case in comparison.changed
        ),
    )
    made = other.circumstances
    return ComparisonView(f"{other.ingredients.model} of {made.started[:10]}", tests, changed)


def _of_split(answers: Sequence[Answer], split: SplitChoice) -> list[Answer]:
    return [answer for answer in answers if split in ("all", answer.gold.split)]


def _split_words(split: SplitChoice) -> str:
    return {"test": "Held out (test)", "train": "Tuned on (train)", "all": "All"}[split]
