"""A judge that answers at once, to time and weigh everything around it."""

from __future__ import annotations

from coach.domain.review import Counts, Provenance, Review
from coach.domain.transcript import Transcript
from coach.store import BatchRecipe

FINGERPRINT = "i" * 64


def instant_recipe(*sources: str) -> BatchRecipe:
    """The recipe of a batch that the instant judge judges."""
    return BatchRecipe(
        sources=sources,
        company="sunnybox",
        model="instant",
        embeddings="local",
        mask=False,
        slice_size=16,
        fingerprint=FINGERPRINT,
    )


class InstantJudging:
    """`coach.jobs.judging.Judging` that finds nothing."""

    fingerprint = FINGERPRINT
    at_once = 16
    stuck = False

    def prepare(self, transcript: Transcript) -> Transcript:
        return transcript

    async def review(self, prepared: Transcript) -> Review:
        made = Provenance(
            model="instant", prompts={}, purpose="", corpus="", embedder="", tokens_in=0, tokens_out=0, cost_usd=0.0,
            latency_ms=0, version="",
        )  # fmt: skip
        return Review(
            call_id=prepared.call_id, company="sunnybox", score=None, counts=Counts(), summary="", celebrate="",
            try_next="", moments=(), provenance=made,
        )  # fmt: skip

    def cost_usd(self, tokens_in: int, tokens_out: int) -> float:
        return 0.0

    async def aclose(self) -> None:
        """There is nothing to close."""
