from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from coach.domain.review import Review
from coach.domain.transcript import Transcript
from coach.rendering.text import print_review
from coach.rendering.view import review_view
from tests.support.sample_review import CORPUS, FULL, HONORED, QUIET, SAID, review, transcript


def printed(review_: Review = FULL, call: Transcript | None = None, width: int = 80, terminal: bool = False) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=terminal, markup=False, emoji=False, highlight=False)
    print_review(review_view(review_, call or transcript(), CORPUS, masked=True), console)
    return file.getvalue()


@pytest.mark.parametrize("width", [40, 80, 200])
def test_lines_fit_the_terminal_and_leave_no_trailing_spaces(width: int) -> None:
    lines = printed(width=width).splitlines()
    assert max(cell_len(line) for line in lines) <= min(width, 100)
    assert [line for line in lines if line != line.rstrip()] == []


def test_words_stay_whole_when_lines_wrap() -> None:
    flat = " ".join(printed(width=60).split())
    assert "You took the rider's word, put the fee right at once and thought of the next rider." in flat


def test_without_a_terminal_there_is_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b" not in printed()
    assert "\x1b[1;32m✓ Honored" in printed(terminal=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[1m✓ Honored" in printed(terminal=True)


def test_both_axes_confidence_evidence_clause_and_exemplar_are_in_words() -> None:
    text = printed()
    for part in (
        "✓ Honored   ↷ Broke the script   confident (0.86)",
        "“I am taking the nine dollars off now”  [Agent, turn 7, 0:56]",
        "[fairness-first/honored/1]",
        "✓ Honored: The fee for a lift that was out of order (0.71)",
        "✗ Missed: “Please upload a photo of the stairs” (0.58)",
        "What made you sure enough to skip the photo?",
        "Routine, nothing to judge: turns 2–5",
    ):
        assert part in text
    assert text.index("Celebrate") < text.index("Try next") < text.index("Moment 1") < text.index("Moment 2")


def test_a_routine_call_reads_kindly() -> None:
    text = printed(QUIET)
    assert "No score" in text
    assert "That is what most good calls look like." in text
    assert "of 100" not in text


def test_text_from_outside_cannot_style_or_command_the_terminal() -> None:
    hostile = "[bold red]x[/] :smile: \x1b[2J\x9b31m \u202eevil"
    quote = HONORED.evidence[0].model_copy(update={"quote": hostile})
    moment = HONORED.model_copy(update={"evidence": (quote,)})
    text = " ".join(printed(review(moment, score=1.0, call_id=hostile), transcript(SAID, call_id=hostile)).split())
    assert "[bold red]x[/] :smile: \ufffd[2J\ufffd31m \ufffdevil" in text
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)
