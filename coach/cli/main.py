"""The console entry: the list of commands, and what an error looks like to the person at the keyboard."""

from __future__ import annotations

import os
import sys
from typing import Annotated, NoReturn

import typer

from coach.cli import batch, corpus, demo, review, settings, worker
from coach.cli import eval as evaluation
from coach.cli.encoding import carry_all
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
app.add_typer(batch.app, name="batch")
app.command("worker")(worker.worker)
app.command("settings")(settings.settings)


def run() -> None:
    """Run the command line; a fault the user can fix is one line on standard error, never a traceback."""
    carry_all(sys.stdout)
    carry_all(sys.stderr)
    try:
        try:
            app()
        finally:
            sys.stdout.flush()  # else a fault in the last words would only show when the interpreter ends
    except CoachError as error:
        _fail(str(error), EXIT_USAGE if isinstance(error, UserError) else EXIT_FAILED)
    except BrokenPipeError:
        _say_no_more()
        sys.exit(EXIT_FAILED)
    except OSError as error:
        if error.filename is not None:  # a fault in what is printed names no file
            raise
        _say_no_more()
        _fail(f"standard output: cannot be written: {(error.strerror or 'unknown fault').lower()}", EXIT_USAGE)


def _say_no_more() -> None:
    """What is still buffered goes nowhere; the interpreter would try to write it again when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(reason: str, code: int) -> NoReturn:
    from coach.rendering.safe import one_line

    print(f"coach: {one_line(reason)}", file=sys.stderr)
    sys.exit(code)


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
