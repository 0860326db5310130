"""A chat model asked for one JSON object at a time; what does not hold is asked again, then counted as failed."""

import re
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import yaml
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, ValidationError

from kg.documents.tokens import estimated_tokens
from models.errors import ModelError

_PROMPTS = Path(__file__).parent / "prompts.yaml"
_TRIES = 3
_MOST_TOKENS = 600
_THOUGHT = re.compile(r"^.*</think>", re.DOTALL)
_FENCE = re.compile(r"^```(?:json)?\s*(.*?)\s*```$", re.DOTALL)

Reply = TypeVar("Reply", bound=BaseModel)


class Judge:
    """One judge; ``costs`` grow with every call.

    ``failures`` gave no reply that holds; ``estimated`` counts replies whose tokens the server did not count.
    """

    def __init__(self, chat: BaseChatModel, name: str) -> None:
        self._chat = chat
        self.name = name
        self.costs = dict.fromkeys(("calls", "failures", "tokens", "seconds", "estimated"), 0.0)

    async def ask(
        self, prompt: str, values: Mapping[str, str], form: type[Reply], *, holds: Callable[[Reply], bool] | None = None
    ) -> Reply | None:
        """The reply to a prompt by name, or None where none of three holds or the model is away.

        ``holds`` says what the form cannot, such as how many entries there must be.
        """
        words = prompts()
        unclosed = {name: value.replace("<", "‹") for name, value in values.items()}  # closes no tag of the prompt
        asked = words[prompt].format(**unclosed)
        messages: list[BaseMessage] = [SystemMessage(words["system"]), HumanMessage(asked)]
        for _ in range(_TRIES):
            try:
                said = await self._call(messages)
            except ModelError:
                break
            try:
                reply = form.model_validate_json(_object(said))
            except ValidationError as error:
                first = error.errors()[0]
                wrong = f"{'.'.join(map(str, first['loc'])) or 'reply'}: {first['msg']}"
            else:
                if holds is None or holds(reply):
                    return reply
                wrong = "another number of entries than was asked for"
            messages += [AIMessage(said), HumanMessage(words["again"].format(error=wrong[:200]))]
        self.costs["failures"] += 1
        return None

    def spent_since(self, before: Mapping[str, float]) -> dict[str, float]:
        """What was spent beyond earlier costs, as metrics of an item."""
        return {f"judge_{name}": spent - before[name] for name, spent in self.costs.items()}

    async def _call(self, messages: list[BaseMessage]) -> str:
        self.costs["calls"] += 1
        started = time.perf_counter()
        try:
            reply = await self._chat.ainvoke(messages, temperature=0, max_tokens=_MOST_TOKENS)
        finally:
            self.costs["seconds"] += time.perf_counter() - started
        said, usage = str(reply.content), reply.usage_metadata
        texts = [*(str(m.content) for m in messages), said]
        self.costs["tokens"] += usage["total_tokens"] if usage else sum(map(estimated_tokens, texts))
        self.costs["estimated"] += usage is None
        return said


@lru_cache
def prompts() -> Mapping[str, str]:
    """The judge's prompts by name, with their version."""
    return {str(k): str(v) for k, v in yaml.safe_load(_PROMPTS.read_text("utf-8")).items()}


def _object(said: str) -> str:
    plain = _THOUGHT.sub("", said).strip()
    fenced = _FENCE.match(plain)
    return fenced[1] if fenced else plain
