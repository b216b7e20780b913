from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from coach.domain.transcript import Transcript, Turn
from coach.errors import TranscriptError
from coach.transcripts import read_calls
from tests.transcripts.reading import one

# Keys and values that the readers look for, so that arbitrary JSON gets deep into each of them.
KEYS = sorted(
    {
        word.strip('"')
        for path in (Path(__file__).parents[2] / "coach" / "transcripts" / "readers").glob("*.py")
        for word in re.findall(r'"\w+"', path.read_text(encoding="utf-8"))
    }
)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda text: text == text.strip())
MS = st.none() | st.integers(0, 10**8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([*KEYS, "0.5", "-1", "2026-01-01T00:00:00Z", "spk_0", "Agent: hi", "1e400", "\x00"])
    | st.text(max_size=8)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner),
    max_leaves=30,
)
LINES = st.sampled_from(
    [
        "WEBVTT", "", "00:00:01.000 --> 00:00:02.000", "0:0:1.0 --> 0:0:x", "1", "<v Dana>hi</v>", "Agent: hi",
        "[00:12] Rep - hi", "(note to self)", "speaker,text", 'Agent,"hi', '{"turns":[{"speaker":"agent","text":"a"}]}',
        "{", "Lee 0:12", "--> -->", '{"spokenText":"x"}', "sep=;", "10:30 AM Customer: hey",
    ]
)  # fmt: skip


def well_behaved(data: bytes, agent_speaker: str | None = None) -> None:
    items = list(read_calls(data, "x.bin", agent_speaker=agent_speaker))

    assert items
    assert all(isinstance(item, Transcript | TranscriptError) for item in items)
    assert all("\n" not in str(item) for item in items if isinstance(item, TranscriptError))
    for item in items:
        if isinstance(item, Transcript):
            assert Transcript.model_validate_json(item.model_dump_json())


@settings(deadline=None)
@given(st.binary())
def test_arbitrary_bytes_never_raise(data: bytes) -> None:
    well_behaved(data)


@settings(deadline=None)
@given(st.text(), st.sampled_from(["utf-8", "utf-16", "utf-32"]), st.none() | st.text())
def test_arbitrary_text_never_raises(text: str, encoding: str, agent: str | None) -> None:
    well_behaved(text.encode(encoding, "replace"), agent)


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_arbitrary_json_never_raises(value: Any) -> None:
    well_behaved(json.dumps(value).encode())


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES | st.text(max_size=5), max_size=12))
def test_arbitrary_lines_never_raise(lines: list[str]) -> None:
    well_behaved("\n".join(lines).encode("utf-8", "replace"))


TURNS = st.lists(
    st.builds(
        Turn,
        index=st.integers(0, 10**6),
        speaker=st.sampled_from(["agent", "customer", "system", "unknown"]),
        text=WORDS,
        start_ms=MS,
        asr_confidence=st.none() | st.floats(0, 1),
    ),
    min_size=1,
    unique_by=lambda turn: turn.index,
).map(lambda turns: tuple(sorted(turns, key=lambda turn: turn.index)))


@settings(deadline=None)
@given(
    st.builds(
        Transcript,
        call_id=WORDS.map(lambda text: text[:200].strip()).filter(bool),
        turns=TURNS,
        channel=st.none() | WORDS,
        language=st.none() | WORDS,
        started_at=st.none() | WORDS,
        agent_ref=st.none() | WORDS,
        team=st.none() | WORDS,
        kpis=st.dictionaries(WORDS, st.integers(-(10**9), 10**9) | WORDS, max_size=3),
        metadata=st.dictionaries(WORDS, st.booleans() | WORDS, max_size=3),
        flags=st.lists(st.sampled_from(["roles_uncertain", "no_roles", "single_speaker"]), unique=True).map(tuple),
    )
)
def test_what_was_written_canonically_is_read_back_the_same(transcript: Transcript) -> None:
    assert one(transcript.model_dump_json()) == transcript
