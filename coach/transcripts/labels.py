"""What a speaker's label says about the role: "CSR", "Supervisor (Maria)", "IVR"."""

from __future__ import annotations

import re

from coach.domain.transcript import Speaker

_WORD = re.compile(r"[^\W\d_]+")
_SYSTEM_PHRASES = (
    "virtual agent", "virtual assistant", "digital assistant", "auto attendant", "automated", "system message",
)  # fmt: skip
_SYSTEM = {
    "ivr", "acd", "bot", "chatbot", "voicebot", "robot", "system", "voicemail", "recording", "workflow",
    "announcement",
}  # fmt: skip
_AGENT = {
    "agent", "agt", "rep", "reps", "representative", "csr", "csa", "tsr", "advisor", "adviser", "associate",
    "operator", "consultant", "specialist", "supervisor", "manager", "technician", "employee", "staff", "support",
    "helpdesk", "receptionist", "counselor", "counsellor", "teller", "clerk", "dispatcher", "teamlead",
}  # fmt: skip
_AGENT_PHRASES = (
    "customer service", "customer care", "customer success", "customer relations", "member services",
    "patient services", "client services", "guest services", "service desk", "help desk", "front desk", "team lead",
)  # fmt: skip
_CUSTOMER = {
    "customer", "cust", "caller", "client", "member", "patient", "guest", "passenger", "rider", "user", "consumer",
    "shopper", "subscriber", "visitor", "buyer", "policyholder", "cardholder", "tenant",
}  # fmt: skip
_QUALIFIER = re.compile(r"\s*[\[({<,]|\s[-–—]\s|['’]s\b")
_GENERIC = re.compile(
    r"(?:speaker|spk|participant|channel|ch|person|party)[\s_#-]*\w{1,3}|un(?:known|identified)[\s_]+(?:speaker|person)",
    re.IGNORECASE,
)


def role_of(label: str) -> Speaker | None:
    """The role that the label's words name, or None.

    Machines come first, so "Virtual Agent" is no agent. A customer stays one whatever is added: "Customer's manager"
    and "Caller (to the agent)" are the customer's side.
    """
    return "customer" if _named(_QUALIFIER.split(label, maxsplit=1)[0]) == "customer" else _named(label)


def is_generic(label: str) -> bool:
    """Whether the label is one that a recogniser numbers its speakers with, such as SPEAKER_00 or spk_1."""
    return _GENERIC.fullmatch(label) is not None


def is_role_word(word: str) -> bool:
    """Whether the single word belongs to the vocabulary of roles."""
    lower = word.lower()
    return lower in _SYSTEM or lower in _AGENT or lower in _CUSTOMER


def _named(label: str) -> Speaker | None:
    words = _WORD.findall(label.lower())
    phrase = " ".join(words)
    if any(part in phrase for part in _SYSTEM_PHRASES) or not _SYSTEM.isdisjoint(words):
        return "system"
    if any(part in phrase for part in _AGENT_PHRASES) or not _AGENT.isdisjoint(words):
        return "agent"
    return None if _CUSTOMER.isdisjoint(words) else "customer"
