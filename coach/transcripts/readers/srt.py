"""SubRip subtitles (SRT): numbered cues, speakers named only by convention."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coach.transcripts.cues import read_cues
from coach.transcripts.draft import Draft

_FIRST_CUE = re.compile(r"\s{0,40}\d{1,9}[ \t]{0,9}\n[ \t]{0,9}\d[\d:.,]{3,20}[ \t]{0,9}-->")


def matches(content: str) -> bool:
    """Whether the text begins with a number and a cue's times."""
    return _FIRST_CUE.match(content) is not None


def read(content: str) -> Iterator[Draft]:
    """The call, labelled by name where the cues have names.

    Raises:
        UnreadableError: there is no cue to read.
    """
    yield Draft(turns=read_cues(content, "srt"))
