from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from coach.domain.review import Review
from coach.settings import sample_corpus
from tests.cli.conftest import RunCoach

CALL = (
    "Agent: Thanks for calling, how can I help?\n"
    "Customer: I was charged a waiting fee because the ramp of the car was stuck. I use a wheelchair.\n"
    "Agent: That fee is not fair to you. I am taking it off now and I am reporting the ramp, so that it happens to "
    "nobody else.\n"
    "Customer: Thank you, I did not expect that. My card is 4111 1111 1111 1111 if you need it.\n"
    "Agent: I do not need it. You will have the money back by tomorrow noon.\n"
)
SAMPLES = sample_corpus() / "fairwheel" / "calls"


def jsonl(*calls: dict[str, Any]) -> bytes:
    return "".join(json.dumps(call) + "\n" for call in calls).encode()


def call(call_id: str, **more: object) -> dict[str, Any]:
    turns = [dict(zip(("speaker", "text"), line.split(": ", 1), strict=True)) for line in CALL.lower().splitlines()]
    return {"call_id": call_id, "turns": [{"index": n} | turn for n, turn in enumerate(turns)]} | more


def test_one_call_as_json_is_one_object_of_the_published_form(coach: RunCoach, tmp_path: Path) -> None:
    path = tmp_path / "call.txt"
    path.write_text(CALL)
    ran = coach("review", path, "--company", "fairwheel", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    review = Review.model_validate_json(ran.out)
    assert review.company == "fairwheel"
    assert review.provenance.model == "local"


def test_two_runs_differ_in_nothing_but_the_time_they_took(coach: RunCoach) -> None:
    sample = sorted(SAMPLES.iterdir())[0]
    first, second = (
        Review.model_validate_json(coach("review", sample, "--company", "fairwheel", "--format", "json").out)
        for _ in range(2)
    )
    same = first.provenance.latency_ms
    assert (
        second.model_copy(
            update={"provenance": second.provenance.model_copy(update={"latency_ms": same})}
        ).model_dump_json()
        == first.model_dump_json()
    )


def test_several_calls_are_told_in_input_order_with_failures_in_their_place(coach: RunCoach, tmp_path: Path) -> None:
    lines = tmp_path / "calls.jsonl"
    lines.write_bytes(jsonl(call("a")) + b"{broken\n" + jsonl(call("b")))
    empty = tmp_path / "empty.json"
    empty.write_bytes(b"")
    ran = coach("review", lines, empty, tmp_path / "gone.json", "-", "--company", "fairwheel", "--format", "json",
                stdin=jsonl(call("c")))  # fmt: skip
    assert ran.code == 1
    told = [json.loads(line) for line in ran.out.splitlines()]
    assert [one["call_id"] for one in told if "error" not in one] == ["a", "b", "c"]
    failed = [(n, one) for n, one in enumerate(told) if "error" in one]
    assert [n for n, _ in failed] == [1, 3, 4]
    assert all(list(one) == ["call_id", "source", "error"] for _, one in failed)
    assert [one["source"] for _, one in failed] == [str(lines), str(empty), str(tmp_path / "gone.json")]
    assert "3 reviewed, 3 failed" in ran.err


def test_a_failing_file_is_one_line_on_standard_error_and_the_rest_is_done(coach: RunCoach, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(range(256)))
    (tmp_path / "b.txt").write_text(CALL)
    ran = coach("review", tmp_path / "a.bin", tmp_path / "b.txt", "--company", "fairwheel")
    assert ran.code == 1
    assert "FairWheel" in ran.out
    first, last = ran.err.splitlines()
    assert first.startswith(f"coach: {tmp_path / 'a.bin'}: ")
    assert last == "1 reviewed, 1 failed"


def test_a_folder_stands_for_its_files(coach: RunCoach, tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "README.md", ".hidden"):
        (tmp_path / name).write_text(CALL)
    (tmp_path / "none").mkdir()
    ran = coach("review", tmp_path, "--company", "fairwheel", "--format", "json")
    assert ran.code == 0
    assert len(ran.out.splitlines()) == 2
    ran = coach("review", tmp_path / "none", "--company", "fairwheel")
    assert ran.code == 1
    assert "the folder holds no files" in ran.err


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("--company", "nobody"),
        ("--company", "fairwheel", "--corpus", "nowhere"),
        ("--company", "fairwheel", "--model", "gpt-5-mini"),
        ("--company", "fairwheel", "-o", "no/such/folder/x.txt"),
    ],
)
def test_wrong_configuration_is_one_line_and_exits_2(coach: RunCoach, args: tuple[str, ...]) -> None:
    ran = coach("review", "-", *args, stdin=CALL.encode())
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("coach: ")
    assert ran.err.count("\n") == 1


