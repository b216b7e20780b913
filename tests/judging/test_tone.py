from __future__ import annotations

import pytest

from coach.judging.tone import suggestion_faults, tone_faults


@pytest.mark.parametrize(
    "text",
    [
        "You failed to help.",
        "That was careless.",
        "You should have checked.",
        "It was your fault.",
        "Unacceptable.",
        "You will get a written warning.",
        "You are a racist.",
        "You lied to the customer.",
        "You should be ashamed.",
        "Do this again and you will lose your job.",
        "Do it again and you will be reported.",
        "It may affect your bonus.",
    ],
)
def test_blame_and_threats_are_named(text: str) -> None:
    assert tone_faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "You stayed with her until the form was done.",
        'You said "the payment failed, and I will try again".',
        "Next time, say who takes the next step, because it lets people rest.",
        "The system was at a loss; you were not.",
        "She had a terrible morning, and you heard it.",
        "You explained the consequences of skipping the form.",
        "Our negligence, said plainly, and the final warning letter withdrawn.",
    ],
)
def test_kind_words_and_quoted_words_pass(text: str) -> None:
    assert tone_faults(text) == []


def test_a_suggestion_is_small_and_says_why() -> None:
    assert suggestion_faults("Name the next step, because it ends the wondering.") == []
    assert suggestion_faults("Name the next step.") == ["does not say why"]
    assert suggestion_faults("Try this because " + "word " * 80)
    assert suggestion_faults("") == []
