"""The report on a batch as one self-contained HTML page: it loads nothing, runs nothing, and escapes all text."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from coach.domain.review import PurposeGap, Verdict
from coach.rendering import wording
from coach.rendering.html import source_hash
from coach.rendering.safe import clean

_TEMPLATES = "templates"


@dataclass(frozen=True, slots=True)
class ScoreBin:
    """How many calls scored from `low` up to below `high`; the last one holds 100 too."""

    low: int
    high: int
    calls: int


@dataclass(frozen=True, slots=True)
class PrincipleCounts:
    """How the agents' own moments stand to one principle."""

    principle: str
    honored: int
    mixed: int
    missed: int

    @property
    def total(self) -> int:
        """Moments that count."""
        return self.honored + self.mixed + self.missed


@dataclass(frozen=True, slots=True)
class ShownMoment:
    """A moment worth showing."""

    call_id: str
    turns: tuple[int, int]
    verdict: Verdict | None
    confidence: float
    principles: tuple[str, ...]
    quotes: tuple[str, ...]
    observation: str
    flags: tuple[str, ...]
    purpose_gap: PurposeGap


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Calls that failed for one reason, with a few of them by name."""

    reason: str
    calls: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What the page shows. `verdicts` counts all moments; `principles` only those that are the agents' own."""

    batch: str
    company: str
    model: str
    made_at: str
    state: str
    read: int
    judged: int
    reused: int
    failed: int
    waiting: int
    cost_usd: float
    tokens: int
    scored: int
    median: float | None
    bins: tuple[ScoreBin, ...]
    verdicts: dict[str, int]
    not_the_agents: int
    principles: tuple[PrincipleCounts, ...]
    celebrate: tuple[ShownMoment, ...]
    review: tuple[ShownMoment, ...]
    failures: tuple[FailureGroup, ...]

    @property
    def tallest(self) -> int:
        """Calls in the fullest bin, at least 1."""
        return max([1, *(one.calls for one in self.bins)])


def batch_page(report: BatchReport) -> str:
    """The report as a whole HTML document."""
    environment = Environment(
        loader=PackageLoader("coach.rendering", _TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: clean(value) if type(value) is str else value,
    )
    style = _text("review.css") + _text("batch.css")
    policy = f"default-src 'none'; style-src '{source_hash(style)}'; base-uri 'none'; form-action 'none'"
    return environment.get_template("batch.html.j2").render(
        report=report,
        wording=wording,
        style=Markup(style),  # noqa: S704  # our own files
        policy=policy,
    )


def _text(name: str) -> str:
    return (files("coach.rendering") / _TEMPLATES / name).read_text(encoding="utf-8")
