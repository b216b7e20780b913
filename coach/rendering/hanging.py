"""Text beside a margin, for a terminal."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text


@dataclass(frozen=True, slots=True)
class Hanging:
    """Text whose lines start beside its margin; unlike rich's tables it leaves no spaces at the ends of lines."""

    body: Text
    margin: Text = field(default_factory=Text)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Lay the lines out at the console's width."""
        width = self.margin.cell_len
        for number, line in enumerate(self.body.wrap(console, max(options.max_width - width, 1))):
            line.rstrip()
            yield Text.assemble(self.margin if number == 0 else " " * width, line)
