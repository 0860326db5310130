"""A model's reply with others drawn beside it: what it says each time is likelier right than what it says once."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage

from app.answering.generate import chunks_of, split
from app.answering.prompt import Prompt
from app.answering.verify.agreement import Agreement
from models.thinking import separated

OTHERS = 8
"""On a CPU the nine replies take about a third longer than one (eval/LOG.md)."""

_DRAWN = {"temperature": 0.7, "top_p": 0.95, "seed": 7}
"""How the others are drawn, where the request does not say; a question asked again gets the same answer."""


@dataclass(frozen=True)
class SeveralReplies:
    """The likeliest reply and the others, each as its sentences with their marks; ``refusal`` tells of no answer."""

    likeliest: Sequence[str]
    others: Sequence[Sequence[str]]
    refusal: str

    @cached_property
    def agreement(self) -> Agreement:
        """What all of them have in common."""
        return Agreement([" ".join(reply) for reply in (self.likeliest, *self.others)])

    def first(self) -> Sequence[str]:
        """The likeliest reply; where it refuses and most others do not, the one of these to go by."""
        answering = self._answering()
        return (
            self.second() if self._refuses(self.likeliest) and 2 * len(answering) > len(self.others) else self.likeliest
        )

    def second(self) -> Sequence[str]:
        """The one of the others with an answer that has most in common with them; nothing where all refuse."""
        answering = self._answering()
        return answering[Agreement([" ".join(reply) for reply in answering]).closest()] if answering else ()

    def _answering(self) -> list[Sequence[str]]:
        return [reply for reply in self.others if not self._refuses(reply)]

    def _refuses(self, reply: Sequence[str]) -> bool:
        return all(self.refusal in sentence for sentence in reply)


async def several_replies(
    chat: BaseChatModel, prompt: Prompt, asked: Mapping[str, Any], refusal: str
) -> SeveralReplies:
    """The replies of a model to one prompt, without thoughts; raises models.errors.

    The others begin when the prompt has been read, so that a model with a cache reads it once. It gets the parameter
    ``n``, as OpenAI's interface has it.
    """
    text, others = "", None
    try:
        async with aclosing(chunks_of(chat, prompt.messages, asked)) as chunks:
            async for kind, piece in separated(chunks):
                others = others or asyncio.create_task(drawn(chat, prompt.messages, asked))
                text += piece if kind != "thinking" else ""
        told = await others if others is not None else ()
        return SeveralReplies(_sentences(text), [_sentences(reply) for reply in told], refusal)
    finally:
        if others is not None:
            others.cancel()


async def drawn(chat: BaseChatModel, messages: Sequence[BaseMessage], asked: Mapping[str, Any]) -> Sequence[str]:
    """Replies that are drawn at once, without thoughts; raises models.errors."""
    wanted = {name: value for name, value in asked.items() if name != "temperature" or value}
    result = await chat.agenerate([list(messages)], **{**_DRAWN, **wanted}, n=OTHERS)
    return [await _said(generation.text) for generation in result.generations[0]]


async def _said(reply: str) -> str:
    async def whole() -> AsyncIterator[AIMessageChunk]:
        yield AIMessageChunk(content=reply)

    return "".join([part async for kind, part in separated(whole()) if kind != "thinking"])


def _sentences(reply: str) -> Sequence[str]:
    return split(reply, last=True)[0]
