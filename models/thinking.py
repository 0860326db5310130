"""Separates a model's thinking from its answer in a stream."""

from collections.abc import AsyncIterator, Iterator
from typing import Literal

from langchain_core.messages import AIMessageChunk

Kind = Literal["thinking", "text"]
_OPEN, _CLOSE = "<think>", "</think>"


async def separated(chunks: AsyncIterator[AIMessageChunk], *, opened: bool = False) -> AsyncIterator[tuple[Kind, str]]:
    """Pieces of thinking and of text, in order; tags may be cut anywhere between chunks.

    Thinking is the text in ``<think>...</think>`` or in the ``reasoning_content`` (vLLM: ``reasoning``) of a chunk.
    ``opened`` is for models whose template ends in ``<think>``, so that their output starts inside it.
    """
    splitter = ThinkSplitter(opened=opened)
    async for chunk in chunks:
        for piece in pieces(chunk, splitter):
            yield piece
    for piece in splitter.rest():
        yield piece


def pieces(chunk: AIMessageChunk, splitter: "ThinkSplitter") -> Iterator[tuple[Kind, str]]:
    """The pieces of one chunk."""
    reasoning = chunk.additional_kwargs.get("reasoning_content")
    if isinstance(reasoning, str) and reasoning:
        yield "thinking", reasoning
    yield from splitter.feed(str(chunk.text))


class ThinkSplitter:
    """Finds the tags in text that arrives in pieces; keeps back a possible start of a tag."""

    def __init__(self, *, opened: bool = False) -> None:
        self._inside = opened
        self._held = ""
        self._fresh = True

    def feed(self, text: str) -> Iterator[tuple[Kind, str]]:
        """What is certain so far."""
        self._held += text
        while True:
            tag = _CLOSE if self._inside else _OPEN
            before, found, after = self._held.partition(tag)
            if not found:
                break
            yield from self._out(before)
            self._inside = not self._inside
            self._fresh = True
            self._held = after
        keep = next((n for n in range(len(tag) - 1, 0, -1) if self._held.endswith(tag[:n])), 0)
        ready = self._held[: len(self._held) - keep]
        self._held = self._held[len(ready) :]
        yield from self._out(ready)

    def rest(self) -> Iterator[tuple[Kind, str]]:
        """The text kept back, at the end of the stream; an unclosed thought remains a thought."""
        held, self._held = self._held, ""
        yield from self._out(held)

    def _out(self, text: str) -> Iterator[tuple[Kind, str]]:
        if self._fresh:
            text = text.lstrip()
        if text:
            self._fresh = False
            yield ("thinking" if self._inside else "text"), text
