from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from coach.rendering.markdown import escaped, review_markdown
from coach.rendering.view import review_view
from tests.support.sample_review import CORPUS, FULL, QUIET, transcript

lines = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40)
markup = st.text(alphabet="*_`[]()<>#|~!$&;:/.-+=\\ 1a\nhtpsw", max_size=40)


READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@given(lines | markup)
@example("1. one")
@example("- x")
@example("=== ")
@example("&lt;b&gt;")
@example("<script>alert(1)</script>")
@example("[x](javascript:alert(1))")
@example("see https://x.example or www.x.example")
@example("- - -")
@example("1) a")
def test_markup_in_a_text_is_shown_and_not_obeyed(text: str) -> None:
    tokens = READER.parse(escaped(text))
    inline = [child for token in tokens for child in token.children or ()]
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert {child.type for child in inline} <= {"text", "text_special"}
    assert "".join(child.content for child in inline) == " ".join(text.split())
    assert not re.search(r"(?i)://|\bwww\.", escaped(text).replace("\\://", "").replace("\\.", ""))


def test_the_document_holds_what_a_reader_needs() -> None:
    document = review_markdown(review_view(FULL, transcript(), CORPUS, masked=True))
    for part in (
        "# Review of call lb-0417 · Larkbus",
        "**57 of 100** from 2 moments",
        "**✓ Honored** · ↷ Broke the script · confident (0.86)",
        "> “I am taking the nine dollars off now” (Agent, turn 7, 0:56)",
        "(`fairness-first/honored/1`)",
        "- Similar, ✗ Missed: “Please upload a photo of the stairs” (similarity 0.58)",
        "A KPI never lowers the score.",
        "**? Not judged** · No script in sight\n",
        "Personal data was masked before the call was judged. A placeholder such as \\<EMAIL\\_1\\>",
    ):
        assert part in document
    assert document.index("Celebrate") < document.index("Moment 1")


def test_a_routine_call_has_no_score_and_a_kind_sentence() -> None:
    document = review_markdown(review_view(QUIET, transcript(), CORPUS, masked=True))
    assert "**No score**" in document
    assert "That is what most good calls look like." in document
