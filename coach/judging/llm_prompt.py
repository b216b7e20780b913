"""Fills in the judge's prompt: the stable part first, so that a provider can cache it, untrusted text made harmless."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from coach.domain.corpus import Clause, Exemplar
from coach.domain.moment import ChunkHit, ExemplarHit, Moment, Retrieved
from coach.domain.transcript import Turn
from coach.judging.judge import WHOLE_CALL, JudgeRequest

CASES_PER_SIDE = 4
CASES_PER_MOMENT = 3
PASSAGES = 2
MAX_TURN_CHARS = 6000
"""A longer turn is no speech; what is cut cannot be quoted, and the prompt says where it was cut."""

_LABELS = {"meaning": "", "honored": "Honored when: ", "missed": "Missed when: ", "kpi": "KPI tension: "}
_DELIMITER = re.compile(r"<(?=\s*/?\s*transcript\b)", re.IGNORECASE)


def prompt_variables(request: JudgeRequest, turns: Sequence[Turn]) -> dict[str, Any]:
    """Values for the prompt `judge-call`, for the whole transcript or a window of it."""
    purpose = request.corpus.purpose
    indices = {turn.index for turn in turns}
    moments = [m for m in request.moments if m.turns[0] in indices and m.turns[1] in indices]
    near = [request.retrieved[name] for name in ([m.id for m in moments] or [WHOLE_CALL]) if name in request.retrieved]
    return {
        "company": purpose.name,
        "industry": purpose.industry,
        "statement": purpose.statement,
        "principles": [
            {"title": p.title, "id": p.id, "clauses": _clauses(c for c in purpose.clauses if c.principle == p.id)}
            for p in purpose.principles
        ],
        "guardrails": _clauses(c for c in purpose.clauses if c.kind == "guardrail"),
        "kpis": ", ".join(kpi.name for kpi in purpose.kpis),
        "cases": [_case(exemplar) for exemplar in chosen_cases(near)],
        "passages": [_passage(hit) for hit in _chosen_passages(near)],
        "moments": [{"id": m.id, "first": m.turns[0], "last": m.turns[1]} for m in moments],
        "fixed": not request.may_add_moments,
        "turns": [numbered(turn) for turn in turns],
    }


def numbered(turn: Turn) -> str:
    """One line: no line break inside a turn can look like another turn, and no word in it can close the transcript."""
    text = " ".join(turn.text.split())
    if len(text) > MAX_TURN_CHARS:
        text = f"{text[:MAX_TURN_CHARS]} [cut here: the turn is too long]"
    return f"[{turn.index}] {turn.speaker}: {_DELIMITER.sub('‹', text)}"


def chosen_cases(near: Iterable[Retrieved]) -> list[Exemplar]:
    """The nearest cases of the call, in balance: honored and missed alternate, so that neither side leads by number."""
    retrieved = list(near)
    honored = _best(hit for r in retrieved for hit in r.honored[:CASES_PER_MOMENT])
    missed = _best(hit for r in retrieved for hit in r.missed[:CASES_PER_MOMENT])
    mixed = _best(hit for r in retrieved for hit in r.mixed[:CASES_PER_MOMENT])[:1]
    paired = [hit for pair in zip(honored, missed, strict=False) for hit in pair]
    return [hit.exemplar for hit in (*paired[: 2 * CASES_PER_SIDE], *mixed)]


def _best(hits: Iterable[ExemplarHit]) -> list[ExemplarHit]:
    best: dict[str, ExemplarHit] = {}
    for hit in hits:
        known = best.get(hit.exemplar.id)
        if known is None or hit.similarity > known.similarity:
            best[hit.exemplar.id] = hit
    return sorted(best.values(), key=lambda hit: (-hit.similarity, hit.exemplar.id))[:CASES_PER_SIDE]


def _chosen_passages(near: Iterable[Retrieved]) -> list[ChunkHit]:
    best = {hit.chunk.id: hit for r in near for hit in sorted(r.chunks, key=lambda hit: hit.similarity)}
    return sorted(best.values(), key=lambda hit: (-hit.similarity, hit.chunk.id))[:PASSAGES]


def _clauses(clauses: Iterable[Clause]) -> list[dict[str, str]]:
    return [{"id": c.id, "label": _LABELS.get(c.kind, ""), "text": " ".join(c.text.split())} for c in clauses]


def _case(exemplar: Exemplar) -> dict[str, Any]:
    return {
        "id": exemplar.id,
        "verdict": exemplar.verdict,
        "title": exemplar.title,
        "situation": " ".join(exemplar.situation.split()),
        "lines": [f"{turn.speaker}: {' '.join(turn.text.split())}" for turn in exemplar.turns],
        "why": " ".join(exemplar.why.split()),
    }


def _passage(hit: ChunkHit) -> dict[str, str]:
    return {"file": hit.chunk.file, "heading": hit.chunk.heading, "text": " ".join(hit.chunk.text.split())}


def windows(turns: Sequence[Turn], moments: Sequence[Moment], fits: int, cost: Sequence[int]) -> list[Sequence[Turn]]:
    """Cuts a transcript into runs of turns; one run where it all fits.

    A cut falls between candidate moments wherever that still leaves a window half full.

    Args:
        turns: all turns of the call.
        moments: candidates that should stay whole.
        fits: tokens that fit into a window; a single turn larger than this gets a window of its own.
        cost: tokens of each turn.
    """
    spans = [moment.turns for moment in moments]
    result: list[Sequence[Turn]] = []
    start = used = safe = 0
    for i, tokens in enumerate(cost):
        if not any(first < turns[i].index <= last for first, last in spans):
            safe = i
        if used + tokens > fits and i > start:
            cut = safe if sum(cost[start:safe]) >= fits // 2 else i
            result.append(turns[start:cut])
            start, used = cut, sum(cost[cut:i])
        used += tokens
    result.append(turns[start:])
    return result
