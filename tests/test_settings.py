from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.errors import SettingsError
from coach.settings import (
    PROVIDER_KEYS,
    Settings,
    export_provider_keys,
    load_settings,
    provider_keys,
    settings_in_force,
    unknown_variables,
    without_password,
)


@pytest.fixture(autouse=True)
def _clean_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting but the defaults, in an empty folder; what a test exports is undone."""
    for name in list(os.environ):
        if name.startswith("COACH_"):
            monkeypatch.delenv(name)
    for name in PROVIDER_KEYS:
        monkeypatch.setenv(name, "")
    monkeypatch.chdir(tmp_path)


def test_defaults_work_without_any_configuration() -> None:
    settings = load_settings()
    assert (settings.model, settings.embeddings, settings.mask) == ("local", "local", True)
    assert settings.corpus.is_dir()
    assert settings.home.is_absolute()


def test_command_line_beats_environment_beats_env_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("COACH_MODEL=openai:a\nCOACH_CONCURRENCY=7\nCOACH_MASK=no\n")
    monkeypatch.setenv("COACH_MODEL", "openai:b")
    monkeypatch.setenv("COACH_MASK", "")
    overrides = {"model": "openai:c", "corpus": None}
    settings = load_settings(overrides)
    assert (settings.model, settings.concurrency, settings.mask) == ("openai:c", 7, False)
    origins = {setting.variable: setting.origin for setting in settings_in_force(settings, overrides)}
    assert origins["COACH_MODEL"] == "command line"
    assert origins["COACH_CONCURRENCY"] == ".env file"
    assert origins["COACH_MASK"] == ".env file"
    assert origins["COACH_CORPUS"] == "default"
    assert {s.variable: s.origin for s in settings_in_force(load_settings())}["COACH_MODEL"] == "environment"


def test_every_setting_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told = settings_in_force(load_settings())
    assert [setting.variable for setting in told] == [f"COACH_{name.upper()}" for name in Settings.model_fields]
    assert all(setting.value for setting in told)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", "gpt-5-mini"),
        ("model", "cascade:"),
        ("model", "cascade:local"),
        ("embeddings", "minilm"),
        ("concurrency", "0"),
        ("concurrency", "many"),
        ("base_url", "hunter2.example"),
        ("chroma_url", "ftp://hunter2.example"),
        ("database_url", "hunter2"),
        ("mask", "perhaps"),
        ("timeout_s", "-1"),
        ("timeout_s", "inf"),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_setting_and_not_the_value(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"COACH_{name.upper()}", value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value).startswith(f"COACH_{name.upper()}: ")
    assert "\n" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_bad_value_is_blamed_on_where_it_came_from() -> None:
    with pytest.raises(SettingsError, match=r"^--model: expected local"):
        load_settings({"model": "nonsense"})
    Path(".env").write_text("COACH_CONCURRENCY=many\n")
    with pytest.raises(SettingsError, match=r"^\.env: COACH_CONCURRENCY: input should be a valid integer"):
        load_settings()


def test_an_env_file_that_is_not_text_is_one_line() -> None:
    Path(".env").write_bytes(b"COACH_MODEL=\xff\xfe\x00")
    with pytest.raises(SettingsError, match=r"^\.env: cannot be read \(not UTF-8\)"):
        load_settings()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(load_settings(), "model", "openai:x")  # noqa: B010  # type checkers forbid it as well


def test_a_misspelt_setting_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_MODLE", "local")
    Path(".env").write_text("COACH_CONCURENCY=2\nOTHER=1\n")
    assert unknown_variables() == ("COACH_CONCURENCY", "COACH_MODLE")


def test_provider_keys_are_told_but_not_shown_and_reach_the_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("OPENAI_API_KEY=from-file\nMISTRAL_API_KEY=from-file\nPATH=/nowhere\n")
    monkeypatch.setenv("MISTRAL_API_KEY", "from-environment")
    assert provider_keys()["OPENAI_API_KEY"] == ".env file"
    assert provider_keys()["MISTRAL_API_KEY"] == "environment"
    assert provider_keys()["GROQ_API_KEY"] is None
    export_provider_keys()
    assert os.environ["OPENAI_API_KEY"] == "from-file"
    assert os.environ["MISTRAL_API_KEY"] == "from-environment"
    assert os.environ["PATH"] != "/nowhere"


secrets = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789_-.~%+", min_size=1, max_size=20).map("S3CRET{}".format)


@given(secrets)
def test_no_secret_of_an_address_is_shown(secret: str) -> None:
    for url in (
        f"postgresql+psycopg://user:{secret}@host:5432/db",
        f"postgresql://:{secret}@host/db",
        f"https://{secret}@host/v1",
        f"https://host/v1?api_key={secret}&region=eu",
        f"postgresql://host/db?sslmode=require&password={secret}",
    ):
        shown = without_password(url)
        assert secret not in shown
        assert "host" in shown


def test_an_address_without_a_secret_is_shown_as_it_is() -> None:
    for url in ("https://host:8000/v1?region=eu", "sqlite:////data/coach.db"):
        assert without_password(url) == url


def test_the_settings_object_does_not_print_its_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BASE_URL", "DATABASE_URL", "CHROMA_URL"):
        monkeypatch.setenv(f"COACH_{name}", "https://user:hunter2@host")
    assert "hunter2" not in f"{load_settings()!r} {load_settings()}"
    assert all("hunter2" not in setting.value for setting in settings_in_force(load_settings()))
