"""The console entry: the list of commands, and what an error looks like to the person at the keyboard."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from coach.cli import corpus, demo, review, settings
from coach.cli import eval as evaluation
from coach.errors import CoachError, UserError

EXIT_FAILED = 1
EXIT_USAGE = 2

app = typer.Typer(
    name="coach",
    help="Coaching for people who talk with customers: finds the moments where the script ran out and says, with the "
    "agent's own words, where the company's purpose was honored and where it was missed.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("review")(review.review)
app.command("demo")(demo.demo)
app.add_typer(corpus.app, name="corpus")
app.add_typer(evaluation.app, name="eval")
app.command("settings")(settings.settings)


def run() -> None:
    """Run the command line; a fault the user can fix is one line on standard error, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")  # a terminal that cannot show ✓ shows ? instead of failing
    try:
        app()
    except CoachError as error:
        from coach.rendering.safe import one_line

        print(f"coach: {one_line(str(error))}", file=sys.stderr)
        sys.exit(EXIT_USAGE if isinstance(error, UserError) else EXIT_FAILED)


def _version(wanted: bool) -> None:
    if wanted:
        from coach import __version__

        print(f"purpose-coach {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


if __name__ == "__main__":
    run()
