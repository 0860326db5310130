"""Asking the chat model, with every call's tokens and seconds kept."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from eval.prompts.domain import Attempt, Call
from eval.runs import Json
from kg.documents.tokens import estimated_tokens
from models.structured_output import response_format
from models.thinking import ThinkSplitter

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage


class Asker:
    """Asks for one problem and counts what that costs."""

    def __init__(
        self,
        chat: "BaseChatModel",
        *,
        max_tokens: int = 400,
        seed: int = 0,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._chat = chat
        self._max_tokens = max_tokens
        self._seed = seed
        self._clock = clock
        self._calls: list[Call] = []

    async def ask(
        self,
        messages: Sequence["BaseMessage"],
        purpose: str,
        *,
        temperature: float = 0.0,
        max_tokens: int | None = None,
        schema: Mapping[str, Any] | None = None,
    ) -> str:
        """The model's reply without its thoughts; ``schema`` constrains it to JSON where the server can.

        Each call of a problem has a seed of its own; a server that takes none samples as it likes. Raises
        models.errors.
        """
        asked: dict[str, Any] = {
            "temperature": temperature,
            "max_tokens": min(max_tokens or self._max_tokens, self._max_tokens),
            "seed": self._seed + len(self._calls),
        }
        if schema is not None:
            asked["response_format"] = response_format(purpose, schema)
        start = self._clock()
        reply = await self._chat.ainvoke(list(messages), **asked)
        seconds = self._clock() - start
        text = str(reply.text)
        usage = reply.usage_metadata
        if usage is None:
            read = sum(estimated_tokens(str(m.text)) for m in messages)
            call = Call(purpose, read, estimated_tokens(text), True, seconds)
        else:
            call = Call(purpose, usage["input_tokens"], usage["output_tokens"], False, seconds)
        self._calls.append(call)
        splitter = ThinkSplitter()
        pieces = [*splitter.feed(text), *splitter.rest()]
        return "".join(piece for kind, piece in pieces if kind == "text").strip()

    def attempt(self, text: str, **notes: Json) -> Attempt:
        """What came of all calls so far."""
        return Attempt(text, tuple(self._calls), notes)
