"""Real transcripts and vendors' samples, where the folder that holds them lies beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.domain.transcript import Transcript
from coach.errors import TranscriptError
from coach.transcripts import read_calls
from tests.conftest import Build

SHARED = Path(__file__).resolve().parents[2] / "shared"
FORMATS = sorted(path for path in (SHARED / "formats").glob("*") if path.suffix != ".md")
REFUSED = {
    "contact_lens_call_redacted.INVALID.json",
    "twilio_intelligence_transcript.json",
    "whisperx_diarization_segments.json",
}

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")


@pytest.mark.parametrize("path", FORMATS, ids=lambda path: path.name)
def test_every_vendor_sample_is_reviewed_or_refused_with_one_clear_line(build: Build, path: Path) -> None:
    items = list(read_calls(path.read_bytes(), str(path)))
    assert len(items) == 1
    (item,) = items
    if isinstance(item, TranscriptError):
        assert path.name in REFUSED
        assert str(path) in str(item)
        assert "\n" not in str(item)
        return
    assert path.name not in REFUSED
    review = build("harborcare").review(item).review
    assert review.counts.withheld == 0
    assert (review.score is None) == (review.counts.honored + review.counts.missed + review.counts.mixed == 0)


@pytest.mark.parametrize("name", ["abcd.jsonl", "harper_valley.jsonl", "star.jsonl"])
def test_real_conversations_are_read_and_reviewed(build: Build, name: str) -> None:
    path = SHARED / "calls" / name
    calls = list(read_calls(path.read_bytes(), name))
    assert all(isinstance(call, Transcript) for call in calls)
    coach = build("fairwheel")
    for call in calls[:10]:
        assert isinstance(call, Transcript)
        review = coach.review(call).review
        assert review.call_id == call.call_id
        assert review.counts.withheld == 0
