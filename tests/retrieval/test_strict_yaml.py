from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.retrieval.corpus.faults import Faults
from coach.retrieval.corpus.strict_yaml import read_mapping

PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn", "Zl", "Zp"]), max_size=40)
VALUES = st.recursive(
    PLAIN | st.integers(-(10**9), 10**9) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PLAIN, inner, max_size=3),
    max_leaves=8,
)


def read(path: Path, text: str | bytes) -> tuple[dict[str, Any] | None, list[str]]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    faults = Faults()
    value = read_mapping(path, faults)
    assert (value is None) == bool(faults.errors)
    return value, [str(error) for error in faults.errors]


def collapsed(value: object) -> object:
    match value:
        case str():
            return " ".join(value.split())
        case list():
            return [collapsed(item) for item in value]
        case dict():
            return {key: collapsed(item) for key, item in value.items()}
        case _:
            return value


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.dictionaries(PLAIN, VALUES, min_size=1, max_size=4))
def test_what_is_dumped_is_read_back_with_white_space_collapsed(tmp_path: Path, content: dict[str, Any]) -> None:
    dumper = yaml.SafeDumper
    dumper.ignore_aliases = lambda self, data: True  # type: ignore[method-assign]
    value, errors = read(tmp_path / "file.yaml", yaml.dump(content, Dumper=dumper, allow_unicode=True))
    assert errors == []
    assert value == collapsed(content)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.binary(max_size=200) | st.text("{}[]:&*!-?|>'\"\n\t #a1,%@`", max_size=60).map(str.encode))
def test_no_input_raises(tmp_path: Path, content: bytes) -> None:
    read(tmp_path / "file.yaml", content)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", "a: the key is there twice (lines 1 and 3)"),
        ("top:\n  - x: 1\n    x: 2\n", "top[0].x: the key is there twice (lines 2 and 3)"),
        ("a: &big [1]\nb: *big\n", "b: YAML aliases"),
        ("a: 1\nb: [1, 2\nc: 3\n", "line 3: not valid YAML"),
        ("a: 'open\n", "line 2: not valid YAML"),
        ("a: !!python/object/apply:os.system [ls]\n", "not valid YAML"),
        ("- a\n- b\n", "expected keys and values at the top level"),
        ("", "the file is empty"),
        ("# nothing but this\n", "the file is empty"),
        ("a: 1\n---\nb: 2\n", "line 2: not valid YAML"),
        (b"a: \xff\xfe", "not UTF-8 (byte 3)"),
        (b"a: \x00", "not valid YAML"),
        ("a: 2026-13-45\n", "holds a value that cannot be read"),
        ("? [a, b]\n: 1\n", "line 1: a key must be plain text"),
    ],
)
def test_refuses_with_place_and_reason(tmp_path: Path, text: str | bytes, expected: str) -> None:
    _, errors = read(tmp_path / "file.yaml", text)
    assert len(errors) == 1
    assert errors[0].startswith(str(tmp_path / "file.yaml"))
    assert expected in errors[0]


def test_deep_nesting_is_refused_and_not_fatal(tmp_path: Path) -> None:
    _, errors = read(tmp_path / "file.yaml", "a: " + "[" * 20_000 + "]" * 20_000)
    assert len(errors) == 1


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    assert read(tmp_path / "file.yaml", b"\xef\xbb\xbfa: 1\n") == ({"a": 1}, [])
