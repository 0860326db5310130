"""The context that a question takes from earlier turns, without rewriting by a model."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from kg.documents.language import language_of_question
from kg.names.linker import Linker
from retrieval.question.domain import GRAPH_INTENTS, Intent, Question, Turn
from retrieval.question.intent_classifier import IntentReading

Linkers = Callable[[], Awaitable[Linker]]
Reads = Callable[[str, bool], Awaitable[IntentReading]]
"""Reads the text of an earlier turn; the flag tells whether turns came before it."""

_MOST_TURNS = 3
"""Questions that are searched with together."""

_LINE_ITEM = re.compile(r"^\s*(?:[-*•·]|\d{1,3}[.)、．])\s*(\S.*)$")
_MARKS = re.compile(r"(?<!\s)(?:\s*+\[\d+\])++…?")
_COLON = re.compile(r"[:\uff1a]")
_BETWEEN = re.compile(r"[、,\uff0c;\uff1b]")
_LATIN = re.compile(r"[a-z]+")
_LONGEST_ITEM = 60


@dataclass(frozen=True, slots=True)
class _Before:
    """The questions that this one leans on, oldest first, and the answer before it."""

    questions: tuple[str, ...] = ()
    answer: str = ""
    intent: Intent = Intent.FACT


class Conversation:
    """Resolves a question against the turns before it."""

    def __init__(self, linkers: Linkers) -> None:
        self._linkers = linkers

    async def resolve(self, text: str, history: Sequence[Turn], reading: IntentReading, reads: Reads) -> Question:
        """The question with what it takes over; ``reads`` tells which earlier turns lean on others."""
        language = language_of_question(text)
        if not history or not (reading.follow_up or reading.intent is Intent.INSTRUCTION):
            return Question(text, language, reading.intent, text, reading.intents, reading.detail)
        before = await _before(history, reads)
        asked = " ".join(before.questions)
        topics = await asyncio.to_thread(_names_in, asked, await self._linkers())
        return Question(
            text,
            language,
            reading.intent,
            resolved_text(text, before.questions, topics, reading.intent),
            reading.intents,
            reading.detail,
            about=asked,
            about_intent=before.intent,
            follow_up=True,
            last_list=list_items(before.answer),
        )


def resolved_text(text: str, questions: Sequence[str], topics: Sequence[str], intent: Intent) -> str:
    """The text to search with: the last questions before it, or for the graph only the names of those.

    A question to the graph keeps its own form, which the words of another question would change.
    """
    if intent in GRAPH_INTENTS and topics:
        missing = [t for t in topics if t.casefold() not in text.casefold()]
        return f"{', '.join(missing)}: {text}" if missing else text
    return " ".join([*questions, text])


def list_items(answer: str) -> tuple[str, ...]:
    """What an answer lists: its lines behind bullets or numbers, or the row of names behind a colon.

    Where each name of a row has citations, these tell where it ends, for a name may hold a comma.
    """
    plain = _MARKS.sub("", answer)
    lines = [m[1].strip() for line in plain.splitlines() if (m := _LINE_ITEM.match(line))]
    if len(lines) > 1:
        return tuple(lines)
    for line in answer.splitlines():
        *cited, tail = _MARKS.split(line)
        whole = len(cited) > 1 and not any(c.isalnum() for c in tail)
        items = _cited_items(cited) if whole else _row_items(_MARKS.sub("", line))
        if len(items) > 1:
            return items
    return ()


def _cited_items(pieces: Sequence[str]) -> tuple[str, ...]:
    """The items of a row behind a colon; each piece ends at citations."""
    first, *others = pieces
    if not _COLON.search(first) or not all(_BETWEEN.match(item.lstrip()) for item in others):
        return ()
    return (_COLON.split(first)[-1].strip(), *(_BETWEEN.sub("", item, count=1).strip() for item in others))


def _row_items(line: str) -> tuple[str, ...]:
    """The items of a row behind a colon without citations, or with one at its end."""
    *before, row = _COLON.split(line.strip())
    whole = row[:-1] if row.endswith((".", "。")) else row
    items = [i for part in _BETWEEN.split(whole) if (i := part.strip())] if before else []
    return tuple(items) if all(len(i) <= _LONGEST_ITEM for i in items) else ()


def _names_in(asked: str, linker: Linker) -> list[str]:
    """The names in the questions as they are written, one of each entity."""
    written = frozenset(_LATIN.findall(asked.lower()))
    named = {link.entity_id: asked[link.start : link.end] for link in linker.link_question(asked, known=written)}
    return list(dict.fromkeys(named.values()))


async def _before(history: Sequence[Turn], reads: Reads) -> _Before:
    """Walk back from the last question as long as each leans on the one before; talk of the service is passed over."""
    asked = [(place, turn.text) for place, turn in enumerate(history) if turn.role == "user"]
    answer = next((t.text for t in reversed(history) if t.role == "assistant"), "")
    questions: list[str] = []
    intent = Intent.FACT
    for place, text in reversed(asked):
        reading = await reads(text, place > 0)
        if reading.intent in (Intent.SERVICE, Intent.INSTRUCTION):
            continue
        intent = intent if questions else reading.intent
        questions.insert(0, text)
        if not reading.follow_up or len(questions) == _MOST_TURNS:
            break
    return _Before(tuple(questions), answer, intent)
