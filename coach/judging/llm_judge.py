"""The LLM judge: one request for a whole call, more only where the token budget demands it.

It reports claims; the evidence gate decides what of them is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from coach.domain.moment import Moment
from coach.domain.review import Feedback
from coach.domain.transcript import Transcript, Turn
from coach.errors import ModelAnswerInvalid
from coach.judging.judge import CallText, Fault, Judgement, JudgeRequest, JudgeResult, JudgeUsage, Quote
from coach.judging.llm_answer import CallAnswer, MomentAnswer
from coach.judging.llm_prompt import numbered, prompt_variables, windows
from coach.judging.moments import moment_at
from coach.llm import ChatMessage, ChatModel, Usage
from coach.prompts import Prompt

MIN_TRANSCRIPT_TOKENS = 2000
"""However small a model's window is, a piece of transcript shorter than this cannot be judged."""


class LlmJudge:
    """Judges with a chat model.

    Args:
        chat: the model.
        prompt, repair: the prompts `judge-call` and `repair-answer`.
        count_tokens: counts tokens of a text as the model does, or nearly.
        input_tokens: how many tokens a request may hold.
        price: what an answer cost in USD, None where it isn't known.
    """

    repairs = True
    finds_moments = True

    def __init__(
        self,
        chat: ChatModel,
        prompt: Prompt,
        repair: Prompt,
        *,
        count_tokens: Callable[[str], int],
        input_tokens: int,
        price: Callable[[Usage], float | None],
    ) -> None:
        self._chat = chat
        self._prompt = prompt
        self._repair = repair
        self._count = count_tokens
        self._input_tokens = input_tokens
        self._price = price

    @property
    def model(self) -> str:
        """The model's spec, such as "openai:gpt-5-mini"."""
        return self._chat.id

    @property
    def prompts(self) -> dict[str, str]:
        """Content hashes over prompt and answer schema, by prompt id."""
        schema = CallAnswer.model_json_schema()
        return {prompt.id: prompt.content_hash(schema) for prompt in (self._prompt, self._repair)}

    async def judge(self, request: JudgeRequest) -> JudgeResult:
        """Judge the call; with `request.faults`, ask for a repaired answer.

        Raises:
            ModelError: no usable answer, also after asking once more for a valid one.
        """
        judgements: list[Judgement] = []
        faults: list[Fault] = []
        usage = JudgeUsage()
        texts: list[CallText] = []
        answers: list[str] = []
        for n, turns in enumerate(self._windows(request)):
            answer, raw, spent = await self._ask(request, turns, request.previous[n] if request.previous else None)
            usage = usage.plus(spent)
            answers.append(raw)
            found, wrong = _judgements(
                answer, request, turns, after=judgements[-1].moment.turns[1] if judgements else -1
            )
            judgements += found
            faults += wrong
            texts.append(CallText(summary=answer.summary, celebrate=answer.celebrate, try_next=answer.try_next))
        return JudgeResult(
            judgements=tuple(judgements),
            # Words about a window are not words about the call; several windows leave them to be composed.
            call_text=texts[0] if len(texts) == 1 and request.may_add_moments else None,
            usage=usage,
            faults=tuple(faults),
            answers=tuple(answers),
        )

    def _windows(self, request: JudgeRequest) -> list[Sequence[Turn]]:
        turns = request.transcript.turns
        fixed = sum(self._count(text) for text in self._prompt.render(**prompt_variables(request, ())))
        room = max(self._input_tokens - fixed, MIN_TRANSCRIPT_TOKENS)
        return windows(turns, request.moments, room, [self._count(numbered(turn)) for turn in turns])

    async def _ask(
        self, request: JudgeRequest, turns: Sequence[Turn], previous: str | None
    ) -> tuple[CallAnswer, str, JudgeUsage]:
        """The answer, its text and what it took."""
        system, user = self._prompt.render(**prompt_variables(request, turns))
        messages = [ChatMessage("system", system), ChatMessage("user", user)]
        if previous is not None:
            faults = [f"{fault.moment_id}: {fault.what}" for fault in request.faults]
            messages += [ChatMessage("assistant", previous), ChatMessage("user", self._repair.render(faults=faults)[1])]
        spent = JudgeUsage()
        try:
            answer = await self._chat.complete(messages, CallAnswer)
        except ModelAnswerInvalid as error:
            # One more try with the fault named; a model that ignores the schema twice is reported as what it is.
            spent = self._usage(Usage(tokens_in=error.tokens_in, tokens_out=error.tokens_out))
            said = [ChatMessage("assistant", error.raw)] if error.raw else []
            again = ChatMessage("user", self._repair.render(faults=[str(error)])[1])
            answer = await self._chat.complete([*messages, *said, again], CallAnswer)
        return answer.parsed, answer.raw, spent.plus(self._usage(answer.usage))

    def _usage(self, usage: Usage) -> JudgeUsage:
        return JudgeUsage(
            requests=1, tokens_in=usage.tokens_in, tokens_out=usage.tokens_out, cost_usd=self._price(usage)
        )


