"""The chat model that needs no weights: it answers with sentences quoted from the evidence in the prompt."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import ConfigDict, Field

from models.evidence_markup import NumberedEvidence, parse
from models.han import HAN
from models.sentence_selection import Selector, Sentence, Splitter, select, sentences_of, split

_LABEL = re.compile(r"^\s*(?:question|问题|問題)\s*[:：]\s*", re.IGNORECASE)
_LAST_TAG = "</evidence>"
_CLOSING = re.compile(r"[.。!！?？;；]+$")


class ExtractiveChat(BaseChatModel):
    """Quotes the sentences that answer the question, each with the number of its evidence.

    The last human message holds the evidence (models.evidence_markup) and, after it, the question. With an embedder,
    sentences are ranked by meaning as well as by words, so that a Chinese question finds an English sentence. Without
    evidence the answer is empty. A call takes ``most`` (sentences) and ``each_source`` (one of each source).
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    embedder: Any = Field(default=None, description="A models.protocols.Embedder, or None: words alone.")
    splitter: Splitter = Field(default=split, description="Finds the sentences of a passage.")
    selector: Selector | None = Field(default=None, description="Chooses the sentences, or None: by nearness alone.")
    most: int = Field(default=3, description="Most sentences of an answer.", gt=0)

    @property
    def _llm_type(self) -> str:
        return "extractive"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text = "".join(self._pieces(messages, **kwargs))
        message = AIMessage(text, response_metadata={"model_name": "extractive", "finish_reason": "stop"})
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for piece in self._pieces(messages, **kwargs):
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))

    def _pieces(
        self, messages: Sequence[BaseMessage], *, most: int | None = None, each_source: bool = False, **_: Any
    ) -> list[str]:
        question, evidence = asked(messages)
        found = sentences_of(evidence, self.splitter)
        chosen = (
            self.selector(question, found, most=most or self.most, each_source=each_source)
            if self.selector
            else select(question, found, most=most or self.most, embedder=self.embedder)
        )
        pieces = [cited(sentence) for sentence in chosen]
        return [a + _gap(a) for a in pieces[:-1]] + pieces[-1:] or [""]


def asked(messages: Sequence[BaseMessage]) -> tuple[str, list[NumberedEvidence]]:
    """The question and the evidence of the last human message."""
    text = next((str(m.text) for m in reversed(messages) if m.type == "human"), "")
    question = text.rpartition(_LAST_TAG)[2] or text
    return _LABEL.sub("", question.strip()), parse(text)


def cited(sentence: Sentence) -> str:
    """The sentence with its number before the closing mark."""
    closing = _CLOSING.search(sentence.text)
    body = sentence.text[: closing.start()] if closing else sentence.text
    mark = closing[0] if closing else ("。" if re.match(f"[{HAN}]", body[-1:]) else ".")
    return f"{body} [{sentence.number}]{mark}"


def _gap(sentence: str) -> str:
    return "" if sentence[-1] in "。！？；" else " "
