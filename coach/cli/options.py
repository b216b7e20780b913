"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Company = Annotated[
    str | None, typer.Option("--company", metavar="ID", help="Whose purpose to judge by: a folder of the corpus.")
]
CorpusRoot = Annotated[
    Path | None,
    typer.Option("--corpus", metavar="DIR", help="Folder that holds one folder per company. [env: COACH_CORPUS]"),
]
CompanyArgument = Annotated[
    str | None, typer.Argument(metavar="[COMPANY]", help="One company; all of them if left out.", show_default=False)
]