def _judgements(
    answer: CallAnswer, request: JudgeRequest, turns: Sequence[Turn], *, after: int
) -> tuple[list[Judgement], list[Fault]]:
    """The answer's moments as judgements in the order of the call, and what could not be placed."""
    if not request.may_add_moments:
        return _fixed(answer, request, turns)
    faults: list[Fault] = []
    judgements: list[Judgement] = []
    for said in sorted(answer.moments, key=lambda m: m.turns):
        moment = _placed(said, request.transcript, turns)
        if moment is None:
            faults.append(
                Fault(moment_id=said.moment[:20], what=f"turns {list(said.turns)} hold no words of the agent")
            )
        elif moment.turns[0] <= after:
            faults.append(Fault(moment_id=moment.id, what=f"turns {list(said.turns)} overlap with an earlier moment"))
        else:
            after = moment.turns[1]
            judgements.append(_judgement(said, moment))
    return judgements, faults


def _fixed(answer: CallAnswer, request: JudgeRequest, turns: Sequence[Turn]) -> tuple[list[Judgement], list[Fault]]:
    """One judgement for each moment that was asked for; what was not answered stays unjudged and is a fault."""
    said = {moment.moment: moment for moment in answer.moments}
    indices = {turn.index for turn in turns}
    judgements: list[Judgement] = []
    faults: list[Fault] = []
    for moment in request.moments:
        if moment.turns[0] not in indices:
            continue
        if moment.id in said:
            judgements.append(_judgement(said[moment.id], moment))
        else:
            judgements.append(Judgement(moment=moment, verdict=None, flags=("not_answered",)))
            faults.append(Fault(moment_id=moment.id, what="the moment was not answered"))
    return judgements, faults


def _placed(said: MomentAnswer, transcript: Transcript, turns: Sequence[Turn]) -> Moment | None:
    first, last = said.turns
    indices = [turn.index for turn in turns]
    if first > last or first not in indices or last not in indices:
        return None
    try:
        moment = moment_at(transcript, first, last)
    except ValueError:
        return None
    return moment if moment.answer else None


def _judgement(said: MomentAnswer, moment: Moment) -> Judgement:
    routine = said.verdict == "no_opportunity"
    feedback = Feedback(observation=said.observation, better_move=said.better_move, question=said.question)
    return Judgement(
        moment=moment,
        verdict=said.verdict,
        compliance=said.compliance,
        attribution=said.attribution,
        purpose_gap=said.purpose_gap,
        confidence=round(said.confidence, 4),
        quotes=() if routine else tuple(Quote(turn=q.turn, text=q.quote) for q in said.evidence),
        clause_ids=() if routine else tuple(said.clauses),
        exemplar_ids=() if routine else tuple(said.exemplars),
        feedback=None if routine or not said.observation else feedback,
    )
