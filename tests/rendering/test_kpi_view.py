from __future__ import annotations

from typing import Any

import pytest

from coach.domain.corpus import Kpi
from coach.rendering.kpi_view import KpiView, kpi_views

KPIS = (Kpi(id="handle-time", name="Average handle time", note="Never a reason to hurry."),)


def test_a_target_stands_beside_its_value_and_the_company_s_note() -> None:
    assert kpi_views({"handle_time_s": 555, "handle_time_target_s": 360}, KPIS) == (
        KpiView("Handle time", "9:15 (target 6:00)", "Average handle time. Never a reason to hurry."),
    )


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"first_contact_resolution": True}, ("First contact resolution", "yes")),
        ({"hold_ms": 61_000}, ("Hold", "1:01")),
        ({"silence_pct": 12}, ("Silence", "12 %")),
        ({"surprise_spend_usd": 22}, ("Surprise spend", "22 USD")),
        ({"csat_target": 4.2}, ("Csat target", "4.2")),
        ({"wait_s": None}, ("Wait", "None s")),
        ({"wait_s": -1}, ("Wait", "-1 s")),
        ({"Odd \x1b[2J": "a\nb"}, ("Odd \ufffd[2j", "a b")),
    ],
)
def test_numbers_read_as_a_person_would_say_them(values: dict[str, Any], shown: tuple[str, str]) -> None:
    (view,) = kpi_views(values, KPIS)
    assert (view.name, view.value) == shown
