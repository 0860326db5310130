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

from eval.answers.judging.domain import Cost
from kg.documents.tokens import estimated_tokens
from models.errors import ModelError

_PROMPTS = Path(__file__).parent / "prompts.yaml"
_TRIES = 3
_MOST_TOKENS = 600
_THOUGHT = re.compile(r"^.*</think>", re.DOTALL)
_FENCE = re.compile(r"^```(?:json)?\s*(.*?)\s*```$", re.DOTALL)

Reply = TypeVar("Reply", bound=BaseModel)


class Judge:
    """One judge; ``cost`` grows with every call."""

    def __init__(self, chat: BaseChatModel, name: str) -> None:
        self._chat = chat
        self.name = name
        self.cost = Cost()

    async def ask(
        self, prompt: str, values: Mapping[str, str], form: type[Reply], *, holds: Callable[[Reply], bool] | None = None
    ) -> Reply | None:
        """The reply to a prompt by name, or None where none of three holds or the model is away.

        ``holds`` says what the form cannot, such as how many entries there must be.
        """
        words = prompts()
        asked = words[prompt].format(**{name: _quoted(value) for name, value in values.items()})
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
        self.cost += Cost(failures=1)
        return None

    async def _call(self, messages: list[BaseMessage]) -> str:
        started = time.perf_counter()
        try:
            reply = await self._chat.ainvoke(messages, temperature=0, max_tokens=_MOST_TOKENS)
        except ModelError:
            self.cost += Cost(calls=1, seconds=time.perf_counter() - started)
            raise
        said = str(reply.content)
        usage = reply.usage_metadata if isinstance(reply, AIMessage) else None
        texts = [*(str(m.content) for m in messages), said]
        self.cost += Cost(
            calls=1,
            tokens=usage["total_tokens"] if usage else sum(map(estimated_tokens, texts)),
            seconds=time.perf_counter() - started,
            estimated=int(usage is None),
        )
        return said


@lru_cache
def prompts() -> Mapping[str, str]:
    """The judge's prompts by name, with their version."""
    return {str(k): str(v) for k, v in yaml.safe_load(_PROMPTS.read_text("utf-8")).items()}


def _quoted(text: str) -> str:
    """The text with no bracket left that could close a tag of the prompt."""
    return text.replace("<", "‹")


def _object(said: str) -> str:
    plain = _THOUGHT.sub("", said).strip()
    fenced = _FENCE.match(plain)
    return fenced[1] if fenced else plain
