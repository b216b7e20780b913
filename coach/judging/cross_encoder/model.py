"""The shipped network: honoured, missed or not touched, for each clause read together with a moment."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import Field

from coach.domain.base import Frozen
from coach.domain.corpus import Clause
from coach.errors import SettingsError
from coach.judging.cross_encoder.packing import Tokenizer, clause_tokens, moment_tokens, padded

if TYPE_CHECKING:
    import onnxruntime  # type: ignore[import-untyped]  # it ships no types

HONORED, MISSED, NOT_TOUCHED = 0, 1, 2
"""Columns of a reading."""

Probabilities = NDArray[np.float64]
Spoken = Sequence[tuple[str, str]]
"""(speaker, text) of each turn of a moment, in order; speaker is "customer" or "agent"."""


class ModelFacts(Frozen):
    """What `model.yaml` says of `model.onnx`.

    Attributes:
        sha256: of the file, checked before it is used.
        temperature: logits are divided by it (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017).
    """

    sha256: str
    temperature: float = Field(gt=0)


class CrossEncoder:
    """Reads moments by clauses, on the processor, without a network.

    Each run holds one moment, so that what is said of it does not depend on which other moments are read.

    Args:
        content: the ONNX file.
        facts: its hash and temperature.
        tokenizer: of the encoder it was trained from.

    Raises:
        SettingsError: the content is not the file that the facts speak of.
    """

    def __init__(self, content: bytes, facts: ModelFacts, tokenizer: Tokenizer) -> None:
        if hashlib.sha256(content).hexdigest() != facts.sha256:
            raise SettingsError(
                "model.onnx", "not the file this version was built for", remedy="install the package again"
            )
        self._session = _session(content)
        self._facts = facts
        self._tokenizer = tokenizer

    @property
    def id(self) -> str:
        """Names the weights in the provenance."""
        return f"cross-encoder@{self._facts.sha256[:12]}"

    def read(self, moment: Spoken, clauses: Sequence[Clause]) -> Probabilities:
        """Read one moment by each clause.

        Returns:
            Probabilities [clauses, 3] of HONORED, MISSED and NOT_TOUCHED.
        """
        read: Probabilities = self._probabilities([moment], clauses)[0]
        return read

    def read_variants(self, moments: Sequence[Spoken], clause: Clause) -> Probabilities:
        """Read several wordings of one moment by the same clause.

        Returns:
            Probabilities [moments, 3].
        """
        read: Probabilities = self._probabilities(moments, [clause])[:, 0]
        return read

    def _probabilities(self, moments: Sequence[Spoken], clauses: Sequence[Clause]) -> Probabilities:
        laid_out = [moment_tokens(moment, self._tokenizer) for moment in moments]
        by = padded([clause_tokens(clause.kind, clause.text, self._tokenizer) for clause in clauses])
        feeds = {
            "moment": padded([one.tokens for one in laid_out]),
            "roles": padded([one.roles for one in laid_out]),
            "clauses": np.repeat(by[None], len(moments), axis=0),
        }
        (logits,) = self._session.run(None, feeds)
        scaled = logits.astype(np.float64) / self._facts.temperature
        odds = np.exp(scaled - scaled.max(axis=2, keepdims=True))
        shares: Probabilities = odds / odds.sum(axis=2, keepdims=True)
        return shares


def load_cross_encoder(tokenizer: Tokenizer) -> CrossEncoder:
    """The shipped network.

    Raises:
        SettingsError: its file is missing or damaged.
    """
    folder = files("coach.judging.cross_encoder")
    facts = ModelFacts.model_validate(yaml.safe_load((folder / "model.yaml").read_text("utf-8")))
    file = folder / "model.onnx"
    if not file.is_file():
        raise SettingsError("model.onnx", "the embedded judge's network is missing", remedy="install the package again")
    return CrossEncoder(file.read_bytes(), facts, tokenizer)


def _session(content: bytes) -> onnxruntime.InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
