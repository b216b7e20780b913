"""Who is the agent: from the source where it says so, by evidence where it doesn't, flagged where neither is sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coach.domain.transcript import Speaker, TranscriptFlag
from coach.transcripts.draft import Draft, SpokenTurn, UnreadableError
from coach.transcripts.evidence import Evidence, weigh
from coach.transcripts.labels import role_of

SURE = 4.0
"""Evidence that settles a role by itself: one formula such as "how can I help you", or several weaker cues."""
LIKELY = 2.0
"""Evidence that settles a role with the flag `roles_uncertain`; below it speakers stay unknown."""
CONTRADICTION = 6.0
"""Evidence against the source's own labels at which they are exchanged; from SURE on they are only doubted."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Roles by label, and what a reader of the review must know about them."""

    roles: Mapping[str, Speaker]
    flags: tuple[TranscriptFlag, ...]


def settle(draft: Draft, agent_speaker: str | None = None) -> Settled:
    """Settles the role of every label of a call.

    Args:
        draft: the call; its turns have words.
        agent_speaker: the label of the agent where the user names it; case doesn't matter.

    Raises:
        UnreadableError: no speaker has that label; the message lists those that exist.
    """
    labels = list(dict.fromkeys(turn.label for turn in draft.turns if turn.label is not None))
    stated: dict[str, Speaker] = {}
    for label in labels:
        role = draft.roles.get(label) or role_of(label)
        if role and role != "unknown":
            stated[label] = role
    agent = _named(agent_speaker, labels) if agent_speaker is not None else None
    if draft.flags is not None and agent is None:
        return Settled(stated, draft.flags)
    humans = [label for label in labels if stated.get(label) != "system" or label == agent]
    evidence = {label: weigh(texts) for label, texts in _words_of(humans, draft.turns).items()}
    weights = {label: evidence[label].net for label in humans}
    if (opener := next((turn.label for turn in draft.turns if turn.label in weights), None)) is not None:
        weights[opener] += 1  # whoever picks up the phone opens the call
    flags: list[TranscriptFlag] = []
    if agent is not None:
        roles, sure = _forced(agent, humans, stated, weights)
    else:
        roles, sure = _complete(humans, stated, weights)
        pair = _contradicted(stated, evidence)
        if pair and not draft.trusted and _swappable(pair, evidence):
            roles = {**roles, pair[0]: "customer", pair[1]: "agent"}
            flags.append("roles_swapped_at_source")
        elif pair:
            sure = False
    roles = {**roles, **{label: role for label, role in stated.items() if role == "system" and label != agent}}
    if not humans or all(label == "unknown" for label in humans):
        flags.append("no_roles")
        sure = True
    elif len(humans) == 1:
        flags.append("single_speaker")
    unsettled = any(turn.label is None or roles.get(turn.label, "unknown") == "unknown" for turn in draft.turns)
    if "no_roles" not in flags and (not sure or unsettled or draft.uncertain):
        flags.append("roles_uncertain")
    return Settled(roles, tuple(flags))


def _named(wanted: str, labels: Sequence[str]) -> str:
    for label in labels:
        if label.casefold() == wanted.strip().casefold():
            return label
    if not labels:
        raise UnreadableError(
            f'no speaker "{wanted}": the source names no speakers', remedy="leave --agent-speaker out"
        )
    shown = ", ".join(label[:40] for label in labels[:12])
    raise UnreadableError(f'no speaker "{wanted}"', remedy=f"the speakers are {shown}")


def _words_of(labels: Sequence[str], turns: Sequence[SpokenTurn]) -> dict[str, list[str]]:
    words: dict[str, list[str]] = {label: [] for label in labels}
    for turn in turns:
        if turn.label in words:
            words[turn.label].append(turn.text)
    return words


def _forced(
    agent: str, humans: Sequence[str], stated: Mapping[str, Speaker], weights: Mapping[str, float]
) -> tuple[dict[str, Speaker], bool]:
    """Roles where the user named the agent; the source's agent and customer change places if it was the customer."""
    others = [label for label in humans if label != agent]
    if stated.get(agent) == "customer" or len(others) == 1:
        return {agent: "agent", **dict.fromkeys(others, "customer")}, True
    known = {label: role for label, role in stated.items() if label in others}
    return _complete(humans, {**known, agent: "agent"}, weights)


def _complete(
    humans: Sequence[str], stated: Mapping[str, Speaker], weights: Mapping[str, float]
) -> tuple[dict[str, Speaker], bool]:
    """Roles for all humans, and whether they are sure."""
    roles: dict[str, Speaker] = {label: stated[label] for label in humans if label in stated}
    open_ = [label for label in humans if label not in roles]
    sides = set(roles.values())
    if not open_:
        return roles, True
    if len(humans) == 1:
        return _alone(open_[0], weights)
    if not sides:
        return _settle_pair(open_, weights)
    if len(open_) == 1 and len(sides) == 1:
        return {**roles, open_[0]: "customer" if "agent" in sides else "agent"}, True
    sure = True
    if "customer" not in sides:
        served = min(open_, key=lambda label: weights[label])
        roles[served] = "customer"
        rest = [label for label in open_ if label != served]
        sure = min(weights[label] for label in rest) - weights[served] >= SURE
    else:
        rest = open_
    for label in rest:
        roles[label], known = _third(weights[label])
        sure = sure and known
    return roles, sure


def _alone(label: str, weights: Mapping[str, float]) -> tuple[dict[str, Speaker], bool]:
    weight = weights[label] - 1  # the only speaker opens by necessity
    if abs(weight) < SURE:
        return {label: "unknown"}, False
    return {label: "agent" if weight > 0 else "customer"}, True


def _settle_pair(open_: Sequence[str], weights: Mapping[str, float]) -> tuple[dict[str, Speaker], bool]:
    """Agent and customer are the two ends of the evidence; nobody is named where the ends are close."""
    serving, served = max(open_, key=lambda label: weights[label]), min(open_, key=lambda label: weights[label])
    margin = weights[serving] - weights[served]
    if margin < LIKELY:
        return dict.fromkeys(open_, "unknown"), False
    roles: dict[str, Speaker] = {serving: "agent", served: "customer"}
    sure = margin >= SURE
    for label in open_:
        if label not in roles:
            roles[label], known = _third(weights[label])
            sure = sure and known
    return roles, sure


def _third(weight: float) -> tuple[Speaker, bool]:
    """A third person may be a colleague or the customer's company: without evidence it is neither."""
    if abs(weight) < LIKELY:
        return "unknown", False
    return ("agent" if weight > 0 else "customer"), True


def _contradicted(stated: Mapping[str, Speaker], evidence: Mapping[str, Evidence]) -> tuple[str, str] | None:
    """The source's only agent and only customer, in this order, if their words say the opposite."""
    agents = [label for label, role in stated.items() if role == "agent"]
    customers = [label for label, role in stated.items() if role == "customer"]
    if len(agents) != 1 or len(customers) != 1:
        return None
    pair = (agents[0], customers[0])
    return pair if evidence[pair[1]].net - evidence[pair[0]].net >= SURE else None


def _swappable(pair: tuple[str, str], evidence: Mapping[str, Evidence]) -> bool:
    agent, customer = evidence[pair[0]], evidence[pair[1]]
    return customer.net - agent.net >= CONTRADICTION and customer.formulas > 0 and agent.formulas == 0