def test_a_broken_corpus_is_refused_with_its_path(coach: RunCoach, tmp_path: Path) -> None:
    shutil.copytree(sample_corpus() / "fairwheel", tmp_path / "corpus" / "fairwheel")
    purpose = tmp_path / "corpus" / "fairwheel" / "purpose.yaml"
    purpose.write_text(purpose.read_text(encoding="utf-8").replace("statement:", "mission:"), encoding="utf-8")
    ran = coach("review", "-", "--corpus", tmp_path / "corpus", stdin=CALL.encode())
    assert (ran.code, ran.out) == (2, "")
    assert str(purpose) in ran.err
    assert ran.err.count("\n") == 1


def test_the_only_company_of_a_corpus_needs_no_name(coach: RunCoach, tmp_path: Path) -> None:
    shutil.copytree(sample_corpus() / "sunnybox", tmp_path / "corpus" / "sunnybox")
    ran = coach("review", "-", "--corpus", tmp_path / "corpus", "--format", "json", stdin=CALL.encode())
    assert ran.code == 0
    assert json.loads(ran.out)["company"] == "sunnybox"


def test_a_call_may_name_its_company_and_the_command_line_overrules_it(coach: RunCoach) -> None:
    calls = jsonl(call("a", metadata={"company": "fairwheel"}), call("b", metadata={"company": "sunnybox"}))
    told = [json.loads(line) for line in coach("review", "-", "--format", "json", stdin=calls).out.splitlines()]
    assert [one["company"] for one in told] == ["fairwheel", "sunnybox"]
    overruled = coach("review", "-", "--format", "json", "--company", "harborcare", stdin=calls).out.splitlines()
    assert [json.loads(line)["company"] for line in overruled] == ["harborcare", "harborcare"]


def test_personal_data_is_masked_unless_told_otherwise(coach: RunCoach) -> None:
    masked = coach("review", "-", "--company", "fairwheel", "--format", "html", stdin=CALL.encode()).out
    assert "4111 1111 1111 1111" not in masked
    assert "&lt;CARD_1&gt;" in masked
    plain = coach("review", "-", "--company", "fairwheel", "--format", "html", "--no-mask", stdin=CALL.encode()).out
    assert "4111 1111 1111 1111" in plain


@pytest.mark.parametrize(("fmt", "start"), [("html", "<!doctype html>"), ("md", "# Review of call"), ("text", "")])
def test_output_goes_to_a_file(coach: RunCoach, tmp_path: Path, fmt: str, start: str) -> None:
    target = tmp_path / "out"
    ran = coach("review", "-", "--company", "fairwheel", "--format", fmt, "-o", target, stdin=CALL.encode())
    assert (ran.code, ran.out, ran.err) == (0, "", f"wrote {target}\n")
    written = target.read_text(encoding="utf-8")
    assert written.startswith(start)
    assert "FairWheel" in written
    assert "\x1b" not in written


@pytest.mark.parametrize("named", ["in.txt", "."])
def test_a_transcript_is_never_overwritten(coach: RunCoach, tmp_path: Path, named: str) -> None:
    (tmp_path / "in.txt").write_text(CALL)
    ran = coach("review", named, "--company", "fairwheel", "-o", tmp_path / "in.txt")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert (tmp_path / "in.txt").read_text() == CALL


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
@pytest.mark.parametrize("args", ["corpus show fairwheel", "review - --company fairwheel"])
def test_a_full_disk_behind_standard_output_is_one_line(args: str) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "coach.cli.main", *args.split()]
        ended = subprocess.run(command, input=CALL.encode(), stdout=full, stderr=subprocess.PIPE, check=False)
    assert ended.returncode == 2
    assert ended.stderr == b"coach: standard output: cannot be written: no space left on device\n"


