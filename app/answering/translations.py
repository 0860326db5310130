"""Sentences over the evidence in the reader's language."""

import asyncio
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.language_models import BaseChatModel

from app.answering.generate import translated, translation_messages
from app.answering.messages import Messages
from app.answering.prompt import terms_of
from app.answering.several_replies import drawn
from app.answering.verify.numbers import number_problems
from app.answering.verify.protocols import Claim, ClaimVerifier, NumberedText
from app.answering.verify.sentence_verdicts import Judged
from kg.documents.language import language_of
from kg.domain import Language
from models.errors import ModelError

_log = logging.getLogger(__name__)

_DIGITS = re.compile(r"\d+(?:\.\d+)?")

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
        *,
        draws: bool,
    ) -> None:
        """``asked`` are the parameters of the model, which ``draws`` others; ``question`` is the reader's.

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
        self._draws = draws
        self._made: dict[str, asyncio.Task[str]] = {}
        self._faithful: dict[str, asyncio.Task[str]] = {}

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
        """The translation of a sentence with all that was found for it; None where it could not be made or verified.

        Where the likeliest translation is not faithful, the best of several that are drawn is taken.
        """
        if judged.text not in self._faithful:
            self._faithful[judged.text] = asyncio.ensure_future(self._best(judged.text))
        text = await self._faithful[judged.text]
        return replace(judged, text=text) if text else None

    async def _best(self, text: str) -> str:
        likeliest = [await self._translated(text)]
        return await self._first_faithful(text, likeliest) or await self._first_faithful(text, await self._drawn(text))

    async def _first_faithful(self, text: str, translations: Sequence[str]) -> str:
        """The translation that the text supports most, if it does so well enough."""
        fit = [told for told in translations if told and self._keeps(text, told)]
        claims = [Claim(told, (NumberedText(1, text),), self._question) for told in fit]
        found = await self._verifier.verify(claims) if claims else ()
        support, told = max(
            ((f.probabilities.supported, t) for f, t in zip(found, fit, strict=True)), default=(0.0, "")
        )
        return told if support >= FAITHFUL else ""

    async def told(self, text: str) -> str:
        """A text that cites nothing in the reader's language; as it is where it cannot be translated."""
        if language_of(text) == self._language:
            return text
        told = await self._translated(text)
        return told if told and self._keeps(text, told) else text

    async def _translated(self, text: str) -> str:
        if text not in self._made:
            self._made[text] = asyncio.ensure_future(self._asked_for(text))
        return await self._made[text]

    async def _asked_for(self, text: str) -> str:
        try:
            told = await translated(
                self._chat, text, self._words, self._asked, terms=self._terms(text), question=self._question
            )
        except ModelError as error:
            _log.warning("a sentence is not translated, because the chat model failed: %s", error)
            return ""
        self._raw.append(told)
        return told

    async def _drawn(self, text: str) -> Sequence[str]:
        if not self._draws:
            return ()
        messages = translation_messages(text, self._words, self._terms(text), question=self._question)
        try:
            return [" ".join(told.split()) for told in await drawn(self._chat, messages, self._asked)]
        except ModelError as error:
            _log.warning("no other translations are drawn, because the chat model failed: %s", error)
            return ()

    def _terms(self, text: str) -> Mapping[str, str]:
        return terms_of(text, self._language)

    def _keeps(self, text: str, told: str) -> bool:
        """Whether the translation has the reader's language and no number that the text lacks."""
        problems = number_problems(told, text, known=self._question)
        given = set(_DIGITS.findall(text))
        return language_of(told) == self._told_as and all(set(_DIGITS.findall(p.text)) <= given for p in problems)
