"""OpenAI's Batch API: files of requests, answered within a day at half the price."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from coach.errors import SettingsError
from coach.llm.faults import TRANSIENT_STATUSES
from coach.llm.retry import RequestFailedError, RetryPolicy, with_retries

if TYPE_CHECKING:
    from openai import AsyncOpenAI

T = TypeVar("T")

ENDPOINT: Final = "/v1/chat/completions"
TAG = "coach_requests"
LOOK_BACK = 100

_ENDED = frozenset({"completed", "failed", "expired", "cancelled"})


class OpenAIBatches:
    """A client of the Batch API; blocking, for a thread of its own.

    Args:
        base_url: address of the endpoint; None for OpenAI's own.
        timeout_s: limit of one request, in seconds.

    Raises:
        SettingsError: OpenAI's own endpoint needs a key and there is none.
    """

    def __init__(self, *, base_url: str | None, timeout_s: float) -> None:
        self._base_url = base_url
        self._key = os.environ.get("OPENAI_API_KEY") or ("none" if base_url else "")
        self._policy = RetryPolicy(max_retries=6, timeout_s=timeout_s, deadline_s=600)
        if not self._key:
            raise SettingsError("--mode openai-batch", "OPENAI_API_KEY is not set", remedy="set it")

    def submit(self, tag: str, requests: Sequence[tuple[str, str]]) -> str:
        """Hand over a file of requests, unless one of this tag was handed over already.

        Args:
            tag: tells this set of requests from any other.
            requests: each one's own id, and its body as JSON.

        Returns:
            The endpoint's id for it.

        Raises:
            ModelError: the endpoint does not take it.
        """
        return self._run(lambda client: self._submit(client, tag, requests))

    def state(self, upload: str) -> Literal["waiting", "ended"]:
        """Whether a file is finished.

        Raises:
            ModelError: the endpoint does not say.
        """

        async def look(client: AsyncOpenAI) -> Literal["waiting", "ended"]:
            batch = await self._asked(lambda: client.batches.retrieve(upload))
            return "ended" if batch.status in _ENDED else "waiting"

        return self._run(look)

    def answers(self, upload: str) -> tuple[dict[str, str], str]:
        """What a finished file came to.

        Returns:
            The reply to each request that got one, as JSON, those left out that may succeed later; and how the
            endpoint says that it ended.

        Raises:
            ModelError: the answers cannot be fetched.
        """

        async def fetch(client: AsyncOpenAI) -> tuple[dict[str, str], str]:
            batch = await self._asked(lambda: client.batches.retrieve(upload))
            replies: dict[str, str] = {}
            for file in (batch.output_file_id, batch.error_file_id):
                if file:
                    content = await self._asked(lambda file=file: client.files.content(file))  # type: ignore[misc]
                    replies |= _answers(content.text)
            return replies, str(batch.status)

        return self._run(fetch)

    async def _submit(self, client: AsyncOpenAI, tag: str, requests: Sequence[tuple[str, str]]) -> str:
        # Killed between handing over and taking note of it, a process must not pay for the same requests again.
        page = await self._asked(lambda: client.batches.list(limit=LOOK_BACK))
        for batch in page.data:
            if (batch.metadata or {}).get(TAG) == tag and batch.status not in ("failed", "cancelled", "expired"):
                return batch.id
        lines = (
            f'{{"custom_id": {json.dumps(name)}, "method": "POST", "url": {json.dumps(ENDPOINT)}, "body": {body}}}\n'
            for name, body in requests
        )
        data = "".join(lines).encode("utf-8", "replace")
        file = await self._asked(lambda: client.files.create(file=("requests.jsonl", data), purpose="batch"))
        made = await self._asked(
            lambda: client.batches.create(
                input_file_id=file.id, endpoint=ENDPOINT, completion_window="24h", metadata={TAG: tag}
            )
        )
        return made.id

    async def _asked(self, ask: Callable[[], Awaitable[T]]) -> T:
        try:
            return await with_retries(ask, self._policy)
        except RequestFailedError as failed:
            raise failed.fault.kind(f"openai batches: {failed.fault.reason}") from None

    def _run(self, work: Callable[[AsyncOpenAI], Awaitable[T]]) -> T:
        from openai import AsyncOpenAI

        async def run() -> T:
            async with AsyncOpenAI(
                base_url=self._base_url, api_key=self._key, max_retries=0, timeout=self._policy.timeout_s
            ) as client:
                return await work(client)

        return asyncio.run(run())


def _answers(text: str) -> dict[str, str]:
    """Replies by request, from a file of results; what may succeed later is left out."""
    answers: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        found: dict[str, Any] = json.loads(line)
        response: dict[str, Any] = found.get("response") or {}
        status = response.get("status_code") or 0
        if status == 200:
            answers[found["custom_id"]] = json.dumps(response["body"], ensure_ascii=False)
        elif 400 <= status < 500 and status not in TRANSIENT_STATUSES:
            answers[found["custom_id"]] = json.dumps({"rejected": str(status)})
    return answers
