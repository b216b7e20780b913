"""The program's settings: one frozen class, read from the command line, the environment and `.env`, in that order.

Nothing is read when this module is imported; `load_settings` does the reading.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from dotenv import dotenv_values
from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from coach.errors import SettingsError

ENV_FILE = ".env"
ENV_PREFIX = "COACH_"
PROVIDER_KEYS = (
    "OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
    "AZURE_OPENAI_API_KEY",
    "GOOGLE_API_KEY",
    "MISTRAL_API_KEY",
    "GROQ_API_KEY",
)
"""Environment variables in which LangChain's providers look for their keys."""

Origin = Literal["command line", "environment", ".env file", "default"]

_MODEL = re.compile(r"local|(cascade:)?(?!cascade:|local:)[a-z0-9_]+:\S+")
_EMBEDDINGS = re.compile(r"local|[a-z0-9_]+:\S+")
_USERINFO = re.compile(r"(?<=://)(?P<user>[^/@:?#]*)(?P<password>:[^/@]*)?@")
_SECRET_PARAMETER = re.compile(r"(?i)(?<=[?&])([^=&]*(?:key|token|secret|password|pwd|sig)[^=&]*)=[^&#]*")


def sample_corpus() -> Path:
    """Where the sample companies lie: inside the installed package, or next to it in a source checkout."""
    package = Path(__file__).resolve().parent
    packaged = package / "sample_corpus"
    return packaged if packaged.is_dir() else package.parent / "corpus"


def _user_data() -> Path:
    return platformdirs.user_data_path("purpose-coach", appauthor=False)


def _expanded(path: Path) -> Path:
    return path.expanduser()


def _model_name(value: str) -> str:
    if not _MODEL.fullmatch(value):
        raise ValueError("expected local, provider:model or cascade:provider:model, such as openai:gpt-5-mini")
    return value


def _embeddings_name(value: str) -> str:
    if not _EMBEDDINGS.fullmatch(value):
        raise ValueError("expected local or provider:model, such as openai:text-embedding-3-small")
    return value


def _http_url(value: str) -> str:
    if not re.match(r"https?://[^/\s]+", value):
        raise ValueError("expected an address that starts with http:// or https://")
    return value


def _database_url(value: str) -> str:
    if not re.match(r"[a-z][a-z0-9+]*://", value):
        raise ValueError("expected a database address, such as postgresql://user:password@host/name")
    return value


_FilePath = Annotated[Path, AfterValidator(_expanded)]
_HttpUrl = Annotated[str, AfterValidator(_http_url)]


class Settings(BaseSettings):
    """What is in force for one run.

    Attributes:
        home: folder for everything the program writes: database, index, caches.
        corpus: folder that holds one folder per company.
        model: `local`, `provider:model` or `cascade:provider:model`.
        base_url: address of an OpenAI-compatible server; None for the provider's own.
        embeddings: `local` or `provider:model`.
        database_url: SQLAlchemy address; None for SQLite in `home`.
        chroma_url: address of a Chroma server; None for a folder in `home`.
        concurrency: how many model requests may be in flight at once, at least 1.
        mask: whether personal data is masked before a transcript goes anywhere.
        timeout_s: how long one model request may take, in seconds.
        price_table: file of model prices that replaces the shipped one.
    """

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    home: _FilePath = Field(default_factory=_user_data)
    corpus: _FilePath = Field(default_factory=sample_corpus)
    model: Annotated[str, AfterValidator(_model_name)] = "local"
    base_url: _HttpUrl | None = Field(default=None, repr=False)
    embeddings: Annotated[str, AfterValidator(_embeddings_name)] = "local"
    database_url: Annotated[str, AfterValidator(_database_url)] | None = Field(default=None, repr=False)
    chroma_url: _HttpUrl | None = Field(default=None, repr=False)
    concurrency: int = Field(default=4, ge=1, le=1000)
    mask: bool = True
    timeout_s: float = Field(default=120.0, gt=0, allow_inf_nan=False)
    price_table: _FilePath | None = None


