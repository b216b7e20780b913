"""WebVTT as Zoom (`Name: text`) and Teams (`<v Name>text</v>`, or JSON in the cue) write it."""

from __future__ import annotations

from collections.abc import Iterator

from coach.transcripts.cues import read_cues
from coach.transcripts.draft import Draft


def matches(content: str) -> bool:
    """Whether the text begins with the WebVTT signature."""
    return content[:200].lstrip().startswith("WEBVTT")


def read(content: str) -> Iterator[Draft]:
    """The call, labelled by name.

    Raises:
        UnreadableError: there is no cue to read.
    """
    yield Draft(turns=read_cues(content, "vtt"))
