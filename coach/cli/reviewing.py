"""Calls in, outcomes out, in input order: each call to its company's coach, several at once where a model is asked."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from typing import TYPE_CHECKING

from coach.app import Coach, Reviewed, build_coach
from coach.cli.inputs import Call, Failure
from coach.errors import ModelError
from coach.rendering.safe import one_line
from coach.retrieval import list_companies

if TYPE_CHECKING:
    from rich.console import Console

    from coach.domain.transcript import Transcript
    from coach.llm import RetryNotice
    from coach.settings import Settings


class Coaches:
    """One coach for each company that the calls are for, built when its first call comes. A context manager.

    Args:
        settings: what is in force.
        company: whose purpose to judge by; None takes the one each call names, else the only one there is.
        watched: standard error, where a person who watches is told of retries.
    """

    def __init__(self, settings: Settings, company: str | None, watched: Console) -> None:
        self._settings = settings
        self._company = company
        self._watched = watched
        self._built: dict[str | None, Coach] = {}

    def __enter__(self) -> Coaches:
        return self

    def __exit__(self, *_: object) -> None:
        for coach in self._built.values():
            coach.close()

    def outcomes(self, calls: Iterable[Call | Failure]) -> Iterator[Reviewed | Failure]:
        """What became of each call, in input order; neighbours of one company are reviewed at the same time.

        Raises:
            UserError: a coach cannot be built as configured.
        """
        company: str | None = None

        def owner(call: Call | Failure) -> str | None:
            nonlocal company
            if isinstance(call, Call):
                company = self._company or self._named_by(call)
            return company  # what could not be read stands among its neighbours

        for name, neighbours in groupby(calls, owner):
            yield from self._of_one_company(name, neighbours)

    def _of_one_company(self, company: str | None, calls: Iterator[Call | Failure]) -> Iterator[Reviewed | Failure]:
        waiting: deque[Call | Failure] = deque()

        def transcripts() -> Iterator[Transcript]:
            for call in calls:
                waiting.append(call)
                if isinstance(call, Call):
                    yield call.transcript

        for outcome in self._reviews(company, transcripts()):
            while isinstance(call := waiting.popleft(), Failure):
                yield call
            if isinstance(outcome, ModelError):
                yield Failure(call.transcript.call_id, call.source, str(outcome))
            else:
                yield outcome
        yield from (call for call in waiting if isinstance(call, Failure))

    def _reviews(self, company: str | None, transcripts: Iterator[Transcript]) -> Iterator[Reviewed | ModelError]:
        for first in transcripts:
            every = chain((first,), transcripts)
            try:
                coach = self._of(company)
            except ModelError as error:  # the endpoint for embeddings, which every call needs
                yield from (error for _ in every)
            else:
                yield from coach.review_all(every)

    def _of(self, company: str | None) -> Coach:
        if company not in self._built:
            self._built[company] = build_coach(self._settings, company=company, on_retry=self._tell)
        return self._built[company]

    def _named_by(self, call: Call) -> str | None:
        named = call.transcript.metadata.get("company")
        return named if named in list_companies(self._settings.corpus) else None

    def _tell(self, notice: RetryNotice) -> None:
        if self._watched.is_terminal:
            self._watched.print(one_line(f"{notice.reason}; asking again in {notice.wait_s:.1f} s"))
