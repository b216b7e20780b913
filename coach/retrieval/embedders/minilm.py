"""The embedded default: all-MiniLM-L6-v2 with int8 weights, on the processor, without a network.

Reimers and Gurevych, "Sentence-BERT", EMNLP 2019: token vectors averaged over the text and normalised.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from coach.retrieval.embedders.minilm_files import MODEL, TOKENIZER

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

WINDOW_TOKENS = 256
# More text than 256 tokens can hold; what is cut here would be cut by the window, after costly tokenising.
MAX_CHARACTERS = 32_768
# Throughput is flat from 256 to 2,048 tokens a run and falls outside.
RUN_TOKENS = 512


class MiniLMEmbedder:
    """Local ONNX embedder, 384 dimensions.

    Texts beyond 256 tokens (with the two that frame a text) are cut at the end: the model was trained on less.

    Only texts of equal token count share a run of the model, so that nothing is padded, and each run has one thread
    while the texts are spread over all cores. The weights are int8 but are multiplied as float32, row by row, so a
    vector does not depend on the texts it shares a run with. (Quantised activations would break that: their scale is
    taken over the whole batch.)

    Loading takes some 0.4 s and 90 MB and is done on construction.

    Raises:
        SettingsError: the packages with weights and tokenizer are missing or not the pinned ones.
    """

    id = f"local:all-MiniLM-L6-v2-int8@{MODEL.sha256[:12]}"
    dimensions = 384

    def __init__(self) -> None:
        import onnxruntime  # type: ignore[import-untyped]  # it ships no types

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(MODEL.read(), options, providers=["CPUExecutionProvider"])
        self._tokenizer = _load_tokenizer()
        self._tokenizer.enable_truncation(WINDOW_TOKENS)
        self._pool = ThreadPoolExecutor(max_workers=os.cpu_count(), thread_name_prefix="minilm")

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeds texts; see `Embedder.embed`. Safe to call from several threads."""
        import numpy as np

        encodings = self._tokenizer.encode_batch_fast([text[:MAX_CHARACTERS] for text in texts])
        token_ids = [encoding.ids for encoding in encodings]
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)

        def run(rows: list[int]) -> None:
            vectors[rows] = self._encode(np.array([token_ids[row] for row in rows], dtype=np.int64))

        # list() so that an exception in a run is raised here.
        list(self._pool.map(run, _runs([len(ids) for ids in token_ids])))
        return vectors

    def _encode(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        import numpy as np

        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        (hidden,) = self._session.run(None, feeds)
        # The mean over the mask is the plain mean, nothing being padded.
        means: NDArray[np.float32] = hidden.mean(axis=1)
        unit: NDArray[np.float32] = means / np.linalg.norm(means, axis=1, keepdims=True)
        return unit


def minilm_token_count() -> Callable[[str], int]:
    """A function that counts a text's tokens as the local embedder sees them, framing tokens left out.

    Raises:
        SettingsError: the package with the tokenizer is missing or not the pinned one.
    """
    tokenizer = _load_tokenizer()

    def count(text: str) -> int:
        return len(tokenizer.encode(text, add_special_tokens=False).ids)

    return count


def _load_tokenizer() -> Tokenizer:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(TOKENIZER.read().decode())
    # The file asks for padding and truncation to 128 tokens.
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _runs(lengths: Sequence[int]) -> list[list[int]]:
    """Rows of equal length in runs of at most RUN_TOKENS, longest first so that no core ends on a long one."""
    by_length: dict[int, list[int]] = defaultdict(list)
    for row, length in enumerate(lengths):
        by_length[length].append(row)
    runs: list[list[int]] = []
    for length, rows in sorted(by_length.items(), reverse=True):
        size = max(1, RUN_TOKENS // length)
        runs.extend(rows[start : start + size] for start in range(0, len(rows), size))
    return runs
