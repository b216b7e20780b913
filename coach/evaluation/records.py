"""What a run leaves behind: the right answers, what the judge said, and what both were made from."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from coach.domain.base import Frozen
from coach.domain.review import Attribution, Compliance, PurposeGap, Verdict
from coach.evaluation.sets.cases import CallMoment, SetName, Split

SplitChoice = Literal["train", "test", "all"]


class Gold(Frozen):
    """One thing to ask the judge, and the right answer; no transcript text.

    Attributes:
        key: `<set>/<id>`, for swaps `<set>/<id>/<company>`; unique in a run.
        group: what stands or falls together: cases of one situation, both sides of a swap, one call. Intervals are
            clustered by it.
        kind: what a variant varies; empty elsewhere.
        base: key of a variant's base case; empty elsewhere.
        unchanged: a variant that masking makes the same as its base, so that it tests nothing.
        verdict: None where there is no single one: calls and retrieval.
        labels: what each reader said, by reader.
        moments: the decision points of a whole call; `turns` are the numbers of all its turns.
    """

    key: str
    set: SetName
    id: str
    company: str
    split: Split
    group: str
    tags: tuple[str, ...] = ()
    kind: str = ""
    base: str = ""
    unchanged: bool = False
    verdict: Verdict | None = None
    compliance: Compliance | None = None
    attribution: Attribution | None = None
    purpose_gap: PurposeGap | None = None
    evidence_turns: tuple[int, ...] = ()
    clauses: tuple[str, ...] = ()
    exemplars: tuple[str, ...] = ()
    labels: dict[str, Verdict] = Field(default_factory=dict)
    moments: tuple[CallMoment, ...] = ()
    turns: tuple[int, ...] = ()


class Said(Frozen):
    """What the judge said of one moment, after the evidence gate.

    Attributes:
        verdict: None where it abstained; `flags` says why.
        quotes: how many quotes are shown; `verified` of them stand word for word in an agent's turn of the moment,
            checked here once more and not taken from the gate.
    """

    turns: tuple[int, int]
    verdict: Verdict | None
    compliance: Compliance
    attribution: Attribution
    purpose_gap: PurposeGap
    confidence: float
    evidence_turns: tuple[int, ...]
    quotes: int
    verified: int
    clauses: tuple[str, ...]
    flags: tuple[str, ...]


class Outcome(Frozen):
    """What came of asking once.

    Attributes:
        said: one entry for a single moment, any number for a whole call, none for retrieval or after an error.
        clauses, exemplars: for retrieval, what came back, best first.
        error: why there is no answer, in one line; empty if there is one.
        latency_ms: None for a replay, whose speed says nothing about the model.
        missing: the answer was to be replayed and no recording fits the prompt; nothing can be said of the judge.
    """

    key: str
    repeat: int
    said: tuple[Said, ...] = ()
    clauses: tuple[str, ...] = ()
    exemplars: tuple[str, ...] = ()
    withheld: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = 0.0
    latency_ms: int | None = 0
    error: str = ""
    missing: bool = False


class Estimate(Frozen):
    """A number with its 95 % interval.

    Attributes:
        value: None where it is not defined, such as a recall over no cases.
        low, high: None where there are too few clusters to resample, or no interval is meant.
        n: how many observations it rests on: answers (each repeat is one), quotes, moments or turns.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0


Scores = dict[SetName, dict[SplitChoice, dict[str, Estimate]]]


class Ingredients(Frozen):
    """All that decides what a run's numbers are.

    Hashes are hex sha256. `prompts` are all shipped prompts by id; `answer_schema` is what the LLM judge must fill
    in; `calibration` covers fitted parameters and word lists of judging; `scorer` the code of the scorers; `code`
    the code that answers depend on.
    """

    model: str
    embedder: str
    mask: bool
    sets: dict[SetName, str]
    split: SplitChoice
    limit: int | None
    repeats: int
    prompts: dict[str, str]
    answer_schema: str
    calibration: str
    corpora: dict[str, str]
    scorer: str
    code: str


class Circumstances(Frozen):
    """Where and when a run was made; `dirty` says that the checkout had changes that no commit holds."""

    started: str
    seconds: float
    commit: str | None
    dirty: bool | None
    machine: dict[str, str]
    versions: dict[str, str]


class RunFile(Frozen):
    """One run, complete: its numbers can be made again from it without the sets."""

    format: Literal[1] = 1
    ingredients: Ingredients
    circumstances: Circumstances
    scores: Scores
    cases: tuple[Gold, ...]
    outcomes: tuple[Outcome, ...]
