"""A company's purpose and the cases it is taught by."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from pydantic import Field

from coach.domain.base import Frozen

ExemplarVerdict = Literal["honored", "missed", "mixed"]
ClauseKind = Literal["meaning", "honored", "missed", "kpi", "guardrail"]
ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class Principle(Frozen):
    """One thing the company's purpose asks for, with what it looks like when honoured and when missed."""

    id: str = Field(pattern=ID_PATTERN)
    title: str = Field(min_length=1)
    meaning: str = Field(min_length=1)
    honored_when: tuple[str, ...] = Field(min_length=1)
    missed_when: tuple[str, ...] = Field(min_length=1)
    kpi_tension: str = Field(min_length=1)


class Guardrail(Frozen):
    """A limit to what an agent may decide alone."""

    id: str = Field(pattern=ID_PATTERN)
    text: str = Field(min_length=1)


class Kpi(Frozen):
    """A number the company watches; it never lowers a purpose score."""

    id: str = Field(pattern=ID_PATTERN)
    name: str = Field(min_length=1)
    note: str = ""


class Clause(Frozen):
    """One citable sentence of the purpose.

    `id` is `<principle>/meaning`, `<principle>/kpi`, `<principle>/honored/<n>`, `<principle>/missed/<n>` or
    `guardrail/<id>`; n counts from 1 in the order of the file. `principle` is None for guardrails.
    """

    id: str
    text: str
    kind: ClauseKind
    principle: str | None


class Purpose(Frozen):
    """What a company is for, in a form that can be cited."""

    id: str = Field(pattern=ID_PATTERN)
    name: str = Field(min_length=1)
    industry: str = Field(min_length=1)
    statement: str = Field(min_length=1)
    principles: tuple[Principle, ...] = Field(min_length=1)
    guardrails: tuple[Guardrail, ...] = ()
    kpis: tuple[Kpi, ...] = ()

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Every citable clause, in the order of the file."""
        return tuple(self._iter_clauses())

    @cached_property
    def clause_by_id(self) -> dict[str, Clause]:
        """Clauses by id."""
        return {clause.id: clause for clause in self.clauses}

    def _iter_clauses(self) -> Iterator[Clause]:
        for p in self.principles:
            yield Clause(id=f"{p.id}/meaning", text=p.meaning, kind="meaning", principle=p.id)
            for n, text in enumerate(p.honored_when, 1):
                yield Clause(id=f"{p.id}/honored/{n}", text=text, kind="honored", principle=p.id)
            for n, text in enumerate(p.missed_when, 1):
                yield Clause(id=f"{p.id}/missed/{n}", text=text, kind="missed", principle=p.id)
            yield Clause(id=f"{p.id}/kpi", text=p.kpi_tension, kind="kpi", principle=p.id)
        for g in self.guardrails:
            yield Clause(id=f"guardrail/{g.id}", text=g.text, kind="guardrail", principle=None)


class ExemplarTurn(Frozen):
    """One turn of an exemplar."""

    speaker: Literal["agent", "customer"]
    text: str = Field(min_length=1)


class Exemplar(Frozen):
    """A case the company teaches by: what happened, how it was judged, why, and what would have been better.

    `better_move` says what to try in such a case; for an honoured case it names the move to repeat.
    `status` is "approved" for cases that may move verdicts; "proposed" ones wait for a person.
    """

    id: str = Field(pattern=ID_PATTERN)
    title: str = Field(min_length=1)
    principles: tuple[str, ...] = Field(min_length=1)
    verdict: ExemplarVerdict
    situation: str = Field(min_length=1)
    turns: tuple[ExemplarTurn, ...] = Field(min_length=1)
    why: str = Field(min_length=1)
    better_move: str = Field(min_length=1)
    status: Literal["approved", "proposed"] = "approved"
    source: str = Field(min_length=1)

    def spoken_by(self, speaker: Literal["agent", "customer"]) -> str:
        """All words of one side, turns joined by a space; empty if that side is silent."""
        return " ".join(turn.text for turn in self.turns if turn.speaker == speaker)


class DocChunk(Frozen):
    """A passage of the company's prose, cited by file and heading.

    `id` is `<file>#<n>`, n counting from 1 within the file; `heading` is the path of headings joined by " › ".
    """

    id: str
    file: str
    heading: str
    text: str


class Corpus(Frozen):
    """Everything known about one company.

    `purpose_hash` and `hash` are sha256 hex digests over the canonical content of the purpose and of the whole corpus,
    independent of file order and white space between keys.
    """

    purpose: Purpose
    exemplars: tuple[Exemplar, ...] = ()
    chunks: tuple[DocChunk, ...] = ()
    purpose_hash: str
    hash: str

    @cached_property
    def exemplar_by_id(self) -> dict[str, Exemplar]:
        """Exemplars by id."""
        return {exemplar.id: exemplar for exemplar in self.exemplars}
