"""Sentences over the evidence in the reader's language."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.language_models import BaseChatModel

from app.answering.generate import translated
from app.answering.messages import Messages
from app.answering.prompt import terms_of
from app.answering.verify.numbers import number_problems
from app.answering.verify.protocols import Claim, ClaimVerifier, NumberedText
from app.answering.verify.sentence_verdicts import Judged
from kg.documents.language import language_of
from kg.domain import Language
from models.errors import ModelError

_log = logging.getLogger(__name__)

FAITHFUL = 0.2
"""How probably the original supports a translation that is shown: the judge keeps .94 of the right ones and lets
through .36 of those that say the careless reader's answer (``training/answers/data``, 400 of each)."""


class Translations:
    """Translates the sentences of one answer, each once, and verifies what comes of it; ``raw`` keeps all of it."""

    def __init__(
        self,
        chat: BaseChatModel,
        verifier: ClaimVerifier,
        question: str,
        words: Messages,
        language: Language,
        asked: Mapping[str, Any],
        raw: list[str],
    ) -> None:
        """``asked`` are the parameters of the model; ``question`` is the reader's.

        A translation is told apart from its original by its script alone: any language that is not Chinese reads as
        English.
        """
        self._chat = chat
        self._verifier = verifier
        self._question = question
        self._words = words
        self._language = language
        self._told_as: Language = "zh" if language == "zh" else "en"
        self._asked = asked
        self._raw = raw
        self._made: dict[str, asyncio.Task[str]] = {}

    def foreign(self, judged: Judged) -> bool:
        """Whether a sentence is in another language than the reader's."""
        return language_of(judged.text) != self._language

    async def own(self, judged: Sequence[Judged], *, most: int) -> list[Judged]:
        """The sentences; of those that hold the first ``most`` in the reader's language, where that can be done."""
        wanted = [j for j in judged if j.held and self.foreign(j)][:most]
        made = await asyncio.gather(*(self.of(j) for j in wanted))
        own = {id(j): told for j, told in zip(wanted, made, strict=True)}
        return [own.get(id(j)) or j for j in judged]

    async def of(self, judged: Judged) -> Judged | None:
        """The translation of a sentence with all that was found for it; None where it could not be made or verified."""
        text = await self._translated(judged.text)
        return replace(judged, text=text) if text and await self._is_faithful(judged.text, text) else None

    async def told(self, text: str) -> str:
        """A text that cites nothing in the reader's language; as it is where it cannot be translated."""
        if language_of(text) == self._language:
            return text
        told = await self._translated(text)
        return told if told and language_of(told) == self._told_as else text

    async def _translated(self, text: str) -> str:
        if text not in self._made:
            self._made[text] = asyncio.ensure_future(self._asked_for(text))
        return await self._made[text]

    async def _asked_for(self, text: str) -> str:
        try:
            terms = terms_of(text, self._language)
            told = await translated(self._chat, text, self._words, self._asked, terms=terms, question=self._question)
        except ModelError as error:
            _log.warning("a sentence is not translated, because the chat model failed: %s", error)
            return ""
        self._raw.append(told)
        return told

    async def _is_faithful(self, text: str, told: str) -> bool:
        """Whether the translation says what the text says, with its numbers, in the reader's language."""
        if language_of(told) != self._told_as or number_problems(told, text, known=self._question):
            return False
        (found,) = await self._verifier.verify([Claim(told, (NumberedText(1, text),), self._question)])
        return found.probabilities.supported >= FAITHFUL
