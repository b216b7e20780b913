"""A small, valid corpus on disk that a test bends before it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

COMPANY = "oakline"


def _purpose() -> dict[str, Any]:
    return {
        "id": COMPANY,
        "name": "Oakline",
        "industry": "furniture rental",
        "statement": "A home should never wait for a form.",
        "principles": [
            {
                "id": "home-first",
                "title": "Home first",
                "meaning": "A customer without a bed tonight comes before every other rule.",
                "honored_when": ["The agent arranges a spare bed for tonight.", "The agent asks who sleeps where."],
                "missed_when": ["The agent reads out the delivery window again."],
                "kpi_tension": "Arranging a bed takes longer than the target of six minutes.",
            },
            {
                "id": "plain-words",
                "title": "Plain words",
                "meaning": "We say what a contract means in words a neighbour would use.",
                "honored_when": ["The agent explains the deposit in one plain sentence."],
                "missed_when": ["The agent quotes the clause number and stops."],
                "kpi_tension": "Explaining may lower the count of calls an hour.",
            },
        ],
        "guardrails": [{"id": "free-month", "text": "An agent may waive one month of rent; more needs a lead."}],
        "kpis": [{"id": "handle-time", "name": "Average handle time", "note": "Six minutes."}],
    }


def exemplar(
    exemplar_id: str, verdict: str, principle: str, *, situation: str, customer: str, agent: str, **more: Any
) -> dict[str, Any]:
    """An exemplar of two turns as it stands in a file."""
    return {
        "id": exemplar_id,
        "title": exemplar_id.replace("-", " "),
        "principles": [principle],
        "verdict": verdict,
        "situation": situation,
        "turns": [{"speaker": "customer", "text": customer}, {"speaker": "agent", "text": agent}],
        "why": "It shows the principle at work.",
        "better_move": "Ask what is needed tonight.",
        "source": "written for tests",
        **more,
    }


def _exemplars() -> dict[str, dict[str, Any]]:
    cases = [
        exemplar(
            "spare-bed", "honored", "home-first",
            situation="The bed did not arrive and a child has nowhere to sleep.",
            customer="My daughter has no bed tonight.",
            agent="I am sending a spare bed from the showroom, it will be there by seven.",
        ),
        exemplar(
            "window-recited", "missed", "home-first",
            situation="The mattress is late and the customer sleeps on the floor.",
            customer="I have slept on the floor for two nights.",
            agent="Your delivery window is Tuesday between eight and six.",
        ),
        exemplar(
            "deposit-in-plain-words", "honored", "plain-words",
            situation="The customer does not understand why a deposit is kept.",
            customer="What does forfeiture of the security mean?",
            agent="It means we keep forty pounds because the table came back scratched.",
        ),
        exemplar(
            "clause-quoted", "missed", "plain-words",
            situation="The customer asks what a contract's clause means.",
            customer="I do not understand this letter.",
            agent="That is clause fourteen b of your agreement.",
        ),
        exemplar(
            "bed-beyond-limit", "mixed", "home-first",
            situation="A bed is late and the agent gives away three months of rent.",
            customer="This is the third time it is late.",
            agent="I have waived three months for you.",
        ),
        exemplar(
            "idea-not-yet-approved", "honored", "home-first",
            situation="A bed is late and the agent offers a hotel.",
            customer="My daughter has no bed tonight.",
            agent="I am sending a spare bed from the showroom, it will be there by seven.",
            status="proposed",
        ),
    ]  # fmt: skip
    return {case["id"]: case for case in cases}


@dataclass
class TinyCorpus:
    """Content by file; change it, then `write()`.

    Attributes:
        exemplars: content by file name without suffix.
        docs: text by file name.
    """

    root: Path
    purpose: dict[str, Any] = field(default_factory=_purpose)
    exemplars: dict[str, dict[str, Any]] = field(default_factory=_exemplars)
    docs: dict[str, str] = field(
        default_factory=lambda: {
            "delivery.md": "# Delivery\n\nBeds come first.\n\n## Late beds\n\nA spare bed waits in every showroom.\n"
        }
    )

    @property
    def folder(self) -> Path:
        """The company's folder."""
        return self.root / COMPANY

    def write(self) -> Path:
        """Writes every file and returns the root."""
        for name in ("exemplars", "docs", "calls"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "calls" / "sample.txt").write_text("Agent: this is not part of the corpus")
        self._dump("purpose.yaml", self.purpose)
        for name, content in self.exemplars.items():
            self._dump(f"exemplars/{name}.yaml", content)
        for name, text in self.docs.items():
            (self.folder / "docs" / name).write_text(text, encoding="utf-8")
        return self.root

    def _dump(self, name: str, content: dict[str, Any]) -> None:
        (self.folder / name).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
