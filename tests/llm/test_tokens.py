"""Counting tokens without a network."""

from __future__ import annotations

import hashlib
import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from tiktoken_ext import openai_public  # type: ignore[import-untyped]

from coach.llm import ChatMessage, token_counter
from coach.llm.tokens import CACHED_TABLES, OFFLINE_ENCODING

MODELS = ["openai:gpt-5-mini", "openai:gpt-4", "openai:llama-4", "anthropic:claude-sonnet-4-5", "openai:", "nonsense"]


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: Any) -> NoReturn:
        pytest.fail("counting tokens reached for the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))


@pytest.mark.parametrize("spec", MODELS)
def test_every_model_is_counted_at_once(spec: str) -> None:
    counter = token_counter(spec)
    assert counter.encoding == OFFLINE_ENCODING
    assert counter.count("hello world") == 2


@pytest.mark.parametrize("damaged", [b"", b"half a table"])
def test_damaged_table_in_the_cache_is_left_alone(damaged: bytes, tmp_path: Path) -> None:
    file = tmp_path / CACHED_TABLES["o200k_base"][0]
    file.write_bytes(damaged)
    assert token_counter("openai:gpt-5-mini").encoding == OFFLINE_ENCODING
    assert file.read_bytes() == damaged


def test_own_table_is_used_where_it_lies_in_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    table = b"".join(b"%s %d\n" % (entry, n) for n, entry in enumerate(_single_bytes()))
    name, _ = CACHED_TABLES["o200k_base"]
    (tmp_path / name).write_bytes(table)
    digest = hashlib.sha256(table).hexdigest()
    monkeypatch.setitem(CACHED_TABLES, "o200k_base", (name, digest))
    monkeypatch.setattr("tiktoken.load.check_hash", lambda data, _: data == table)
    monkeypatch.delitem(tiktoken.registry.ENCODINGS, "o200k_base", raising=False)
    try:
        counter = token_counter("openai:gpt-5-mini")
        assert counter.encoding == "o200k_base"
        assert counter.count("hello") == 5, "a table of single bytes knows no words"
    finally:
        tiktoken.registry.ENCODINGS.pop("o200k_base", None)


def test_cache_keys_are_those_of_tiktoken() -> None:
    for name, (file, digest) in CACHED_TABLES.items():
        constants = [c for c in getattr(openai_public, name).__code__.co_consts if isinstance(c, str)]
        (url,) = [constant for constant in constants if "://" in constant]
        assert hashlib.sha1(url.encode()).hexdigest() == file
        assert digest in constants


def test_special_tokens_are_plain_text() -> None:
    assert token_counter("openai:gpt-5").count("<|endoftext|>") > 1


@given(st.text(max_size=200), st.text(max_size=200))
def test_joining_never_costs_more_than_the_parts(left: str, right: str) -> None:
    counter = token_counter("openai:gpt-5")
    assert counter.count(left + right) <= counter.count(left) + counter.count(right) + 3
    assert counter.count(left) <= len(left.encode())


def test_prompt_counts_messages_and_schema() -> None:
    class Answer(BaseModel):
        verdict: str

    counter = token_counter("openai:gpt-5")
    messages = [ChatMessage("system", "one"), ChatMessage("user", "two three")]
    bare = counter.count_messages(messages)
    assert bare == 3 + (3 + 1 + 1) + (3 + 1 + 2)
    assert counter.count_messages(messages, Answer) > bare + 10


@pytest.mark.parametrize("unit", ["a", "word ", " ", "9", "\n", "é"])
def test_a_megabyte_can_be_counted(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    assert 0 < token_counter("openai:gpt-5").count(text) <= len(text.encode())


def _single_bytes() -> list[bytes]:
    import base64

    return [base64.b64encode(bytes([n])) for n in range(256)]
