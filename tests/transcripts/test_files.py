"""What holds for every format: detection, ids, JSONL, encodings, bad input."""

from __future__ import annotations

import json
import random

import pytest

from coach.domain.transcript import Transcript
from coach.errors import TranscriptError
from tests.transcripts.reading import one, read_all, refused, said

SPOKEN = [{"speaker": "agent", "text": "How can I help?"}, {"speaker": "customer", "text": "My parcel is lost."}]
LINE = json.dumps({"turns": SPOKEN})


def test_a_bad_line_does_not_stop_the_others() -> None:
    lines = [LINE, '{"turns": [', "", "not json at all", '{"turns": [{"speaker": "agent"}]}', '{"calls": []}', LINE]

    items = read_all("\n".join(lines), "calls/night.jsonl")

    places = [item.place if isinstance(item, TranscriptError) else item.call_id for item in items]
    assert places == ["night-1", "line 2", "line 4", "line 5, turns[0].text", "line 6", "night-7"]
    assert "at line 1" not in str(items[1])


def test_a_bad_first_line_does_not_hide_the_lines_after_it() -> None:
    broken, good = read_all(f"oops\n{LINE}\n")

    assert isinstance(broken, TranscriptError)
    assert broken.place == "line 1"
    assert isinstance(good, Transcript)


def test_lines_of_one_unknown_format_are_refused_once() -> None:
    error = refused("\n".join('{"who": "a", "what": "b"}' for _ in range(50)))

    assert "who, what" in error.reason


def test_lines_may_hold_different_formats() -> None:
    whisper = json.dumps({"segments": [{"id": 0, "start": 0, "end": 1.5, "text": " Hello."}]})

    first, second = read_all(f"{LINE}\n{whisper}\n")

    assert isinstance(first, Transcript)
    assert isinstance(second, Transcript)
    assert second.flags == ("no_roles",)


def test_a_call_id_used_twice_is_an_error_at_its_second_line() -> None:
    line = json.dumps({"call_id": "c-1", "turns": SPOKEN})

    first, second = read_all(f"{line}\n{line}\n")

    assert isinstance(first, Transcript)
    assert isinstance(second, TranscriptError)
    assert second.place == "line 2"
    assert '"c-1"' in second.reason


@pytest.mark.parametrize(
    ("source", "call_id"), [("calls/fri.day.json", "fri.day"), ("<stdin>", "stdin"), ("", "call"), ("x", "x")]
)
def test_the_call_id_is_the_stem_of_the_source(source: str, call_id: str) -> None:
    (item,) = read_all(LINE, source)

    assert isinstance(item, Transcript)
    assert item.call_id == call_id


def test_the_name_of_the_file_does_not_decide_its_format() -> None:
    (item,) = read_all("Agent: How can I help?\nCustomer: My parcel is lost.", "call.json")

    assert isinstance(item, Transcript)
    assert len(item.turns) == 2


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n\t\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (bytes(range(256)) * 4, "is not text"),
        (random.Random(5).randbytes(2000), "is not text"),
        (b"RIFF\x24\x08\x00\x00WAVEfmt ", "is not text"),
        (b"\xff\xfeA", "is not text"),
        (b'{"turns": [{"speaker": "agent", "te', "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "not valid JSON"),
        (b"[]", "unknown format"),
        (b"{}", "unknown format"),
        (b"null", "no speakers found"),
        (b'{"turns": []}', "no turns with words"),
        (b'{"Transcript": []}', "no turns with words"),
        (b'{"turns": 5}', "list"),
        (b"Dear all,\n\nthe meeting is at noon.\n", "no speakers found"),
        (b'speaker,text\nAgent,"never closed', "table"),
        (b"WEBVTT\n", "no turns with words"),
        (b'{"turns":[{"speaker":"agent","text":"\\ud800"}]}', "not valid JSON"),
    ],
)
def test_bad_input_is_one_clear_error(data: bytes, reason: str) -> None:
    error = refused(data)

    assert reason in error.reason
    assert str(error).startswith("calls/sample.txt: ")


def test_an_unknown_format_names_its_keys_and_what_is_read() -> None:
    error = refused({"payload": {"a": 1}, "kind": "other"})

    assert "payload, kind" in error.reason
    assert "README" in error.remedy
    assert len(str(error)) < 200


def test_errors_hold_no_words_of_the_call() -> None:
    secret = "my card is four one one one"
    broken = [
        f'{{"turns": [{{"speaker": "{secret}", "text": "x"}}]}}',
        f'{{"turns": [{{"speaker": "agent", "text": "{secret}"',
        f'{{"turns": [{{"speaker": "agent", "text": ["{secret}"]}}]}}',
        secret,
    ]

    assert all(secret not in str(refused(data)) for data in broken)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings(encoding: str) -> None:
    text = "Agent: Grüße – how can I help?\r\nCustomer: It’s my café order.\r\n"

    assert said(one(text.encode(encoding))) == [
        ("agent", "Grüße – how can I help?"),
        ("customer", "It’s my café order."),
    ]


def test_a_file_cut_inside_a_character_stays_utf8() -> None:
    text = "Agent: Grüße, how can I help?\nCustomer: café".encode()

    assert said(one(text[:-1]))[1] == ("customer", "caf")


def test_windows_text_that_ends_in_an_accent() -> None:
    assert said(one("Agent: How can I help?\nCustomer: My café".encode("cp1252")))[1] == ("customer", "My café")


def test_old_line_ends() -> None:
    assert len(one(b"Agent: How can I help?\rCustomer: My order.\r").turns) == 2


def test_one_turn_is_read() -> None:
    assert one("Agent: Hello?").flags == ("single_speaker",)


def test_five_thousand_turns() -> None:
    transcript = one({"turns": SPOKEN * 2500})

    assert (len(transcript.turns), transcript.turns[-1].index) == (5000, 4999)


@pytest.mark.parametrize("shape", ["Agent: {}\nCustomer: ok", 'speaker,text\nAgent,"{}"\nCustomer,ok\n', "json"])
def test_a_turn_of_a_megabyte(shape: str) -> None:
    words = "how can I help you " * 55_000
    data = json.dumps({"turns": [{"speaker": "agent", "text": words}]}) if shape == "json" else shape.format(words)

    assert len(one(data).turns[0].text) > 1_000_000


@pytest.mark.parametrize(
    "data",
    [
        b"Agent" + b" " * 300_000 + b": hi\nCustomer: x",
        b"Agent: x\n" + b"(" + b"a " * 300_000,
        b"Agent: x\n" + b"Customer [" * 60_000 + b"\nCustomer" + b" (a) [b]" * 60_000 + b": y",
        b"WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n" + b"<v " * 100_000,
        b"{\n" * 100_000,
        b"speaker,text\n" + b"".join(b"N%d,hello\n" % i for i in range(5000)),
    ],
)
def test_hostile_shapes_take_linear_time(data: bytes) -> None:
    assert read_all(data)  # a quadratic step would run for minutes here