@dataclass(frozen=True, slots=True)
class SettingInForce:
    """One setting as it is in force; `value` is fit to be shown: passwords are masked."""

    variable: str
    value: str
    origin: Origin


def load_settings(overrides: Mapping[str, object] | None = None) -> Settings:
    """Read the settings.

    Args:
        overrides: values from the command line by field name; None values count as not given.

    Raises:
        SettingsError: a value is not what the setting takes, or `.env` cannot be read.
    """
    given = _given(overrides)
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic validates what the command line gave
    except ValidationError as error:
        raise _settings_error(error, given) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(ENV_FILE, f"cannot be read ({_cause(error)})", remedy="expected UTF-8 text") from None


def settings_in_force(settings: Settings, overrides: Mapping[str, object] | None = None) -> tuple[SettingInForce, ...]:
    """Every setting with its value and where that came from, in the order of the class; passwords are masked.

    Args:
        settings: what `load_settings` returned.
        overrides: what it was given.
    """
    given = _given(overrides)
    return tuple(
        SettingInForce(_variable(name), _shown(name, settings), _origin(name, given)) for name in Settings.model_fields
    )


def unknown_variables() -> tuple[str, ...]:
    """Names of `COACH_*` variables that no setting reads, sorted: most often a misspelt one."""
    known = {_variable(name) for name in Settings.model_fields}
    names = {name.upper() for name in (*os.environ, *_env_file())}
    return tuple(sorted(name for name in names if name.startswith(ENV_PREFIX) and name not in known))


def provider_keys() -> dict[str, Origin | None]:
    """For each provider key, where it is set; None where it is not. The keys themselves are not returned."""
    in_file = _env_file()
    return {
        name: "environment" if os.environ.get(name) else ".env file" if in_file.get(name) else None
        for name in PROVIDER_KEYS
    }


def export_provider_keys() -> None:
    """Put provider keys found only in `.env` into the environment, where the vendors' clients look for them."""
    for name, value in _env_file().items():
        if name in PROVIDER_KEYS and value and not os.environ.get(name):
            os.environ[name] = value


def without_password(url: str) -> str:
    """The address with its password, token or lone user name (often a token) replaced by `***`."""

    def masked(match: re.Match[str]) -> str:
        return f"{match['user']}:***@" if match["password"] else "***@"

    return _SECRET_PARAMETER.sub(r"\1=***", _USERINFO.sub(masked, url))


def _given(overrides: Mapping[str, object] | None) -> dict[str, object]:
    return {name: value for name, value in (overrides or {}).items() if value is not None}


def _variable(name: str) -> str:
    return f"{ENV_PREFIX}{name.upper()}"


def _env_file() -> dict[str, str | None]:
    return dotenv_values(ENV_FILE, encoding="utf-8") if Path(ENV_FILE).is_file() else {}


def _origin(name: str, given: Mapping[str, object]) -> Origin:
    variable = _variable(name)
    if name in given:
        return "command line"
    if any(key.upper() == variable and value for key, value in os.environ.items()):
        return "environment"
    if any(key.upper() == variable and value for key, value in _env_file().items()):
        return ".env file"
    return "default"


def _shown(name: str, settings: Settings) -> str:
    value = getattr(settings, name)
    if value is None:
        return {
            "base_url": "the provider's own",
            "database_url": "SQLite in COACH_HOME",
            "chroma_url": "a folder in COACH_HOME",
            "price_table": "the shipped table",
        }[name]
    if isinstance(value, bool):
        return "true" if value else "false"
    return without_password(str(value))


def _settings_error(error: ValidationError, given: Mapping[str, object]) -> SettingsError:
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    name = str(fault["loc"][0])
    origin = _origin(name, given)
    place = _variable(name) if origin == ".env file" else ""
    source = {"command line": f"--{name.replace('_', '-')}", ".env file": ENV_FILE}.get(origin, _variable(name))
    reason = fault["msg"].removeprefix("Value error, ")
    return SettingsError(source, reason[0].lower() + reason[1:], place=place)


def _cause(error: OSError | UnicodeDecodeError) -> str:
    return "not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror or "unreadable"
