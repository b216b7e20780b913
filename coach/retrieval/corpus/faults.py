"""Where validation puts what it finds, so that one pass serves both "refuse the first" and "list them all"."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from coach.errors import CorpusError


@dataclass
class Faults:
    """Collects what is wrong with a corpus, in the order of reading.

    Attributes:
        errors: faults that keep the corpus from being used.
        warnings: things worth a look that do not.
    """

    errors: list[CorpusError] = field(default_factory=list)
    warnings: list[CorpusError] = field(default_factory=list)

    def error(self, path: Path, reason: str, *, place: str = "", remedy: str = "") -> None:
        """Notes a fault that keeps the corpus from being used."""
        self.errors.append(CorpusError(str(path), reason, place=place, remedy=remedy))

    def warn(self, path: Path, reason: str, *, place: str = "", remedy: str = "") -> None:
        """Notes something worth a look."""
        self.warnings.append(CorpusError(str(path), reason, place=place, remedy=remedy))
