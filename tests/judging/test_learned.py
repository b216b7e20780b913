"""The shipped network and the reader that stands on it: real weights, real tokenizer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import yaml

import coach
from coach.domain.corpus import Clause
from coach.domain.moment import ClauseHit, Moment, Retrieved
from coach.domain.transcript import Turn
from coach.errors import SettingsError
from coach.judging.cross_encoder.model import CrossEncoder, ModelFacts, load_cross_encoder
from coach.judging.cross_encoder.packing import MOMENT_TOKENS, moment_tokens
from coach.judging.learned import LearnedReader, load_combination
from coach.judging.quotable import quotable
from coach.judging.reading import Ground
from coach.retrieval import minilm_tokenizer
from tests.conftest import SAMPLES
from tests.support.calls import PURPOSE

WEDDING = SAMPLES / "sunnybox/calls/02-wedding-dog-window-bent-and-a-gift.json"
LINES = tuple(clause for clause in PURPOSE.clauses if clause.kind in ("honored", "missed", "guardrail"))


@pytest.fixture(scope="module")
def network() -> CrossEncoder:
    return load_cross_encoder(minilm_tokenizer())


@pytest.fixture(scope="module")
def reader(network: CrossEncoder) -> LearnedReader:
    return LearnedReader(network, load_combination())


def moment(*said: str) -> Moment:
    """Turns such as "c: Where is it?" as one moment."""
    turns = [
        Turn(index=n, speaker="agent" if line.startswith("a: ") else "customer", text=line[3:])
        for n, line in enumerate(said)
    ]
    need, answer = (tuple(t for t in turns if t.speaker == side) for side in ("customer", "agent"))
    return Moment(id="m1", need=need, answer=answer, salience=1.0)


def near(*clauses: Clause) -> Retrieved:
    hits = tuple(ClauseHit(clause=clause, similarity=0.4, to_need=0.4, to_answer=0.4) for clause in clauses)
    return Retrieved(clauses=hits, honored=(), missed=())


LATE_FEE = moment(
    "c: You charged me the late fee and I was in hospital.",
    "a: Right. The weather has been dreadful all week. I have taken the nine pounds off and you will see it on Friday.",
)


def test_what_it_says_of_a_clause_are_probabilities(network: CrossEncoder) -> None:
    read = network.read([("customer", "Where is my boat?"), ("agent", "I will look.")], LINES)
    assert read.shape == (len(LINES), 3)
    assert np.allclose(read.sum(axis=1), 1)
    assert (read > 0).all()


def test_the_same_words_get_the_same_bytes(network: CrossEncoder) -> None:
    other = load_cross_encoder(minilm_tokenizer())
    said = [("customer", "You charged me twice."), ("agent", "I see both. I'll send one back today.")]
    assert network.read(said, LINES).tobytes() == other.read(said, LINES).tobytes()


def test_a_deed_and_its_opposite_are_told_apart(network: CrossEncoder) -> None:
    clause = Clause(
        id="own-it/honored/1",
        kind="honored",
        principle="own-it",
        text="The customer was charged by our mistake, and the agent says so and gives the money back on the call.",
    )
    need = ("customer", "I've been charged for two rooms and I only had the one.")
    returned = network.read(
        [need, ("agent", "That was our mistake. I've sent the second one back to your card just now.")], [clause]
    )
    refused = network.read(
        [need, ("agent", "You would have to write to the bookings address, they look into it within a month.")],
        [clause],
    )
    assert returned[0, 0] > refused[0, 0]
    assert refused[0, 1] > returned[0, 1]


def test_of_a_long_moment_the_end_is_read() -> None:
    turns = [("customer", "and then it rained " * 200), ("agent", "I will ring you on Friday.")]
    laid_out = moment_tokens(turns, minilm_tokenizer())
    assert len(laid_out.tokens) == len(laid_out.roles) == MOMENT_TOKENS
    end = moment_tokens(turns[1:], minilm_tokenizer()).tokens[1:]
    assert laid_out.tokens[-len(end) :] == end


def test_evidence_is_the_piece_without_which_the_clause_is_least_supported(
    reader: LearnedReader, network: CrossEncoder
) -> None:
    clause = next(c for c in LINES if c.kind == "honored")
    (quote,) = reader.evidence([Ground(LATE_FEE, clause, "honored")])
    assert quote is not None
    pieces = [piece.text for piece in quotable(LATE_FEE)]
    assert quote.text in pieces
    customer, agent = LATE_FEE.need[0].text, LATE_FEE.answer[0].text
    support = {
        piece: network.read([("customer", customer), ("agent", agent.replace(piece, " "))], [clause])[0, 0]
        for piece in pieces
    }
    assert support[quote.text] == pytest.approx(min(support.values()), abs=0.05)


def test_what_the_customer_says_afterwards_is_no_ground(reader: LearnedReader) -> None:
    said = ["c: You charged me the late fee.", "a: I have taken it off, you will see it on Friday."]
    pleased, furious = (moment(*said, f"c: {reaction}") for reaction in ("Wonderful, thank you!", "You are useless!"))
    assert reader.read(pleased, near(*LINES)) == reader.read(furious, near(*LINES))


def test_a_moment_without_an_answer_is_not_judged(reader: LearnedReader) -> None:
    assert reader.read(moment("c: Hello? Is anybody there?"), near(*LINES)).verdict is None


def test_a_purpose_without_lines_near_is_not_judged(reader: LearnedReader) -> None:
    assert reader.read(LATE_FEE, near()).verdict is None


def test_a_file_of_other_content_is_refused() -> None:
    content = files("coach.judging.cross_encoder").joinpath("model.onnx").read_bytes()
    facts = ModelFacts.model_validate(
        yaml.safe_load(files("coach.judging.cross_encoder").joinpath("model.yaml").read_text("utf-8"))
    )
    with pytest.raises(SettingsError, match=r"model\.onnx: .* install the package again"):
        CrossEncoder(content[:-1] + b"x", facts, minilm_tokenizer())


@pytest.mark.parametrize("fault", ["missing", "damaged"])
def test_without_its_network_the_contrast_judge_works_and_says_so_once(tmp_path: Path, fault: str) -> None:
    """In a copy of the package, as somebody would have it whose installation is broken."""
    package = tmp_path / "coach"
    shutil.copytree(Path(coach.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    network = package / "judging" / "cross_encoder" / "model.onnx"
    if fault == "missing":
        network.unlink()
    else:
        network.write_bytes(network.read_bytes()[:1000])
    done = subprocess.run(
        [sys.executable, "-m", "coach.cli.main", "review", str(WEDDING), "--company", "sunnybox", "--format", "json"],
        env={
            **os.environ,
            "PYTHONPATH": str(tmp_path),
            "COACH_HOME": str(tmp_path / "home"),
            "COACH_CORPUS": str(SAMPLES),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["provenance"]["model"] == "local:contrast"
    (warning,) = [line for line in done.stderr.splitlines() if "model.onnx" in line]
    assert "weaker contrast judge" in warning
