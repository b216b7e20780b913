"""`coach eval`: how well a judge agrees with the labels, and a gate against getting worse unseen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from coach.cli import options

if TYPE_CHECKING:
    from coach.evaluation.records import RunFile

app = typer.Typer(help="Measure a judge on the eval sets.", no_args_is_help=True, rich_markup_mode=None)

Evals = Annotated[
    Path | None,
    typer.Option("--evals", metavar="DIR", help="Folder with sets/, gates.toml, baselines/ and recordings/."),
]
Model = Annotated[
    str | None,
    typer.Option("--model", metavar="M", help="The judge: as for coach review, or recorded. [env: COACH_MODEL]"),
]
RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="A run file.")]


@app.callback()
def _before_each() -> None:
    from coach.cli.evaluating import require_packages

    require_packages()


@app.command("run")
def run(
    names: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME", help="A set to run, any number of times; all of them if left out."),
    ] = None,
    split: Annotated[Literal["train", "test", "all"], typer.Option("--split", help="Which cases to run.")] = "all",
    model: Model = None,
    repeats: Annotated[int, typer.Option("--repeats", metavar="N", min=1, help="Ask every case N times.")] = 1,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="At most N cases of each set, spread over it.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="The run file; in COACH_HOME if left out.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option("--record", metavar="FILE", help="Keep the model's answers, to be replayed later.")
    ] = None,
    evals: Evals = None,
    corpus: options.CorpusRoot = None,
) -> None:
    """Ask a judge about every case, score its answers and write a run file.

    A run that was cut off goes on where it was when it is started again in the same way. A case that the model fails
    on counts as not judged, and the run goes on.

    Exit code 0: done; 1: the model failed on some case, the rest is done; 2: usage, configuration or a wrong set.
    """
    from coach.cli import evaluating
    from coach.evaluation.recordings import RECORDED
    from coach.evaluation.run import Plan
    from coach.evaluation.sets.loading import SET_NAMES
    from coach.evaluation.tables import score_table
    from coach.settings import export_provider_keys, load_settings

    folder = evaluating.evals_folder(evals)
    replay = model == RECORDED
    settings = load_settings({"corpus": corpus, "model": None if replay else model})
    export_provider_keys()
    wanted = evaluating.set_names(names)
    sets = evaluating.checked_sets(folder, settings, wanted)
    chat = evaluating.open_chat(folder, settings, model, record)
    if replay and chat is not None:
        settings = settings.model_copy(update={"model": chat.id})
    chosen = tuple(wanted or [name for name in SET_NAMES if name in sets.hashes])
    plan = Plan(model or settings.model, chosen, split, limit, repeats, settings.mask)
    made = evaluating.make_run(plan, sets, settings, chat, out)
    console = evaluating.wide_output()
    for name in chosen:
        console.print(score_table(name, made.scores[name]))
        console.print()
    if evaluating.failed(made):
        raise typer.Exit(1)


@app.command("gate")
def gate(
    run_file: Annotated[
        Path | None,
        typer.Argument(metavar="[RUN]", help="A run file; without one, the local judge is run on all sets."),
    ] = None,
    evals: Evals = None,
    corpus: options.CorpusRoot = None,
) -> None:
    """Hold a run against gates.toml and the committed baseline.

    Exit code 0: passed; 1: a number fell too far, or run or baseline is out of date; 2: usage, configuration or
    a wrong set.
    """
    from coach.cli import evaluating
    from coach.evaluation.gate import check_gate, read_gate
    from coach.evaluation.provenance import as_of_now
    from coach.evaluation.runfile import read_run
    from coach.evaluation.tables import gate_report
    from coach.settings import load_settings

    folder = evaluating.evals_folder(evals)
    given = read_run(run_file) if run_file else None
    judge = given.ingredients.model if given else "local"
    limits = read_gate(folder / "gates.toml", judge)
    path = folder / limits.baseline
    baseline = read_run(path)  # before anything is run in vain
    now = None
    if given:
        sets = evaluating.checked_sets(folder, load_settings({"corpus": corpus}), None)
        now = as_of_now(given.ingredients, sets)
    result = check_gate(given or _local_run(folder, corpus), limits, baseline, now)
    console = evaluating.wide_output()
    for part in gate_report(result, judge, path):
        console.print(part, soft_wrap=isinstance(part, str))
    if not result.passed:
        raise typer.Exit(1)


@app.command("compare")
def compare_runs(
    first: Annotated[Path, typer.Argument(metavar="A", help="A run file.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another run file.")],
) -> None:
    """Compare two runs case by case: is the second better than the first, or is it luck?"""
    from coach.cli import evaluating
    from coach.evaluation.comparing import compare
    from coach.evaluation.runfile import read_run
    from coach.evaluation.tables import comparison_report

    console = evaluating.wide_output()
    for part in comparison_report(compare(read_run(first), read_run(second)), str(first), str(second)):
        console.print(part, soft_wrap=isinstance(part, str))


@app.command("report")
def report(
    run_file: RunPath,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="RUN2", help="Another run to compare with, case by case.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write; standard output if left out.")
    ] = None,
    fmt: Annotated[Literal["html", "md"], typer.Option("--format", help="How to write it.")] = "html",
    split: Annotated[
        Literal["train", "test", "all"],
        typer.Option("--split", help="Whose worst cases to print; those of test only when it is asked for."),
    ] = "train",
    evals: Evals = None,
    corpus: options.CorpusRoot = None,
) -> None:
    """Write a report on a run: one self-contained page, or Markdown."""
    from coach.cli import evaluating
    from coach.cli.terminal import complain
    from coach.errors import SettingsError
    from coach.evaluation.report.page import report_markdown, report_page
    from coach.evaluation.report.view import report_view
    from coach.evaluation.runfile import read_run
    from coach.settings import load_settings

    made, other = read_run(run_file), read_run(against) if against else None
    check = evaluating.check(evaluating.evals_folder(evals), load_settings({"corpus": corpus}), None)
    view = report_view(made, check.sets, other=other, split=split)
    text = report_page(view) if fmt == "html" else report_markdown(view)
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(str(out), f"cannot be written: {(error.strerror or 'unknown fault').lower()}") from None
    complain(f"wrote {out}")


def _local_run(folder: Path, corpus: Path | None) -> RunFile:
    from coach.cli import evaluating
    from coach.evaluation.run import Plan
    from coach.evaluation.sets.loading import SET_NAMES
    from coach.settings import load_settings

    settings = load_settings({"corpus": corpus, "model": "local"})
    sets = evaluating.checked_sets(folder, settings, None)
    names = tuple(name for name in SET_NAMES if name in sets.hashes)
    plan = Plan("local", names, "all", None, 1, settings.mask)
    return evaluating.make_run(plan, sets, settings, None, None)
