"""Sends what a batch asks of a model in files, waits, and collects; over restarts, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Literal, Protocol

from coach.errors import ModelUnavailable
from coach.store import Store

REQUESTS_A_FILE = 5_000
CHARACTERS_A_FILE = 80_000_000
MOST_TRIES = 3
FIRST_LOOK_S = 1.0
LONGEST_LOOK_S = 60.0


class FileEndpoint(Protocol):
    """Takes files of requests; `coach.llm.openai_batch.OpenAIBatches`."""

    def submit(self, tag: str, requests: Sequence[tuple[str, str]]) -> str:
        """Hand over a file, once for a tag."""
        ...

    def state(self, upload: str) -> Literal["waiting", "ended"]:
        """Whether it is finished."""
        ...

    def answers(self, upload: str) -> tuple[dict[str, str], str]:
        """What it answered by request, and how it ended."""
        ...


class RequestFiles:
    """The files of one batch.

    Args:
        store: where requests and answers are.
        endpoint: takes the files.
        given_up: the answer of a request that was sent several times in vain.
        tell: told in words how it goes.
        wait: waits some seconds, and says whether to go on.
    """

    def __init__(
        self,
        store: Store,
        endpoint: FileEndpoint,
        *,
        given_up: str,
        tell: Callable[[str], None],
        wait: Callable[[float], bool],
    ) -> None:
        self._store = store
        self._endpoint = endpoint
        self._given_up = given_up
        self._tell = tell
        self._wait = wait

    def exchange(self, batch: str) -> bool:
        """Send what is unsent and collect everything that is on its way.

        Returns:
            False if it was told to stop waiting; what is on its way is collected the next time.

        Raises:
            ModelError: the endpoint refuses.
        """
        while requests := self._next_file(batch):
            names = [name for name, _, _ in requests]
            # The same requests sent again are another file, or what failed would be taken for done.
            tag = sha256(" ".join(f"{name}:{tries}" for name, _, tries in requests).encode()).hexdigest()[:48]
            upload = self._endpoint.submit(tag, [(name, body) for name, body, _ in requests])
            self._store.requests.sent(upload, names)
            self._tell(f"{len(requests)} requests handed over as {upload}")
        return all(self._collected(upload) for upload in self._store.requests.uploads(batch))

    def _next_file(self, batch: str) -> list[tuple[str, str, int]]:
        found = self._store.requests.unsent(batch, REQUESTS_A_FILE)
        room = CHARACTERS_A_FILE
        for number, (_, body, _) in enumerate(found):
            room -= len(body)
            if room < 0 and number:
                return found[:number]
        return found

    def _collected(self, upload: str) -> bool:
        wait_s = FIRST_LOOK_S
        while not self._ended(upload):
            if not self._wait(wait_s):
                return False
            wait_s = min(LONGEST_LOOK_S, wait_s * 1.5)
        answers, how = self._endpoint.answers(upload)
        again = self._store.requests.collected(upload, answers, most_tries=MOST_TRIES, otherwise=self._given_up)
        self._tell(f"{upload} {how}: {len(answers)} answers, {again} requests to send again")
        return True

    def _ended(self, upload: str) -> bool:
        try:
            return self._endpoint.state(upload) == "ended"
        except ModelUnavailable as error:
            self._tell(f"{error}; asking again")
            return False
