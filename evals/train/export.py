"""Writes a trained network as an ONNX file with int8 weights, and what must be known to use it."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import torch
import yaml
from network import CrossEncoder
from onnxruntime.quantization import QuantType, quantize_dynamic
from packing import AGENT_ROLE

OPSET = 17


def quantised(network: CrossEncoder) -> bytes:
    """The network as an ONNX file with int8 weights, a scale for each column."""
    network.eval()
    moment = torch.full((2, 5), 1000)
    example = (moment, torch.full_like(moment, AGENT_ROLE), torch.full((2, 3, 4), 1000))
    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
        torch.onnx.export(
            network,
            example,
            str(whole),
            input_names=["moment", "roles", "clauses"],
            output_names=["logits"],
            dynamic_axes={"moment": {0: "r", 1: "m"}, "roles": {0: "r", 1: "m"}, "clauses": {0: "r", 1: "n", 2: "c"}},
            opset_version=OPSET,
            # The exporter by tracing; the other one needs a further package and writes the same graph.
            dynamo=False,
        )
        quantize_dynamic(whole, small, weight_type=QuantType.QInt8, per_channel=True)
        return small.read_bytes()


def write_model(content: bytes, temperature: float, folder: Path) -> None:
    """Write `model.onnx` and `model.yaml` side by side."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(content)
    facts = {"sha256": hashlib.sha256(content).hexdigest(), "temperature": round(temperature, 4)}
    (folder / "model.yaml").write_text(yaml.safe_dump(facts), "utf-8")
