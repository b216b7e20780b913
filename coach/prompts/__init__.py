"""Prompts are files: one each, with an id, a version and a list of variables. `load_prompt` reads one."""

from coach.prompts.loader import Prompt, load_prompt

__all__ = ["Prompt", "load_prompt"]
