"""Loads prompts and fills them in, strictly: a missing or an unknown variable is an error that names it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import Field

from coach.domain.base import Frozen
from coach.errors import CoachError

if TYPE_CHECKING:
    from jinja2 import Template


class PromptError(CoachError):
    """A prompt file is broken or was filled in with the wrong variables: a fault of the program, not of the user."""


class Prompt(Frozen):
    """A prompt as written in its file. `system` and `user` are Jinja templates over `variables`."""

    id: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    version: int = Field(ge=1)
    variables: tuple[str, ...]
    system: str
    user: str

    def render(self, **values: Any) -> tuple[str, str]:
        """The system and the user message.

        Raises:
            PromptError: a variable is missing, is not one of the prompt's, or is used but not declared.
        """
        missing, unknown = set(self.variables) - set(values), set(values) - set(self.variables)
        if missing or unknown:
            raise PromptError(f"prompt {self.id}: missing {sorted(missing)}, unknown {sorted(unknown)}")
        return _fill(self, self.system, values), _fill(self, self.user, values)

    def content_hash(self, output_schema: Mapping[str, Any] | None = None) -> str:
        """Hex sha256 over text, variables and the schema of the answer; the id and version are not part of it."""
        content = [self.system, self.user, list(self.variables), output_schema]
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def load_prompt(prompt_id: str) -> Prompt:
    """Read `<prompt_id>.yaml` from this package.

    Raises:
        PromptError: there is no such prompt, or its id is not its file's name.
    """
    file = files("coach.prompts").joinpath(f"{prompt_id}.yaml")
    if not file.is_file():
        raise PromptError(f"there is no prompt {prompt_id!r}")
    prompt = Prompt.model_validate(yaml.safe_load(file.read_text("utf-8")))
    if prompt.id != prompt_id:
        raise PromptError(f"prompt {prompt_id}: its file says id {prompt.id!r}")
    return prompt


def _fill(prompt: Prompt, template: str, values: Mapping[str, Any]) -> str:
    from jinja2 import TemplateError

    try:
        return _compiled(template).render(values).strip()
    except TemplateError as error:
        raise PromptError(f"prompt {prompt.id}: {error}") from error


@lru_cache(maxsize=64)
def _compiled(template: str) -> Template:
    """The template ready to be filled in; compiling takes longer than everything else about a prompt."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # Values are inserted as they are and never read as templates, so a transcript cannot bring its own.
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    return environment.from_string(template)
