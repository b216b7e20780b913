from __future__ import annotations

import pytest

from tests.transcripts.reading import one, said, times

ZOOM = """WEBVTT

1
00:00:01.000 --> 00:00:03.000
Dana Reyes: Thank you for calling, how can I help?

2
00:00:03.200 --> 00:00:05.000
Take your time.

3
00:00:06.000 --> 00:00:08.000
lee: My order: it never came.

4
00:00:20.000 --> 00:00:21.000
lee: Hello?

5
00:00:21.500 --> 00:00:22.000
lee: Anyone there?
"""
TEAMS = """\ufeffWEBVTT

7c1e6a52-90aa-4f0e-8a11-1b2c3d4e5f60/8-0
0:0:0.0 --> 0:0:2.320
<v Reyes, Dana>Thanks for calling Q&amp;A, how can I help?</v>

7c1e6a52-90aa-4f0e-8a11-1b2c3d4e5f60/8-1
0:0:2.520 --> 0:0:4.40
<v Reyes, Dana>I&#39;m listening.</v>

7c1e6a52-90aa-4f0e-8a11-1b2c3d4e5f60/9-0
0:1:5.5 --> 1:0:6.0
<v Lee Ong>My bill is &lt; 5 --> wrong.</v>
<v Reyes, Dana>I see.</v>
"""
TEAMS_JSON = """WEBVTT

00:00:01.000 --> 00:00:02.000
{"startDateTime":"2026-01-01T00:00:01Z","speakerName":"Dana","spokenText":"How can I help --> you?"}

00:00:03.000 --> 00:00:04.000
{"startDateTime":"2026-01-01T00:00:03Z","speakerName":"Lee","spokenText":"My {odd} order.","spokenLanguage":"en"}
"""


def test_zoom_continuation_cues_stay_with_their_speaker() -> None:
    transcript = one(ZOOM)

    assert said(transcript) == [
        ("agent", "Thank you for calling, how can I help? Take your time."),
        ("customer", "My order: it never came."),
        ("customer", "Hello? Anyone there?"),
    ]
    assert times(transcript) == [(1000, 5000), (6000, 8000), (20000, 22000)]


def test_teams_voices_entities_and_unpadded_times() -> None:
    transcript = one(TEAMS)

    assert said(transcript) == [
        ("agent", "Thanks for calling Q&A, how can I help? I'm listening."),
        ("customer", "My bill is < 5 --> wrong."),
        ("agent", "I see."),
    ]
    assert times(transcript) == [(0, 4400), (65500, 3_606_000), (65500, 3_606_000)]


def test_teams_json_in_the_cue() -> None:
    assert said(one(TEAMS_JSON)) == [("agent", "How can I help --> you?"), ("customer", "My {odd} order.")]


def test_a_damaged_time_costs_the_time_and_not_the_words() -> None:
    text = "WEBVTT\n\n00:00:01.000 --> 00:00:0x.000\nAgent: Hi.\n\n00:99:01.000 --> 00:99:02.000\nCustomer: Hello.\n"

    transcript = one(text)

    assert said(transcript) == [("agent", "Hi."), ("customer", "Hello.")]
    assert times(transcript) == [(None, None), (None, None)]


def test_cues_without_any_name_are_turns_of_nobody() -> None:
    transcript = one("WEBVTT\n\n00:01.000 --> 00:02.000\nOne\ntwo\n\n00:02.000 --> 00:03.000\n<i>three</i>\n")

    assert said(transcript) == [("unknown", "One two"), ("unknown", "three")]
    assert transcript.flags == ("no_roles",)


def test_karaoke_tags_and_notes_are_no_words() -> None:
    text = "WEBVTT\n\nNOTE made by hand\n\n00:01.000 --> 00:02.000\nAgent: one <00:01.500><c.red>two</c> 3 < 4\n"

    assert said(one(text)) == [("agent", "one two 3 < 4")]


@pytest.mark.parametrize(
    "arrow", ["00:00:01,000 --> 00:00:02,000", "0:00:01.0 --> 0:00:02.0", "00:01,000 --> 00:02,000"]
)
def test_srt_with_names_by_convention(arrow: str) -> None:
    first, second = f"1 \n{arrow}\nAgent: How can\nI help?", "2\n00:00:03,000 --> 00:00:04,000\nCustomer: My order."
    text = f"{first}\n\n{second}\n".replace("\n", "\r\n")

    transcript = one(text)

    assert said(transcript) == [("agent", "How can I help?"), ("customer", "My order.")]
    assert times(transcript) == [(1000, 2000), (3000, 4000)]


def test_srt_without_names() -> None:
    assert one("1\n00:00:01,000 --> 00:00:02,000\nHello\nthere\n").flags == ("no_roles",)
