from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files

import pytest

from coach.domain.corpus import Corpus
from coach.domain.transcript import Speaker, Transcript
from coach.rendering.html import review_page
from coach.rendering.view import review_view
from tests.rendering.page import Page
from tests.support.sample_review import CORPUS, FULL, PURPOSE, QUIET, SAID, review, transcript

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}{% for x in y %}",
    "</style></main></body><!-- ",
    "&lt;b&gt; &amp; \x1b[31m",
)


def page(transcript_: Transcript | None = None) -> Page:
    return Page(review_page(review_view(FULL, transcript_ or transcript(), CORPUS, masked=True)))


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_outside_is_shown_and_never_obeyed(text: str) -> None:
    said: tuple[tuple[Speaker, str], ...] = tuple((speaker, f"{words} {text}") for speaker, words in SAID)
    call = transcript(said, call_id=text).model_copy(update={"kpis": {text: text}, "metadata": {"note": text}})
    corpus = Corpus.model_validate(
        CORPUS.model_dump() | {"purpose": PURPOSE.model_dump() | {"name": text, "statement": text}}
    )
    hostile = Page(review_page(review_view(FULL.model_copy(update={"call_id": text}), call, corpus, masked=True)))
    plain = page(transcript().model_copy(update={"kpis": {"one": "two"}}))
    shown = " ".join(text.replace("\x1b", "\ufffd").split())
    assert hostile.text.count(shown) >= len(SAID) + 3
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in plain.tags]
    assert [set(attrs) for _, attrs in hostile.tags] == [set(attrs) for _, attrs in plain.tags]


def test_the_page_loads_nothing_and_its_policy_allows_only_its_own_style_and_script() -> None:
    source = review_page(review_view(FULL, transcript(), CORPUS, masked=True))
    parsed = Page(source)
    assert parsed.attributes("src") == []
    assert all(target.startswith("#") for target in parsed.attributes("href"))
    assert "url(" not in source
    assert "@import" not in source
    policy = parsed.attributes("content")[0]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        (inline,) = parsed.inside[kind]
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert parsed.attributes("style") == []
    assert [name for _, attrs in parsed.tags for name in attrs if name.startswith("on")] == []


def test_exactly_the_evidence_is_marked() -> None:
    quotes = [evidence.quote for moment in FULL.moments for evidence in moment.evidence]
    assert page().inside["mark"] == quotes


def test_every_turn_is_on_the_page_once_and_every_link_leads_somewhere() -> None:
    parsed = page()
    ids = parsed.attributes("id")
    assert len(ids) == len(set(ids))
    assert [name for name in ids if name.startswith("turn-")] == [f"turn-{n}" for n in range(len(SAID))]
    assert {target.removeprefix("#") for target in parsed.attributes("href")} <= set(ids)
    assert set(parsed.attributes("aria-labelledby")) <= set(ids)


def test_exemplars_stand_side_by_side_with_what_was_said_and_why() -> None:
    text = page().text
    for exemplar in CORPUS.exemplars:
        for part in (exemplar.title, exemplar.situation, exemplar.why, *(turn.text for turn in exemplar.turns)):
            assert part in text


def test_without_a_score_the_page_says_so_and_shows_no_number() -> None:
    parsed = Page(review_page(review_view(QUIET, transcript(), CORPUS, masked=True)))
    assert "No score" in parsed.text
    assert "of 100" not in parsed.text
    assert "That is what most good calls look like." in parsed.text
    assert "mark" not in parsed.inside


def test_what_was_not_judged_is_not_called_routine() -> None:
    assert "Nothing marked · turns 0–5" in page().text
    unknown = transcript(tuple(("unknown", words) for _, words in SAID))
    text = Page(review_page(review_view(QUIET, unknown, CORPUS, masked=True))).text
    assert "Not looked at · turns 0–19" in text
    assert "outine" not in text


def test_a_score_of_zero_is_shown_as_zero() -> None:
    parsed = Page(review_page(review_view(review(*FULL.moments, score=0.0), transcript(), CORPUS, masked=True)))
    assert "0 of 100" in parsed.text
    assert "No score" not in parsed.text


def test_kpis_stand_beside_the_note_that_they_never_lower_the_score() -> None:
    text = page().text
    assert "Handle time" in text
    assert "A KPI never lowers the score." in text


TEXT_ON_GROUND = (
    *(("ink", ground) for ground in ("paper", "surface", "sunken", "good-soft", "bad-soft", "mixed-soft")),
    *(("muted", ground) for ground in ("paper", "surface", "sunken")),
    *(("accent", ground) for ground in ("paper", "surface", "sunken", "accent-soft")),
    *((tone, ground) for tone in ("good", "bad", "mixed", "quiet") for ground in (f"{tone}-soft", "sunken", "surface")),
)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_stands_out_enough_for_wcag_aa(theme: str, text: str, ground: str) -> None:
    style = (files("coach.rendering") / "templates" / "review.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[:2]
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[0] + (blocks[1] if theme == "dark" else "")))
    lighter, darker = sorted((luminance(tokens[text]), luminance(tokens[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
