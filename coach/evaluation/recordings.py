"""A chat model's answers kept by the request that they answered, to be replayed without the model.

A recording is found by the hash of the whole request, messages and schema. A changed prompt therefore finds none, and
shows as a missing recording and not as a stale score.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from coach.domain.base import Frozen
from coach.errors import CoachError, ModelAnswerInvalid, ModelError, ModelRefused, ModelTruncated
from coach.evaluation.sets.lines import EvalSetError, read_lines
from coach.llm.answers import parse_answer
from coach.llm.chat import ChatAnswer, ChatMessage, ChatModel, SchemaT, Usage

if TYPE_CHECKING:
    from pydantic import BaseModel


RECORDED = "recorded"
"""What a user names as the model for a replay."""


class NoRecordingError(CoachError):
    """No recording fits a request. No `ModelError`: nobody may take it for a fault of the model and go on."""


class Recording(Frozen):
    """One request's answer, or how it failed: a model that answers badly does so in the replay too.

    Attributes:
        request: from `request_key`.
        model: the spec of the model that answered.
        answer: what it said, as it said it.
        fault: the kind of failure; `error` is its message, which the judge may repeat to the model.
    """

    request: str
    model: str
    answer: str
    fault: Literal["", "invalid", "refused", "truncated"] = ""
    error: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    latency_ms: int = 0


_FAULTS: dict[Literal["invalid", "refused", "truncated"], type[ModelError]] = {
    "invalid": ModelAnswerInvalid,
    "refused": ModelRefused,
    "truncated": ModelTruncated,
}


def request_key(messages: Sequence[ChatMessage], schema: type[BaseModel]) -> str:
    """Hex sha256 of a request: every message with its role, and the JSON Schema of the answer."""
    content = [[[message.role, message.content] for message in messages], schema.model_json_schema()]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class RecordedChat:
    """A `ChatModel` that replays.

    Args:
        recordings: any number; of several for one request the last counts.

    Raises:
        EvalSetError: the recordings are of more than one model, or there is none.
    """

    def __init__(self, recordings: Iterable[Recording]) -> None:
        self._by_request: Mapping[str, Recording] = {recording.request: recording for recording in recordings}
        models = sorted({recording.model for recording in self._by_request.values()})
        if len(models) != 1:
            raise EvalSetError(
                "recordings", f"of {len(models)} models, expected one{': ' if models else ''}{', '.join(models)}"
            )
        self._id = models[0]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Replays everything in the `*.jsonl` files of a folder.

        Raises:
            EvalSetError: a line is no recording (the first such), or the folder holds none.
        """
        faults: list[EvalSetError] = []
        lines = [line for path in sorted(folder.glob("*.jsonl")) for line in read_lines(path, Recording, faults)]
        if faults:
            raise faults[0]
        if not lines:
            raise EvalSetError(str(folder), "no recordings are here", remedy="make some with coach eval run --record")
        return cls(line.record for line in lines)

    @property
    def id(self) -> str:
        """The spec of the model that was recorded."""
        return self._id

    async def complete(self, messages: Sequence[ChatMessage], schema: type[SchemaT]) -> ChatAnswer[SchemaT]:
        """The recorded answer; see `ChatModel`.

        Raises:
            NoRecordingError: this request was never recorded.
        """
        recording = self._by_request.get(request_key(messages, schema))
        if recording is None:
            raise NoRecordingError("no recording for this prompt")
        if recording.fault:
            raise _FAULTS[recording.fault](
                recording.error,
                raw=recording.answer,
                tokens_in=recording.tokens_in,
                tokens_out=recording.tokens_out,
            )
        usage = Usage(recording.tokens_in, recording.tokens_out, recording.tokens_cached)
        return ChatAnswer(parse_answer(recording.answer, schema), recording.answer, usage, recording.latency_ms)

    async def aclose(self) -> None:
        """Nothing to close."""


class RecordingChat:
    """A `ChatModel` that writes down every answer of another, one line each, as it comes.

    Failures of the endpoint are not written: they say nothing about the model.

    Args:
        chat: the model.
        path: a JSONL file; it is added to.
    """

    def __init__(self, chat: ChatModel, path: Path) -> None:
        self._chat = chat
        self._path = path

    @property
    def id(self) -> str:
        """The spec of the model."""
        return self._chat.id

    async def complete(self, messages: Sequence[ChatMessage], schema: type[SchemaT]) -> ChatAnswer[SchemaT]:
        """Ask the model and keep what it says; see `ChatModel`."""
        request = request_key(messages, schema)
        try:
            answer = await self._chat.complete(messages, schema)
        except ModelError as error:
            for fault, kind in _FAULTS.items():
                if isinstance(error, kind):
                    self._write(
                        Recording(
                            request=request,
                            model=self.id,
                            answer=error.raw,
                            fault=fault,
                            error=str(error),
                            tokens_in=error.tokens_in,
                            tokens_out=error.tokens_out,
                        )
                    )
            raise
        self._write(
            Recording(
                request=request,
                model=self.id,
                answer=answer.raw,
                tokens_in=answer.usage.tokens_in,
                tokens_out=answer.usage.tokens_out,
                tokens_cached=answer.usage.tokens_cached,
                latency_ms=answer.latency_ms,
            )
        )
        return answer

    async def aclose(self) -> None:
        """Close the model's connections."""
        await self._chat.aclose()

    def _write(self, recording: Recording) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(recording.model_dump_json(exclude_defaults=True) + "\n")
