"""Eval sets of any size for judges that do not read."""

from __future__ import annotations

from coach.domain.corpus import Corpus
from coach.domain.review import Verdict
from coach.domain.transcript import Turn
from coach.evaluation.scoring.confusion import VERDICTS
from coach.evaluation.sets.cases import MomentCase, Split, SwapCase, SwapSide, VariantCase
from coach.evaluation.sets.loading import EvalSets
from tests.support.calls import CORPUS

OTHER: Corpus = CORPUS.model_copy(update={"purpose": CORPUS.purpose.model_copy(update={"id": "otherwell"})})
CORPORA = {"ferrywell": CORPUS, "otherwell": OTHER}


def turns(at: int, length: int) -> tuple[Turn, ...]:
    """A call of so many turns whose moment begins at turn `at`."""
    return tuple(
        Turn(index=n, speaker="customer" if n % 2 == at % 2 else "agent", text=f"These are the words of turn {n}.")
        for n in range(length)
    )


def louder(said: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The same call in other words."""
    return tuple(turn.model_copy(update={"text": f"{turn.text} Do mind them!"}) for turn in said)


def moment(n: int, verdict: Verdict, split: Split) -> MomentCase:
    at = 2 * (n % 4)
    return MomentCase(
        id=f"m{n}",
        company=("ferrywell", "otherwell")[n % 2],
        split=split,
        turns=turns(at, 8),
        moment=(at, at + 1),
        verdict=verdict,
        compliance="not_covered",
        attribution="agent",
        purpose_gap="none",
        clauses=(CORPUS.purpose.clauses[0].id,),
        evidence_turns=() if verdict == "no_opportunity" else (at + 1,),
        tags=(f"tag-{n % 3}",),
        group=f"g{n // 2}",
        labels=(),
        why="It was made up.",
    )


def swap(n: int) -> SwapCase:
    at = 2 * (n % 4)
    sides = (
        SwapSide(company="ferrywell", verdict="honored", why=""),
        SwapSide(company="otherwell", verdict="missed", why=""),
    )
    return SwapCase(id=f"s{n}", split="train", turns=turns(at, 8), moment=(at, at + 1), sides=sides, tags=())


def made_sets(cases: int = 400, swaps: int = 40) -> EvalSets:
    """As many cases of each verdict, in groups of two; the second half is the test split. One variant each."""
    moments = tuple(moment(n, VERDICTS[n // 2 % 4], "train" if n < cases // 2 else "test") for n in range(cases))
    attacks = tuple(
        VariantCase(
            id=f"a{n}", split=base.split, base=base.id, turns=louder(base.turns), moment=base.moment, kind="attack"
        )
        for n, base in enumerate(moments)
    )
    return EvalSets(
        moments=moments,
        swaps=tuple(swap(n) for n in range(swaps)),
        calls=(),
        retrieval=(),
        variants={"attacks": attacks, "fairness": (), "asr": ()},
        hashes={"moments": "m" * 64, "swaps": "s" * 64, "attacks": "a" * 64},
        corpora=CORPORA,
    )


def gold_by_case(sets: EvalSets) -> dict[str, Verdict]:
    """Right verdicts by call and company, for judges that know them; variants have those of their bases."""
    verdicts = {f"{case.id}/{case.company}": case.verdict for case in sets.moments}
    bases = {case.id: case for case in sets.moments}
    for variant in sets.variants["attacks"]:
        base = bases[variant.base]
        verdicts[f"{variant.id}/{base.company}"] = base.verdict
    return verdicts | {f"{case.id}/{side.company}": side.verdict for case in sets.swaps for side in case.sides}
