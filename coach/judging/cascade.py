"""The cascade: the embedded judge reads every call, and only what is worth it goes to a model."""

from __future__ import annotations

from coach.judging.exemplar_judge import ExemplarJudge
from coach.judging.judge import Judgement, JudgeRequest, JudgeResult
from coach.judging.llm_judge import LlmJudge

ASK_ABOVE = 0.6
"""Moments of at least this salience go to the model."""


class CascadeJudge:
    """Judges with the exemplar judge first and asks the LLM judge about salient moments only.

    The model's verdict stands where it was asked; where the two disagree the moment is flagged `judges_disagree`.
    """

    repairs = True
    finds_moments = False

    def __init__(self, local: ExemplarJudge, llm: LlmJudge) -> None:
        self._local = local
        self._llm = llm

    @property
    def model(self) -> str:
        """Such as "cascade:openai:gpt-5-mini"."""
        return f"cascade:{self._llm.model}"

    @property
    def prompts(self) -> dict[str, str]:
        """The prompts of the LLM judge."""
        return self._llm.prompts

    async def judge(self, request: JudgeRequest) -> JudgeResult:
        """Judge each moment as given; no request is sent for a call without a salient moment.

        Raises:
            ModelError: the model was asked and gave no usable answer.
        """
        local = await self._local.judge(request)
        asked = tuple(moment for moment in request.moments if moment.salience >= ASK_ABOVE)
        if not asked:
            return local
        narrowed = request.model_copy(update={"moments": asked, "may_add_moments": False})
        answered = await self._llm.judge(narrowed)
        by_id = {judgement.moment.id: judgement for judgement in answered.judgements}
        return answered.model_copy(
            update={"judgements": tuple(_merged(own, by_id.get(own.moment.id)) for own in local.judgements)}
        )


def _merged(local: Judgement, llm: Judgement | None) -> Judgement:
    if llm is None:
        return local
    if llm.verdict is None:
        return local.model_copy(update={"flags": (*local.flags, *llm.flags)})
    disagree = local.verdict is not None and local.verdict != llm.verdict
    return llm.model_copy(update={"flags": (*llm.flags, "judges_disagree")}) if disagree else llm