@pytest.mark.parametrize("fmt", ["text", "md", "json"])
def test_a_stream_that_takes_only_ascii_gets_all_there_is_to_say(fmt: str) -> None:
    command = [sys.executable, "-m", "coach.cli.main", "review", "-", "--company", "fairwheel", "--format", fmt]
    plain, full = (
        subprocess.run(
            command,
            input=CALL.encode(),
            capture_output=True,
            env=os.environ | {"PYTHONIOENCODING": encoding},
            check=True,
        ).stdout.decode(encoding if fmt != "json" else "utf-8")
        for encoding in ("ascii", "utf-8")
    )
    if fmt == "json":
        assert Review.model_validate_json(plain).moments == Review.model_validate_json(full).moments
    else:
        assert "+ Honored" in plain
        assert plain.count("?") == full.count("?")


def test_a_call_that_fails_leaves_an_earlier_file_as_it_was(coach: RunCoach, tmp_path: Path) -> None:
    target = tmp_path / "review.html"
    target.write_text("earlier")
    ran = coach("review", "-", "--company", "fairwheel", "--format", "html", "-o", target, stdin=b"")
    assert ran.code == 1
    assert target.read_text() == "earlier"
    assert "wrote" not in ran.err


def turns(*said: tuple[str, str]) -> bytes:
    return json.dumps({"call_id": "x", "turns": [{"speaker": who, "text": text} for who, text in said]}).encode()


BAD = {
    "empty": b"",
    "binary": bytes(range(256)),
    "truncated JSON": turns(("agent", "Hello"))[:-5],
    "no turns": turns(),
    "unknown format": b"<xml><call/></xml>",
}
ODD = {
    "one turn": turns(("agent", "Hello")),
    "no agent": turns(("customer", "Hello"), ("customer", "Hello?")),
    "wrong encoding": "Agent: Grüß Gott, womit kann ich helfen?\nCustomer: Die Gebühr ist falsch.\n".encode("latin-1"),
    "5,000 turns": turns(*((("customer", "Where is it?"), ("agent", "On its way.")) * 2500)),
    "a turn of 1 MB": turns(("customer", "My order is late. " * 60_000), ("agent", "I will find out now.")),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_read_is_one_line_that_names_source_and_reason(coach: RunCoach, data: bytes) -> None:
    ran = coach("review", "-", "--company", "fairwheel", stdin=data)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("coach: <stdin>: ")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("data", ODD.values(), ids=ODD.keys())
def test_what_is_odd_but_readable_is_reviewed(coach: RunCoach, data: bytes) -> None:
    ran = coach("review", "-", "--company", "fairwheel", "--format", "html", stdin=data)
    assert (ran.code, ran.err) == (0, "")
    assert "FairWheel" in ran.out


def test_several_pages_need_a_folder_and_get_a_name_each(coach: RunCoach, tmp_path: Path) -> None:
    calls = jsonl(call("../a b"), call("../A b"), call("ünï"))
    ran = coach("review", "-", "--company", "fairwheel", "--format", "html", stdin=calls)
    assert (ran.code, ran.out) == (2, "")
    assert "-o DIR" in ran.err
    ran = coach("review", "-", "--company", "fairwheel", "--format", "html", "-o", tmp_path / "pages", stdin=calls)
    assert ran.code == 0
    names = sorted(path.name for path in (tmp_path / "pages").iterdir())
    assert names == ["A-b-2.html", "a-b.html", "n.html"]


def test_text_is_plain_when_nobody_watches(coach: RunCoach) -> None:
    ran = coach("review", "-", "--company", "fairwheel", stdin=CALL.encode())
    assert "\x1b" not in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize("sample", sorted(SAMPLES.parent.parent.glob("*/calls/*[!m][!d]")), ids=lambda path: path.stem)
def test_every_sample_call_is_reviewed_with_quotes_that_are_really_there(coach: RunCoach, sample: Path) -> None:
    company = sample.parent.parent.name
    page = coach("review", sample, "--company", company, "--format", "html")
    told = coach("review", sample, "--company", company, "--format", "json")
    assert (page.code, told.code) == (0, 0)
    review = Review.model_validate_json(told.out)
    marked = page.out.count("<mark>")
    assert (marked > 0) == any(moment.evidence for moment in review.moments if moment.verdict != "no_opportunity")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a named pipe")
def test_an_interrupt_is_quiet_and_exits_130(tmp_path: Path) -> None:
    pipe = tmp_path / "call.txt"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [sys.executable, "-m", "coach.cli.main", "review", pipe, "--company", "fairwheel"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with pipe.open("wb"):  # returns when the command has opened its end, so that it is reading now
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in err
