"""A question put to the service as its readers put it, and the answer with its evidence as evaluation sees it."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import cast

from app.answering.domain import AnswerRequest, Json, JsonObject
from app.answering.service import AnswerService
from eval.answers.domain import Answered, AnswerQuestion, Evidence, Said
from kg.domain import PassageId

Texts = Callable[[Sequence[PassageId]], Awaitable[Mapping[PassageId, str]]]
"""The whole texts of passages."""


async def no_texts(ids: Sequence[PassageId]) -> Mapping[PassageId, str]:
    """For those who need no more of a passage than its quote."""
    return {}


async def ask(answering: AnswerService, request: AnswerRequest, texts: Texts = no_texts) -> Answered:
    """Ask and wait for the end; a run that failed is an answer with an error, not an exception."""
    started = time.perf_counter()
    retrieved: list[Json] = []
    last: JsonObject = {}
    error = ""
    async for event in answering.ask(request):
        if event.name == "retrieval":
            retrieved = _list(event.data.get("evidence"))
        elif event.name == "done":
            last = event.data
        elif event.name == "error":
            error = str(event.data.get("code") or "error")
    seconds = time.perf_counter() - started
    found = {_int(_object(c), "number"): _object(c) for c in (*retrieved, *_list(last.get("citations")))}
    ids = [PassageId(str(c["passage_id"])) for c in found.values() if c.get("passage_id")]
    return _answered(last, found, await texts(ids), seconds=seconds, error=error)


def asked_text(question: AnswerQuestion) -> str:
    """The question with its options, one a line, where it has any."""
    return "\n".join(filter(None, [question.text, options_text(question)]))


def options_text(question: AnswerQuestion) -> str:
    """The options, one a line; empty without any."""
    return "\n".join(f"{letter}. {text}" for letter, text in question.options.items())


def _answered(
    last: JsonObject, found: Mapping[int, JsonObject], texts: Mapping[PassageId, str], *, seconds: float, error: str
) -> Answered:
    manifest = _object(last.get("manifest"))
    usage = _object(manifest.get("usage"))
    return Answered(
        text=_str(last, "answer"),
        sentences=tuple(_said(_object(s)) for s in _list(last.get("sentences"))),
        evidence=tuple(_evidence(c, texts) for _, c in sorted(found.items())),
        sufficiency=_str(last, "sufficiency") or "cannot_answer",
        reasons=tuple(map(str, _list(last.get("reasons")))),
        notice=_str(last, "notice"),
        dropped=tuple(map(str, _list(manifest.get("dropped")))),
        seconds=seconds,
        prompt_tokens=_int(usage, "prompt_tokens"),
        completion_tokens=_int(usage, "completion_tokens"),
        run=_str(last, "run"),
        model=_str(manifest, "model"),
        error=error,
    )


def _said(raw: JsonObject) -> Said:
    numbers = tuple(int(str(n)) for n in _list(raw.get("citations")))
    return Said(_str(raw, "text"), numbers, _str(raw, "verdict"), tuple(map(str, _list(raw.get("reasons")))))


def _evidence(raw: JsonObject, texts: Mapping[PassageId, str]) -> Evidence:
    fact = _object(raw.get("fact"))
    quote = _str(raw, "quote")
    if fact:
        triple = (_str(fact, "subject_id"), _str(fact, "predicate"), _str(fact, "object_id"))
        names = (_str(fact, "subject"), _str(fact, "object"))
        return Evidence(
            _int(raw, "number"), "fact", _str(raw, "source_id"), _str(raw, "title"), quote, quote, triple, names
        )
    text = texts.get(PassageId(_str(raw, "passage_id")), quote)
    return Evidence(_int(raw, "number"), "passage", _str(raw, "source_id"), _str(raw, "title"), text, quote)


def _object(value: Json) -> JsonObject:
    return cast("JsonObject", value) if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else []


def _str(raw: JsonObject, key: str) -> str:
    value = raw.get(key)
    return "" if value is None else str(value)


def _int(raw: JsonObject, key: str) -> int:
    value = raw.get(key)
    return value if isinstance(value, int) else 0
