"""Prices: known ones are exact, unknown ones are not invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.errors import SettingsError
from coach.llm import Usage, context_window, cost_usd, load_prices
from coach.llm.prices import DEFAULT_CONTEXT_WINDOW, PriceTable

TABLE = PriceTable.model_validate(
    {
        "as_of": "2026-01-31",
        "models": {
            "openai:big": {"input": 2, "cached_input": 0.5, "output": 8, "context_window": 1000},
            "openai:plain": {"input": 2, "output": 8},
        },
    }
)


@pytest.mark.parametrize(
    ("spec", "usage", "cost"),
    [
        ("openai:big", Usage(1_000_000, 0, 0), 2.0),
        ("openai:big", Usage(1_000_000, 1_000_000, 1_000_000), 8.5),
        ("openai:big-2026-01-02", Usage(500_000, 250_000, 0), 3.0),
        ("openai:big-20260102", Usage(1_000_000, 0, 0), 2.0),
        ("openai:big-latest", Usage(1_000_000, 0, 0), 2.0),
        ("openai:plain", Usage(1_000_000, 0, 500_000), 2.0),
        ("openai:big-mini", Usage(1_000_000, 0, 0), None),
        ("azure_openai:big", Usage(1_000_000, 0, 0), None),
        ("big", Usage(1_000_000, 0, 0), None),
        ("openai:big", Usage(), None),
    ],
)
def test_cost(spec: str, usage: Usage, cost: float | None) -> None:
    assert cost_usd(spec, usage, TABLE) == (None if cost is None else pytest.approx(cost))


def test_context_windows() -> None:
    assert context_window("openai:big", TABLE) == 1000
    assert context_window("openai:plain", TABLE) == DEFAULT_CONTEXT_WINDOW
    assert context_window("openai:somebody-elses") == DEFAULT_CONTEXT_WINDOW
    assert context_window("openai:gpt-5-mini") > 100_000


def test_shipped_table_is_plausible() -> None:
    table = load_prices()
    assert "openai:gpt-5-mini" in table.models
    for spec, price in table.models.items():
        assert ":" in spec
        assert price.cached_input is not None
        assert 0 < price.cached_input < price.input < price.output
        assert price.context_window >= DEFAULT_CONTEXT_WINDOW


def test_own_table_replaces_the_shipped_one(tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text("as_of: 2026-05-01\nmodels:\n  openai:mine: {input: 1, output: 2}\n")
    table = load_prices(file)
    assert list(table.models) == ["openai:mine"]
    assert cost_usd("openai:mine", Usage(1_000_000, 1_000_000, 0), table) == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "valid dictionary"),
        (b"models: [", "line 1: is not YAML"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"as_of: 2026-01-01\nmodels: {a: {input: -1, output: 1}}", "models.a.input"),
        (b"as_of: 2026-01-01\nmodels: {a: {input: .nan, output: 1}}", "models.a.input"),
        (b"as_of: 2026-01-01\nmodels: {a: {inptu: 1, input: 1, output: 1}}", "models.a.inptu"),
        (b"as_of: yesterday\nmodels: {}", "as_of"),
    ],
)
def test_broken_table_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "prices.yaml"
    file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load_prices(file)
    assert says in str(caught.value)
    assert str(file) in str(caught.value)


def test_missing_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        load_prices(tmp_path / "gone.yaml")
