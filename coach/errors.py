"""The error tree.

    CoachError                  everything this program raises on purpose
    ├── UserError               the user can fix it: printed as one line, never with a traceback
    │   ├── SettingsError       a setting, flag or key is wrong or missing
    │   ├── TranscriptError     one call cannot be read
    │   ├── CorpusError         a corpus file is broken or a company is unknown
    │   └── StoreError          the database cannot be used
    │       └── StoreUnavailable  it is away or busy: the same may succeed later
    ├── RequestDeferred         a model request goes into a file; its answer comes later
    └── ModelError              a model endpoint gave no usable answer
        ├── ModelUnavailable    down, timed out, rate limited after all retries
        ├── ModelRejected       the endpoint will not serve this request (key, model name, size)
        ├── ModelRefused        the model declined to answer
        ├── ModelTruncated      the answer was cut at the output limit
        └── ModelAnswerInvalid  the answer is not what the schema asks for

Every user error names where it happened, what is wrong and what to do about it.
"""

from __future__ import annotations

from functools import partial


class CoachError(Exception):
    """Root of everything this program raises on purpose."""


class UserError(CoachError):
    """Something the user can fix.

    Args:
        source: file, URL or name the error is about; "<stdin>" for standard input.
        reason: what is wrong, in plain words and without transcript text.
        place: where inside the source, such as "line 3" or "principles[0].title"; empty if it is the whole.
        remedy: what to do about it; empty only if the reason already says so.
    """

    def __init__(self, source: str, reason: str, *, place: str = "", remedy: str = "") -> None:
        self.source = source
        self.place = place
        self.reason = reason
        self.remedy = remedy
        super().__init__(str(self))

    def __reduce__(self) -> tuple[object, ...]:
        # An exception is pickled by its `args`, which hold the finished line; this keeps its parts.
        make = partial(type(self), place=self.place, remedy=self.remedy)
        return make, (self.source, self.reason)

    def __str__(self) -> str:
        where = f"{self.source}: {self.place}" if self.place else self.source
        tail = f" — {self.remedy}" if self.remedy else ""
        return " ".join(f"{where}: {self.reason}{tail}".split())


class SettingsError(UserError):
    """A setting, flag or key is wrong or missing."""


class TranscriptError(UserError):
    """One call cannot be read."""


class CorpusError(UserError):
    """A corpus file is broken or a company is unknown."""


class StoreError(UserError):
    """The database cannot be used."""


class StoreUnavailable(StoreError):
    """The database is away or busy: the same may succeed later."""


class RequestDeferred(CoachError):
    """A model request goes into a file; what waits for its answer is done again when that is there."""


class ModelError(CoachError):
    """A model endpoint gave no usable answer; the text is one line and holds no transcript text.

    Args:
        message: what went wrong.
        raw: what the model said, if anything, for a request that asks it to mend its answer; never shown or logged.
        tokens_in: prompt tokens the failed request was billed; 0 if none or unknown.
        tokens_out: answer tokens it was billed.
    """

    def __init__(self, message: str, *, raw: str = "", tokens_in: int = 0, tokens_out: int = 0) -> None:
        self.raw = raw
        self.tokens_in = tokens_in
        self.tokens_out = tokens_out
        super().__init__(message)


class ModelUnavailable(ModelError):
    """The endpoint is down, timed out, or still rate limits after all retries."""


class ModelRejected(ModelError):
    """The endpoint will not serve this request as it stands: wrong key, unknown model, request too large."""


class ModelRefused(ModelError):
    """The model declined to answer."""


class ModelTruncated(ModelError):
    """The answer was cut at the output limit."""


class ReviewBroken(ModelError):
    """A fault of the program ended the review of a call, perhaps after answers that were billed."""


class ModelAnswerInvalid(ModelError):
    """The answer is not what the schema asks for."""
