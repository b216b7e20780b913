"""The base of every domain type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable record that refuses unknown fields, so that a misspelt key is an error and not a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some fields changed; not validated again.

        What the original had derived and cached is left behind: pydantic would carry it over, and a copy with other
        fields would go on answering with the old ones.
        """
        copy = super().model_copy(update=update, deep=deep)
        for name in [name for name in copy.__dict__ if name not in type(copy).model_fields]:
            del copy.__dict__[name]
        return copy
