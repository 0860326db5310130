"""Sentences of the evidence in the reader's language."""

import logging
from collections.abc import Mapping
from typing import Any

from langchain_core.language_models import BaseChatModel

from app.answering.generate import translated
from app.answering.messages import Messages
from app.answering.prompt import terms_of
from app.answering.verify.sentence_verdicts import Judged, SentenceVerifier
from kg.documents.language import language_of
from kg.domain import Language
from models.errors import ModelError

_log = logging.getLogger(__name__)


class Translations:
    """Translates the sentences of one answer, each once, and verifies what comes of it; ``raw`` keeps all of it."""

    def __init__(
        self, sentences: SentenceVerifier, words: Messages, language: Language, asked: Mapping[str, Any], raw: list[str]
    ) -> None:
        """``asked`` are the parameters of the model."""
        self._sentences = sentences
        self._words = words
        self._language = language
        self._asked = asked
        self._raw = raw
        self._made: dict[str, Judged | None] = {}

    def foreign(self, judged: Judged) -> bool:
        """Whether a sentence is in another language than the reader's."""
        return language_of(judged.text) != self._language

    async def of(self, judged: Judged, chat: BaseChatModel) -> Judged | None:
        """The translation of a sentence, None where it could not be made or not be verified."""
        if judged.text not in self._made:
            self._made[judged.text] = await self._translated(judged, chat)
        return self._made[judged.text]

    async def _translated(self, judged: Judged, chat: BaseChatModel) -> Judged | None:
        try:
            terms = terms_of(judged.text, self._language)
            text = await translated(chat, judged.text, self._words, self._asked, terms=terms)
        except ModelError as error:
            _log.warning("a sentence is not translated, because the chat model failed: %s", error)
            return None
        self._raw.append(text)
        marks = "".join(f"[{n}]" for n in judged.citations)
        (found,) = await self._sentences.verify([f"{text} {marks}"])
        return found if found.held and not self.foreign(found) else None
