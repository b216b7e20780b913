"""The numbers a source carried, as a reader would say them, beside the company's own note on each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coach.domain.corpus import Kpi
from coach.rendering.safe import one_line
from coach.rendering.wording import clock, sentence

_UNIT = re.compile(r"_(?P<unit>ms|s|sec|seconds|min|minutes|pct|percent|usd|eur|gbp)$")
_TARGET = "_target"


@dataclass(frozen=True, slots=True)
class KpiView:
    """A number under the source's name for it, with its target, such as `9:15 (target 6:00)`.

    `note` is what the company says about its own KPI of that id, which may be an average over many calls; empty if it
    says nothing.
    """

    name: str
    value: str
    note: str


def kpi_views(values: dict[str, Any], kpis: Sequence[Kpi]) -> tuple[KpiView, ...]:
    """Put KPIs into words.

    Args:
        values: as the source gave them; `handle_time_target_s` is shown as the target of `handle_time_s`, and a unit
            at the end of a name (`_s`, `_ms`, `_min`, `_pct`, `_usd`) becomes part of the value.
        kpis: the company's own, matched by id.
    """
    known = {kpi.id.replace("-", "_"): kpi for kpi in kpis}
    plain = {_split(name): value for name, value in values.items()}
    views = []
    for (name, unit), value in plain.items():
        if name.endswith(_TARGET) and (name.removesuffix(_TARGET), unit) in plain:
            continue
        kpi = known.get(name)
        target = plain.get((name + _TARGET, unit))
        shown = _shown(value, unit) + (f" (target {_shown(target, unit)})" if target is not None else "")
        note = one_line(f"{kpi.name}. {kpi.note}") if kpi and kpi.note else ""
        views.append(KpiView(one_line(sentence(name)), shown, note))
    return tuple(views)


def _split(name: str) -> tuple[str, str]:
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    unit = _UNIT.search(plain)
    return (plain[: unit.start()], unit["unit"]) if unit else (plain, "")


def _shown(value: object, unit: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float) and value >= 0:
        if unit in ("s", "sec", "seconds"):
            return clock(round(value * 1000))
        if unit == "ms":
            return clock(round(value))
    if unit in ("usd", "eur", "gbp"):
        return one_line(f"{value} {unit.upper()}")
    word = {"min": " min", "minutes": " min", "pct": " %", "percent": " %"}.get(unit, f" {unit}" if unit else "")
    return one_line(f"{value}{word}")
