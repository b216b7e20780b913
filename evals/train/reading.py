"""Reads the training data: rival pairs of companies, situations, answers and the labels that both readings agree on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from coach.domain.corpus import ClauseKind
from coach.domain.transcript import Transcript
from coach.transcripts.masking import mask

PAIRS = Path(__file__).resolve().parent / "pairs"
LABELS = ("honored", "missed", "not_touched")
SYMBOLS = {"+": 0, "-": 1, "0": 2}
"""Symbols of the files to indices of LABELS."""
_KINDS: dict[str, ClauseKind] = {"m": "meaning", "h": "honored", "x": "missed", "g": "guardrail"}
_SPEAKERS = {"c: ": "customer", "a: ": "agent"}


class Labelled(NamedTuple):
    """A clause and its label (index of LABELS)."""

    code: str
    kind: ClauseKind
    text: str
    label: int


class Sample(NamedTuple):
    """One moment with the clauses it is labelled for.

    `pair` names two rival companies, whose situations are shared; it is what cross-validation holds out.
    """

    pair: str
    situation: str
    answer: int
    turns: tuple[tuple[str, str], ...]
    clauses: tuple[Labelled, ...]


def pair_names(folder: Path = PAIRS) -> list[str]:
    """Names of all pairs, sorted."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def read_samples(folder: Path = PAIRS) -> list[Sample]:
    """All samples, in the order of the files, masked as the product masks what it reads."""
    return [sample for name in pair_names(folder) for sample in _pair_samples(folder, name)]


def readings(folder: Path = PAIRS) -> list[tuple[str, str]]:
    """Every label as the author and as the reader gave it; the reader's may be "?"."""
    return [
        label
        for name in pair_names(folder)
        for situation in _situations(folder, name)
        for answer in situation["answers"]
        for label in zip(answer["y"].split(), answer["r"].split(), strict=True)
    ]


def industries(folder: Path = PAIRS) -> set[str]:
    """The industries that the companies are in."""
    pairs = (yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8")) for name in pair_names(folder))
    return {company["industry"] for pair in pairs for company in pair.values()}


def clause_texts(pair: dict[str, Any]) -> dict[str, str]:
    """Text of every clause of two companies by its code, such as `a1h2`, `b3m` or `ag1`."""
    texts: dict[str, str] = {}
    for company in ("a", "b"):
        for p, principle in enumerate(pair[company]["principles"], 1):
            texts[f"{company}{p}m"] = principle["meaning"]
            for code, lines in (("h", principle["honored_when"]), ("x", principle["missed_when"])):
                texts.update({f"{company}{p}{code}{n}": text for n, text in enumerate(lines, 1)})
        texts.update({f"{company}g{n}": one["text"] for n, one in enumerate(pair[company]["guardrails"], 1)})
    return {code: " ".join(text.split()) for code, text in texts.items()}


def clause_kind(code: str) -> ClauseKind:
    """Kind of a clause by its code."""
    return _KINDS["g" if code[1] == "g" else code[2]]


def _pair_samples(folder: Path, name: str) -> Iterator[Sample]:
    texts = clause_texts(yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8")))
    for situation in _situations(folder, name):
        for n, answer in enumerate(situation["answers"]):
            labels = zip(situation["clauses"], answer["y"].split(), answer["r"].split(), strict=True)
            clauses = tuple(
                Labelled(code, clause_kind(code), texts[code], SYMBOLS[author])
                for code, author, reader in labels
                if author == reader
            )
            yield Sample(name, situation["id"], n, _masked([*situation["need"], *answer["turns"]]), clauses)


def _situations(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)


def _masked(lines: list[str]) -> tuple[tuple[str, str], ...]:
    turns = [{"index": n, "speaker": _SPEAKERS[line[:3]], "text": line[3:]} for n, line in enumerate(lines)]
    transcript = Transcript.model_validate({"call_id": "sample", "turns": turns})
    return tuple((turn.speaker, turn.text) for turn in mask(transcript).transcript.turns)
