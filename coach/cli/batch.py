"""`coach batch`: many calls, judged once each, over any number of stops, kills and machines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from coach.cli import options

app = typer.Typer(
    name="batch",
    help="Score thousands of calls: start, watch, stop, resume, export.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

BatchId = Annotated[str, typer.Argument(metavar="ID", help="The batch, as `coach batch list` names it.")]
MaxCost = Annotated[
    float | None,
    typer.Option("--max-cost", metavar="USD", min=0.0, help="Stop when this much is spent; everything is kept."),
]


@app.command("run")
def run(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE", help="Files, folders, globs, zips, JSONL, or addresses such as s3://bucket/prefix."
        ),
    ],
    company: options.Company = None,
    corpus: options.CorpusRoot = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", metavar="M", help="local, provider:model or cascade:provider:model. [env: COACH_MODEL]"
        ),
    ] = None,
    estimate: Annotated[
        bool,
        typer.Option("--estimate", help="Say what it would take, in calls, tokens, money and time; judge nothing."),
    ] = False,
    max_cost: MaxCost = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before money is spent.")] = False,
    detach: Annotated[bool, typer.Option("--detach", help="Only queue the calls; `coach worker` judges them.")] = False,
    mode: Annotated[
        Literal["live", "openai-batch"],
        typer.Option("--mode", help="openai-batch: files of requests, half the price, within a day."),
    ] = "live",
    no_mask: Annotated[
        bool, typer.Option("--no-mask", help="Leave personal data as it is. [env: COACH_MASK=false]")
    ] = False,
    agent_speaker: Annotated[
        str | None,
        typer.Option("--agent-speaker", metavar="S", help="The agent's label in the source, where it is not certain."),
    ] = None,
) -> None:
    """Judge every call of the sources.

    Ctrl-C stops cleanly; `coach batch resume ID` goes on, also after a crash. A call that cannot be read or judged is
    recorded with its reason and the batch goes on.

    Exit code 0: all done; 1: some failed, or it was stopped; 2: usage or configuration.
    """
    from coach.cli import batching
    from coach.settings import export_provider_keys, load_settings

    settings = load_settings({"corpus": corpus, "model": model, "mask": False if no_mask else None})
    export_provider_keys()
    asked = batching.Asked(tuple(sources), company, agent_speaker, mode, max_cost)
    if estimate:
        batching.estimate(settings, asked)
    else:
        raise typer.Exit(batching.run(settings, asked, yes=yes, detach=detach))


@app.command("resume")
def resume(batch: BatchId, max_cost: MaxCost = None) -> None:
    """Go on with a batch where it was: after Ctrl-C, a crash, a spent budget, or a cancel."""
    from coach.cli import batching
    from coach.settings import export_provider_keys, load_settings

    export_provider_keys()
    raise typer.Exit(batching.resume(load_settings(), batch, max_cost))


@app.command("retry-failed")
def retry_failed(batch: BatchId) -> None:
    """Judge those calls again that could be read but not judged."""
    from coach.cli import batching
    from coach.settings import export_provider_keys, load_settings

    export_provider_keys()
    raise typer.Exit(batching.retry_failed(load_settings(), batch))


@app.command("cancel")
def cancel(batch: BatchId) -> None:
    """Stop a batch wherever it runs; what is judged is kept."""
    from coach.cli import batching
    from coach.settings import load_settings

    batching.cancel(load_settings(), batch)


@app.command("status")
def status(batch: BatchId) -> None:
    """Show how a batch stands, what happened to it, and its first failures."""
    from coach.cli import batching
    from coach.settings import load_settings

    batching.status(load_settings(), batch)


@app.command("list")
def list_batches() -> None:
    """List all batches, the newest first."""
    from coach.cli import batching
    from coach.settings import load_settings

    batching.list_batches(load_settings())


@app.command("export")
def export(
    batch: BatchId,
    fmt: Annotated[
        Literal["csv", "jsonl", "parquet", "xlsx", "html"], typer.Option("--format", help="What to write.")
    ] = "csv",
    target: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="PATH", help="Where to; by default ID.FORMAT in the current folder."),
    ] = None,
) -> None:
    """Write the results: a row for each call and a row for each moment, or a report as one HTML page."""
    from coach.cli import batching
    from coach.settings import load_settings

    batching.export(load_settings(), batch, fmt, target)
