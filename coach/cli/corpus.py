"""`coach corpus`: check what a company's coaching rests on, and show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from coach.cli import options

if TYPE_CHECKING:
    from rich.console import RenderableType

    from coach.domain.corpus import ClauseKind, Corpus, ExemplarVerdict, Purpose

app = typer.Typer(
    help="Check and show what verdicts rest on.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("check")
def check(company: options.CompanyArgument = None, corpus: options.CorpusRoot = None) -> None:
    """Read every file and report every fault, each with its file, its place and what was expected.

    Exit code 0: no fault; 1: faults; 2: no such corpus or company.
    """
    from coach.cli.terminal import complain, output
    from coach.retrieval import check_corpus

    root, companies = _companies(company, corpus)
    console = output()
    broken = False
    for name in companies:
        outcome = check_corpus(root, name)
        for fault in outcome.errors:
            complain(str(fault))
        for warning in outcome.warnings:
            complain(f"worth a look: {warning}")
        if outcome.corpus is None:
            broken = True
            console.print(f"✗ {name}: {_number(len(outcome.errors), 'fault')}", soft_wrap=True)
        else:
            console.print(f"✓ {name}: {_size(outcome.corpus)}", soft_wrap=True)
    if broken:
        raise typer.Exit(1)


@app.command("show")
def show(company: options.CompanyArgument = None, corpus: options.CorpusRoot = None) -> None:
    """Show a company's purpose with clause ids, its prose and its cases; without a company, list the companies."""
    from rich.text import Text

    from coach.cli.terminal import output
    from coach.rendering.hanging import Hanging
    from coach.rendering.safe import one_line
    from coach.rendering.text import MAX_WIDTH
    from coach.rendering.wording import first_sentence
    from coach.retrieval import load_corpus

    root, companies = _companies(company, corpus)
    console = output()
    if len(companies) > 1:
        for name in companies:
            loaded = load_corpus(root, name)
            console.print(Text.assemble((name, "bold"), f" · {loaded.purpose.industry}"))
            console.print(Hanging(Text(_size(loaded), style="dim")))
            console.print(Hanging(Text(first_sentence(one_line(loaded.purpose.statement)))))
            console.print()
        return
    for part in _corpus(load_corpus(root, companies[0])):
        console.print(part, width=min(console.width, MAX_WIDTH))


def _companies(company: str | None, corpus: Path | None) -> tuple[Path, list[str]]:
    from coach.errors import CorpusError
    from coach.retrieval import list_companies
    from coach.settings import load_settings

    root = load_settings({"corpus": corpus}).corpus
    companies = list_companies(root)
    if company is None:
        return root, companies
    if company not in companies:
        raise CorpusError(str(root), f"no company '{company}'", remedy=f"the ones here: {', '.join(companies)}")
    return root, [company]


def _size(corpus: Corpus) -> str:
    verdicts = Counter(exemplar.verdict for exemplar in corpus.exemplars)
    kinds = ", ".join(f"{verdicts[kind]} {kind}" for kind in ("honored", "missed", "mixed"))
    return ", ".join(
        (
            _number(len(corpus.purpose.principles), "principle"),
            _number(len(corpus.purpose.clauses), "clause"),
            f"{_number(len(corpus.exemplars), 'exemplar')} ({kinds})",
            _number(len({chunk.file for chunk in corpus.chunks}), "document"),
        )
    )


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _corpus(corpus: Corpus) -> Iterator[RenderableType]:
    from rich.text import Text

    from coach.rendering.hanging import Hanging

    purpose = corpus.purpose
    yield Text(f"{purpose.name} ({purpose.id}) · {purpose.industry}", style="bold")
    yield Hanging(Text(" ".join(purpose.statement.split())))
    yield Hanging(Text(_size(corpus), style="dim"))
    yield from _clauses(purpose)
    if purpose.kpis:
        yield Text("\nKPIs", style="bold")
        yield from (_item("KPI", f"{kpi.name}. {kpi.note}", kpi.id) for kpi in purpose.kpis)
    if corpus.chunks:
        yield Text("\nDocuments", style="bold")
        for file, count in Counter(chunk.file for chunk in corpus.chunks).items():
            yield Text(f"  {file} ({_number(count, 'passage')})")
    yield Text("\nExemplars", style="bold")
    order = ("honored", "missed", "mixed")
    for exemplar in sorted(corpus.exemplars, key=lambda exemplar: (order.index(exemplar.verdict), exemplar.id)):
        waiting = " (proposed)" if exemplar.status == "proposed" else ""
        yield _item(_mark(exemplar.verdict), f"{exemplar.title}{waiting}", exemplar.id)


def _clauses(purpose: Purpose) -> Iterator[RenderableType]:
    from rich.text import Text

    titles = {principle.id: principle.title for principle in purpose.principles}
    marks: dict[ClauseKind, str] = {
        "meaning": "Means",
        "honored": _mark("honored"),
        "missed": _mark("missed"),
        "kpi": "KPI",
        "guardrail": "Limit",
    }
    for owner, clauses in groupby(purpose.clauses, key=lambda clause: clause.principle):
        yield Text(f"\n{titles[owner] if owner else 'Guardrails'}", style="bold")
        yield from (_item(marks[clause.kind], clause.text, clause.id) for clause in clauses)


def _mark(verdict: ExemplarVerdict) -> str:
    from coach.rendering.wording import purpose_label

    return str(purpose_label(verdict))


def _item(mark: str, text: str, identifier: str) -> RenderableType:
    from rich.text import Text

    from coach.rendering.hanging import Hanging

    body = Text.assemble(" ".join(text.split()), (f"  [{identifier}]", "dim"))
    return Hanging(body, Text(f"  {mark:<11}"))
