"""What a request costs and how much fits into one, from a dated file."""

from __future__ import annotations

import datetime
import re
from importlib.resources import files
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coach.errors import SettingsError
from coach.llm.chat import Usage

DEFAULT_CONTEXT_WINDOW = 16_384
"""For models that are not in the table, in tokens: what nearly every model in use today can hold."""

_SNAPSHOT = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{8}|latest)$")


class ModelPrice(BaseModel):
    """One model: USD per million tokens, and the context window in tokens.

    `cached_input` is None where nothing is known of a discount; cached tokens then cost what others cost.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: float = Field(ge=0, allow_inf_nan=False)
    cached_input: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    output: float = Field(ge=0, allow_inf_nan=False)
    context_window: int = Field(default=DEFAULT_CONTEXT_WINDOW, gt=0)


class PriceTable(BaseModel):
    """Prices by model spec, as they were known on `as_of`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    as_of: datetime.date
    models: dict[str, ModelPrice]

    def find(self, spec: str) -> ModelPrice | None:
        """The entry for a spec, or for the model that the spec names a dated snapshot of; else None."""
        return self.models.get(spec) or self.models.get(_SNAPSHOT.sub("", spec))


def load_prices(path: Path | None = None) -> PriceTable:
    """The shipped price table, or the one in a file of the same shape, which replaces it.

    Raises:
        SettingsError: the file cannot be read or is not such a table; names the key.
    """
    source = str(path) if path else "prices.yaml"
    remedy = "the shipped coach/llm/prices.yaml shows the shape"
    try:
        text = path.read_text("utf-8") if path else files("coach.llm").joinpath("prices.yaml").read_text("utf-8")
        return PriceTable.model_validate(yaml.safe_load(text))
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise SettingsError(source, reason, remedy="check COACH_PRICE_TABLE") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else ""
        raise SettingsError(source, "is not YAML", place=place, remedy=remedy) from None
    except UnicodeDecodeError:
        raise SettingsError(source, "is not UTF-8 text", remedy=remedy) from None
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise SettingsError(source, fault["msg"].lower(), place=place, remedy=remedy) from None


def cost_usd(spec: str, usage: Usage, table: PriceTable) -> float | None:
    """What the provider bills for a usage at list price, in USD; None where the price or the usage is unknown."""
    price = table.find(spec)
    if price is None or usage.tokens_in == 0:
        return None
    cached_rate = price.input if price.cached_input is None else price.cached_input
    fresh = usage.tokens_in - usage.tokens_cached
    return (fresh * price.input + usage.tokens_cached * cached_rate + usage.tokens_out * price.output) / 1_000_000


def context_window(spec: str, table: PriceTable | None = None) -> int:
    """How many tokens prompt and answer may have together; a low guess for models that are not in the table.

    Args:
        spec: `provider:model`.
        table: where to look; None for the shipped one.
    """
    price = (table or load_prices()).find(spec)
    return price.context_window if price else DEFAULT_CONTEXT_WINDOW
