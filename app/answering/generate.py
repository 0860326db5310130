"""Asking the chat model: its stream as whole sentences and thoughts."""

import logging
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Literal

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage, SystemMessage

from app.answering.domain import Parameters
from app.answering.messages import Messages
from app.answering.prompt import Prompt, given_terms
from kg.documents.sentences import sentences
from models.evidence_markup import disarm
from models.thinking import separated

_log = logging.getLogger(__name__)

_LEADING_MARKS = re.compile(r"(?:\s*[\[【][\d\s,，、;\-–]+[\]】][。.]?)+")
_BULLET = re.compile(r"^\s*(?:[-*•·]|\d{1,2}[.)、]|#+)\s+")
_BOLD = "**"
_TRANSLATION_TOKENS = 200
_CHUNKS_A_TOKEN, _SPARE_CHUNKS, _LONG_CHUNK = 4, 200, 40
"""When a model that ignores its limit is stopped: a chunk of a stream is about a token."""
_OPEN_MARK = re.compile(r"[\[【][\d\s,，、]*$")

Part = tuple[Literal["thinking", "sentence"], str]


def arguments(parameters: Parameters, *, room_tokens: int, adapter: str | None) -> Mapping[str, Any]:
    """What the model's ``astream`` takes; only what was asked for is sent."""
    asked: dict[str, Any] = {"max_tokens": min(parameters.max_tokens or room_tokens, room_tokens)}
    if parameters.temperature is not None:
        asked["temperature"] = parameters.temperature
    if parameters.top_p is not None:
        asked["top_p"] = parameters.top_p
    if parameters.seed is not None:
        asked["seed"] = parameters.seed
    extra: dict[str, Any] = {}
    if parameters.repetition_penalty is not None:
        extra["repetition_penalty"] = parameters.repetition_penalty
    if parameters.beam_width is not None and parameters.beam_width > 1:
        extra |= {"use_beam_search": True, "n": parameters.beam_width}
    if extra:
        asked["extra_body"] = extra
    if adapter is not None:
        asked["model"] = adapter
    return asked


async def sentences_of(chat: BaseChatModel, prompt: Prompt, asked: Mapping[str, Any]) -> AsyncGenerator[Part, None]:
    """The reply sentence by sentence, each with its marks; thoughts apart. Closing the iterator stops the model."""
    waiting = ""
    async with aclosing(chunks_of(chat, prompt.messages, asked)) as chunks:
        async for kind, text in separated(chunks):
            if kind == "thinking":
                yield "thinking", text
                continue
            whole, waiting = split(waiting + text)
            for sentence in whole:
                yield "sentence", sentence
    for sentence in split(waiting, last=True)[0]:
        yield "sentence", sentence


async def translated(
    chat: BaseChatModel,
    text: str,
    words: Messages,
    asked: Mapping[str, Any],
    *,
    terms: Mapping[str, str],
    question: str,
) -> str:
    """One sentence in the language of ``words``, with ``terms`` for its own ones, no thoughts; raises models.errors.

    It answers ``question``, whose words it takes up.
    """
    messages = translation_messages(text, words, terms, question=question)
    short = {**asked, "max_tokens": min(asked["max_tokens"], _TRANSLATION_TOKENS)}
    async with aclosing(chunks_of(chat, messages, short)) as chunks:
        parts = [part async for kind, part in separated(chunks) if kind != "thinking"]
    return " ".join("".join(parts).split())


def translation_messages(text: str, words: Messages, terms: Mapping[str, str], *, question: str) -> list[BaseMessage]:
    """What is asked of a model for the translation of a sentence."""
    given = f"{given_terms(terms, words)}{words.question}: {disarm(question)}\n{words.sentence}: {text}"
    return [SystemMessage(words.translate), HumanMessage(given)]


def split(text: str, *, last: bool = False) -> tuple[list[str], str]:
    """Whole sentences with the marks behind them, and the rest that may still grow."""
    spans: list[tuple[int, int]] = []
    offset = 0
    for line in text.splitlines(keepends=True):
        first = len(spans)
        for a, b in sentences(line):
            start, end = offset + a, offset + b
            marks = _LEADING_MARKS.match(text, start, end)
            if marks and len(spans) > first:
                spans[-1] = (spans[-1][0], marks.end())
                start = marks.end()
            if text[start:end].strip():
                spans.append((start, end))
        offset += len(line)
    if last:
        return [c for a, b in spans if (c := _clean(text[a:b]))], ""
    whole = len(spans)
    if not text.endswith("\n"):
        whole -= 1
        if whole > 0 and _OPEN_MARK.fullmatch(text[slice(*spans[whole])].strip()):
            whole -= 1
    if whole <= 0:
        return [], text
    rest = text[spans[whole][0] :] if whole < len(spans) else ""
    return [c for a, b in spans[:whole] if (c := _clean(text[a:b]))], rest


def _clean(piece: str) -> str:
    return _BULLET.sub("", piece.strip()).replace(_BOLD, "").strip("*").strip()


async def chunks_of(
    chat: BaseChatModel, messages: Sequence[BaseMessage], asked: Mapping[str, Any]
) -> AsyncGenerator[AIMessageChunk, None]:
    """What the model streams, stopped where it writes far beyond its limit; closing the iterator stops the model."""
    stream = chat.astream(list(messages), **asked)
    left = _CHUNKS_A_TOKEN * asked["max_tokens"] + _SPARE_CHUNKS
    try:
        async for chunk in stream:
            left -= 1 + len(chunk.text) // _LONG_CHUNK
            if left < 0:
                _log.warning("the chat model wrote far beyond max_tokens=%d and was stopped", asked["max_tokens"])
                return
            yield chunk
    finally:
        closing = getattr(stream, "aclose", None)
        if closing is not None:
            await closing()
