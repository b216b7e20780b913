"""Loads the word lists the local judge listens for."""

from __future__ import annotations

import re
from functools import cached_property
from importlib.resources import files

import yaml

from coach.domain.base import Frozen


class Cues(Frozen):
    """Prototypes of routine and salient exchanges, and patterns that hint at a need, an answer or the process."""

    routine: tuple[str, ...]
    salient: tuple[str, ...]
    need_cues: tuple[str, ...]
    answer_cues: tuple[str, ...]
    compliance_broke: tuple[str, ...]
    compliance_followed: tuple[str, ...]
    system_at_fault: tuple[str, ...]
    refusals: tuple[str, ...]
    harsh_words: tuple[str, ...]

    @cached_property
    def need(self) -> tuple[re.Pattern[str], ...]:
        """Patterns in the customer's words."""
        return _compile(self.need_cues)

    @cached_property
    def answer(self) -> tuple[re.Pattern[str], ...]:
        """Patterns in the agent's words."""
        return _compile(self.answer_cues)

    @cached_property
    def broke(self) -> tuple[re.Pattern[str], ...]:
        """The agent says that the process is left."""
        return _compile(self.compliance_broke)

    @cached_property
    def followed(self) -> tuple[re.Pattern[str], ...]:
        """The agent says that the process is kept."""
        return _compile(self.compliance_followed)

    @cached_property
    def system(self) -> tuple[re.Pattern[str], ...]:
        """Somebody says that a system or an automatism is at fault."""
        return _compile(self.system_at_fault)

    @cached_property
    def refusal(self) -> tuple[re.Pattern[str], ...]:
        """The agent turns something down or turns somebody away."""
        return _compile(self.refusals)

    @cached_property
    def harsh(self) -> tuple[re.Pattern[str], ...]:
        """The agent insults, belittles or hangs up on somebody."""
        return _compile(self.harsh_words)


def load_cues() -> Cues:
    """Read the shipped lists (about 3 ms)."""
    return Cues.model_validate(yaml.safe_load(files("coach.judging").joinpath("cues.yaml").read_text("utf-8")))


def hits(patterns: tuple[re.Pattern[str], ...], text: str) -> int:
    """How many of the patterns occur in the text."""
    return sum(1 for pattern in patterns if pattern.search(text))


def _compile(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
