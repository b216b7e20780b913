"""The client of the language model: one request in, one checked answer or one `ModelError` out.

The only home of openai and of LangChain's chat models. Names are resolved on first use, so that importing this package
costs nothing until a model is needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coach.llm.chat import ChatAnswer as ChatAnswer
    from coach.llm.chat import ChatMessage as ChatMessage
    from coach.llm.chat import ChatModel as ChatModel
    from coach.llm.chat import RetryNotice as RetryNotice
    from coach.llm.chat import Usage as Usage
    from coach.llm.factory import make_chat_model as make_chat_model
    from coach.llm.pacing import Pace as Pace
    from coach.llm.prices import PriceTable as PriceTable
    from coach.llm.prices import context_window as context_window
    from coach.llm.prices import cost_usd as cost_usd
    from coach.llm.prices import load_prices as load_prices
    from coach.llm.tokens import TokenCounter as TokenCounter
    from coach.llm.tokens import token_counter as token_counter

_HOMES = {
    "ChatAnswer": "chat",
    "ChatMessage": "chat",
    "ChatModel": "chat",
    "Pace": "pacing",
    "PriceTable": "prices",
    "RetryNotice": "chat",
    "TokenCounter": "tokens",
    "Usage": "chat",
    "context_window": "prices",
    "cost_usd": "prices",
    "load_prices": "prices",
    "make_chat_model": "factory",
    "token_counter": "tokens",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
