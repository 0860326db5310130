"""Asking the chat model, with the tokens and seconds of all calls counted."""

import time
from collections.abc import Callable, Sequence

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage

from eval.prompts.domain import Attempt
from eval.runs import Json
from kg.documents.tokens import estimated_tokens
from models.thinking import ThinkSplitter


class Asker:
    """Asks for one problem and counts what that costs; tokens are estimates where the server does not count them."""

    def __init__(
        self,
        chat: BaseChatModel,
        *,
        max_tokens: int = 400,
        seed: int = 0,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._chat = chat
        self._max_tokens = max_tokens
        self._seed = seed
        self._clock = clock
        self._calls = self._read = self._written = 0
        self._estimated = False
        self._seconds = 0.0

    async def ask(
        self, messages: Sequence[BaseMessage], *, temperature: float = 0.0, max_tokens: int | None = None
    ) -> str:
        """The model's reply without its thoughts.

        Each call of a problem has a seed of its own; a server that takes none samples as it likes. Raises
        models.errors.
        """
        most = min(max_tokens or self._max_tokens, self._max_tokens)
        seed = self._seed + self._calls
        start = self._clock()
        reply = await self._chat.ainvoke(list(messages), temperature=temperature, max_tokens=most, seed=seed)
        self._seconds += self._clock() - start
        self._calls += 1
        text = str(reply.text)
        if usage := reply.usage_metadata:
            self._read += usage["input_tokens"]
            self._written += usage["output_tokens"]
        else:
            self._read += sum(estimated_tokens(str(m.text)) for m in messages)
            self._written += estimated_tokens(text)
            self._estimated = True
        splitter = ThinkSplitter()
        pieces = [*splitter.feed(text), *splitter.rest()]
        return "".join(piece for kind, piece in pieces if kind == "text").strip()

    def attempt(self, text: str, **notes: Json) -> Attempt:
        """What came of all calls so far, with the tokens that the model read and wrote and the time in it."""
        costs = {
            "prompt_tokens": float(self._read),
            "completion_tokens": float(self._written),
            "tokens": float(self._read + self._written),
            "calls": float(self._calls),
            "seconds": round(self._seconds, 3),
            "estimated": float(self._estimated),
        }
        return Attempt(text, costs, notes)
