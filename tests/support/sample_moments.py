"""What a careful reader expects of the sample calls: the moments that matter, and how each should be judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SampleMoment:
    """A stretch of a sample call that matters, and the verdict expected under the call's own company.

    Attributes:
        first, last: turn numbers as the product reads them, from 0, both included.
        verdict: the expected verdict on what the agent does there.
        system: whether a system or a rule, and not the agent, is the cause of the trouble.
    """

    first: int
    last: int
    verdict: Literal["honored", "missed", "mixed"]
    system: bool = False


SAMPLE_MOMENTS: dict[str, tuple[SampleMoment, ...]] = {
    "fairwheel/01-insulin-in-the-car-script-broken.json": (
        SampleMoment(10, 14, "honored"),
        SampleMoment(15, 18, "honored"),
        SampleMoment(22, 25, "honored"),
        SampleMoment(26, 29, "honored"),
        SampleMoment(32, 38, "honored"),
    ),
    "fairwheel/02-left-open-trip-escalated.txt": (
        SampleMoment(13, 18, "honored"),
        SampleMoment(19, 23, "honored"),
        SampleMoment(24, 26, "honored"),
        SampleMoment(27, 30, "honored"),
    ),
    "fairwheel/03-so-sorry-and-nothing-moves.vtt": (
        SampleMoment(11, 14, "missed"),
        SampleMoment(21, 24, "missed"),
        SampleMoment(27, 28, "missed"),
        SampleMoment(29, 32, "missed"),
    ),
    "fairwheel/04-name-change-lockout-system.json": (
        SampleMoment(13, 21, "honored", system=True),
        SampleMoment(22, 27, "honored"),
        SampleMoment(29, 31, "honored"),
        SampleMoment(33, 35, "honored"),
    ),
    "fairwheel/05-loud-platinum-terse-agent.json": (
        SampleMoment(5, 12, "honored"),
        SampleMoment(13, 14, "honored"),
        SampleMoment(15, 21, "honored"),
        SampleMoment(22, 23, "honored"),
    ),
    "fairwheel/06-interpreter-time-well-spent.json": (
        SampleMoment(8, 13, "honored"),
        SampleMoment(15, 22, "honored"),
        SampleMoment(23, 30, "honored"),
        SampleMoment(31, 34, "honored"),
        SampleMoment(35, 36, "honored"),
    ),
    "fairwheel/07-new-email-and-receipt-routine.csv": (),
    "fairwheel/08-kit-store-jacket-and-gift-mixed.json": (
        SampleMoment(5, 15, "honored"),
        SampleMoment(24, 27, "missed"),
        SampleMoment(28, 33, "missed"),
    ),
    "harborcare/01-new-id-card-routine.csv": (),
    "harborcare/02-widower-script-broken.json": (
        SampleMoment(4, 7, "honored"),
        SampleMoment(14, 19, "honored"),
        SampleMoment(20, 27, "honored"),
        SampleMoment(30, 33, "honored"),
        SampleMoment(34, 38, "honored"),
        SampleMoment(39, 41, "honored"),
        SampleMoment(42, 43, "honored"),
    ),
    "harborcare/03-infusion-monday-escalated.json": (
        SampleMoment(8, 14, "honored"),
        SampleMoment(16, 21, "honored"),
        SampleMoment(22, 25, "honored"),
        SampleMoment(26, 27, "honored"),
        SampleMoment(28, 33, "honored"),
    ),
    "harborcare/04-collections-warm-nothing-done.srt": (
        SampleMoment(7, 12, "missed"),
        SampleMoment(13, 16, "missed"),
        SampleMoment(17, 20, "missed"),
        SampleMoment(21, 24, "missed"),
        SampleMoment(25, 30, "missed"),
    ),
    "harborcare/05-wrong-address-system-at-fault.json": (
        SampleMoment(7, 12, "honored", system=True),
        SampleMoment(13, 18, "honored"),
        SampleMoment(19, 22, "honored"),
        SampleMoment(24, 26, "honored"),
        SampleMoment(27, 28, "honored"),
        SampleMoment(30, 32, "honored"),
    ),
    "harborcare/06-deaf-member-form-in-chat.json": (
        SampleMoment(3, 4, "honored"),
        SampleMoment(7, 10, "honored"),
        SampleMoment(13, 14, "honored"),
        SampleMoment(16, 24, "honored"),
        SampleMoment(27, 30, "honored"),
        SampleMoment(32, 34, "honored"),
        SampleMoment(35, 38, "honored"),
    ),
    "harborcare/07-therapy-stopped-mixed.json": (
        SampleMoment(8, 17, "honored"),
        SampleMoment(18, 19, "honored"),
        SampleMoment(20, 29, "missed"),
        SampleMoment(30, 31, "mixed"),
    ),
    "harborcare/08-father-rehab-ends-thursday.vtt": (
        SampleMoment(3, 15, "honored"),
        SampleMoment(16, 20, "honored"),
        SampleMoment(21, 28, "honored"),
        SampleMoment(29, 30, "honored"),
        SampleMoment(31, 41, "honored"),
        SampleMoment(45, 46, "honored"),
    ),
    "sunnybox/01-routine-delivery-day.json": (),
    "sunnybox/02-wedding-dog-window-bent-and-a-gift.json": (
        SampleMoment(15, 18, "honored"),
        SampleMoment(22, 30, "honored"),
    ),
    "sunnybox/03-red-shoes-script-dropped.vtt": (
        SampleMoment(1, 2, "honored"),
        SampleMoment(10, 14, "honored"),
        SampleMoment(15, 24, "honored"),
        SampleMoment(31, 32, "honored"),
    ),
    "sunnybox/04-twelve-and-a-half-system-at-fault.json": (
        SampleMoment(13, 19, "honored", system=True),
        SampleMoment(20, 27, "honored"),
        SampleMoment(28, 33, "honored"),
        SampleMoment(34, 35, "honored"),
    ),
    "sunnybox/05-the-moon-warm-and-nothing-done.json": (
        SampleMoment(16, 23, "missed"),
        SampleMoment(24, 29, "missed"),
        SampleMoment(30, 31, "missed"),
    ),
    "sunnybox/06-fourteen-pairs-lead-on-the-line.json": (
        SampleMoment(7, 8, "honored"),
        SampleMoment(9, 16, "honored"),
        SampleMoment(17, 25, "honored"),
        SampleMoment(28, 32, "honored"),
        SampleMoment(33, 34, "honored"),
    ),
    "sunnybox/07-numb-toes-terse-and-honest.txt": (
        SampleMoment(3, 12, "honored"),
        SampleMoment(13, 19, "honored"),
        SampleMoment(22, 31, "honored"),
    ),
    "sunnybox/08-one-red-one-blue-mixed.json": (
        SampleMoment(8, 22, "honored"),
        SampleMoment(29, 32, "missed"),
        SampleMoment(33, 36, "missed"),
    ),
}
"""Expected moments of every sample call, in the order of the call, keyed by "company/file name"; routine: none."""
