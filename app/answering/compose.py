"""One answer from prepared evidence: asks the model, judges every sentence, and says what a reader sees."""

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

from langchain_core.language_models import BaseChatModel

from app.answering.domain import Answer, Answerability, Citation, JsonObject, Policy, Sentence, Usage, Verdict
from app.answering.generate import arguments, sentences_of
from app.answering.prepare import Prepared
from app.answering.prompt import estimated
from app.answering.runs.provenance import to_json
from app.answering.runs.service import Post
from app.answering.verify.matching import Matcher
from app.answering.verify.sentence_rules import Judged, judge
from kg.documents.language import language_of
from models.errors import ModelBusy, ModelUnavailable
from models.protocols import Embedder
from models.sentence_selection import terms
from retrieval.question.requests import listed

_NEAREST = 3
_COMPLETE = 5
"""Sentences of an answer after which no quote is added."""

_REPEATED = 0.7
_MARKS = re.compile(r"(?:\[\d+\])+$")


@dataclass(slots=True)
class Draft:
    """An answer in the making."""

    sentences: list[Sentence] = field(default_factory=list)
    citations: dict[int, Citation] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    text: str = ""


@dataclass(frozen=True, slots=True)
class Models:
    """Who answers, and who quotes where that one is away or not believed."""

    chat: BaseChatModel
    extractive: bool
    fallback: BaseChatModel | None
    completed: bool = False
    """Whether quotes complete an answer whose model is small."""


class Composer:
    """Composes one answer; posts its events on the way."""

    def __init__(
        self, prepared: Prepared, models: Models, embedder: Embedder, *, policy: Policy, room_tokens: int, post: Post
    ) -> None:
        self._prepared = prepared
        self._models = models
        self._embedder = embedder
        self._policy = policy
        self._room = room_tokens
        self._post = post
        self._draft = Draft()
        self._listed = listed(prepared.rewritten)
        self._asked: Mapping[str, Any] = arguments(
            prepared.request.parameters, room_tokens=room_tokens, adapter=prepared.request.adapter
        )

    async def compose(self, run: str) -> tuple[Answer, Usage, Draft]:
        """The answer with what it cost."""
        started = time.perf_counter()
        sufficiency = self._prepared.judgement.sufficiency
        if sufficiency is not Answerability.CANNOT_ANSWER:
            if self._prepared.composed is not None:
                self._from_graph()
            if self._prepared.prompt is not None:
                sufficiency = await self._from_model(sufficiency)
        answer = self._answer(run, sufficiency)
        prompt = self._prepared.prompt
        usage = Usage(
            prompt_tokens=prompt.tokens if prompt and self._draft.raw else 0,
            completion_tokens=sum(estimated(s) for s in self._draft.raw),
            estimated=True,
            ms=round(1000 * (time.perf_counter() - started), 1),
        )
        return answer, usage, self._draft

    def _from_graph(self) -> None:
        composed, words = self._prepared.composed, self._prepared.words
        if composed is None:
            return
        for item in composed.items:
            self._cite(item.citation)
        for sentence in composed.sentences:
            self._say(sentence)
        if self._prepared.prompt is None:
            self._draft.text = composed.text
        self._draft.notices.append(words.notice("graph" if self._prepared.prompt is None else "graph_part"))
        if composed.shown < composed.total:
            self._draft.notices.append(words.notice("truncated", shown=composed.shown, total=composed.total))

    async def _from_model(self, sufficiency: Answerability) -> Answerability:
        words = self._prepared.words
        matcher = asyncio.ensure_future(asyncio.to_thread(Matcher, self._prepared.items, self._embedder))
        try:
            if self._models.extractive:
                self._draft.notices.append(words.notice("extractive"))
                await self._ask(self._models.chat, await matcher)
            else:
                await self._ask_or_quote(matcher)
        finally:
            matcher.cancel()
        if sufficiency is Answerability.CONFLICT:
            self._show_sides()
        if not self._draft.sentences:
            return Answerability.CANNOT_ANSWER
        if sufficiency is Answerability.CAVEAT:
            missing = words.joined(list(self._prepared.judgement.missing))
            self._draft.notices.append(words.notice("caveat", missing=missing))
        if sufficiency is Answerability.CONFLICT:
            sides = words.joined(
                [words.versus.join(f"[{s.number}]" for s in c.sides) for c in self._prepared.conflicts]
            )
            self._draft.notices.append(words.notice("conflict", sides=sides))
        quoted = self._models.extractive or not self._draft.raw
        if quoted and any(language_of(s.text) != self._prepared.language for s in self._draft.sentences):
            self._draft.notices.append(words.notice("across"))
        return sufficiency

    def _show_sides(self) -> None:
        """Quote each side of a conflict that the answer does not tell yet."""
        items = {i.number: i for i in self._prepared.items}
        for side in (s for c in self._prepared.conflicts for s in c.sides):
            if any(side.number in s.citations and s.text == side.quote for s in self._draft.sentences):
                continue
            self._cite(items[side.number].quoting(side.quote))
            self._say(Sentence(side.quote, (side.number,), Verdict.SUPPORTED))

    async def _ask_or_quote(self, matcher: "asyncio.Future[Matcher]") -> None:
        words, fallback = self._prepared.words, self._models.fallback
        said = len(self._draft.sentences)
        try:
            await self._ask(self._models.chat, matcher)
        except (ModelUnavailable, ModelBusy) as error:
            if fallback is None or len(self._draft.sentences) > said:
                raise
            self._draft.notices.append(words.notice("fallback", cause=str(error)[:120]))
            await self._ask(fallback, await matcher)
            return
        own = len(self._draft.sentences)
        if fallback is not None and (own == said or self._models.completed):
            await self._ask(fallback, await matcher, completing=own > said)
            if len(self._draft.sentences) > own:
                self._draft.notices.append(words.notice("quoted" if own == said else "completed"))

    async def _ask(
        self, chat: BaseChatModel, matcher: "Matcher | asyncio.Future[Matcher]", *, completing: bool = False
    ) -> None:
        prompt = self._prepared.prompt
        if prompt is None:
            return
        no_answer = self._prepared.words.no_answer.rstrip(".。")
        async with aclosing(sentences_of(chat, prompt, self._asked)) as parts:
            async for kind, text in parts:
                if kind == "thinking":
                    self._post("thinking", {"text": text})
                    continue
                self._draft.raw.append(text)
                if no_answer in text:
                    continue
                ready = matcher if isinstance(matcher, Matcher) else await matcher
                judged = await asyncio.to_thread(judge, text, ready, question=self._prepared.rewritten)
                self._take(judged, completing=completing)

    def _said(self, text: str) -> bool:
        """Whether a sentence of the answer says nearly all that the text says."""
        mine = frozenset(terms(text))
        return any(len(mine & frozenset(terms(s.text))) >= _REPEATED * len(mine) for s in self._draft.sentences)

    def _take(self, judged: Judged, *, completing: bool) -> None:
        kept = judged.verdict is Verdict.SUPPORTED and judged.citations
        if not judged.text or any(judged.text == s.text for s in self._draft.sentences):
            return
        whole = max(_COMPLETE, self._listed)
        if completing and (len(self._draft.sentences) >= whole or self._said(judged.text)):
            return
        if not kept and self._policy is Policy.DROP:
            self._draft.dropped.append(judged.text)
            return
        items = {i.number: i for i in self._prepared.items}
        for number, quote in judged.quotes:
            self._cite(items[number].quoting(quote))
        self._say(Sentence(judged.text, judged.citations, judged.verdict, judged.reasons, item=self._listed > 0))

    def _cite(self, citation: Citation) -> None:
        if citation.number not in self._draft.citations:
            self._draft.citations[citation.number] = citation
            self._post("citation", to_json(citation))

    def _say(self, sentence: Sentence) -> None:
        index = len(self._draft.sentences)
        self._draft.sentences.append(sentence)
        numbers = list(sentence.citations)
        self._post("text", {"sentence": index, "text": sentence.text, "citations": numbers, "item": sentence.item})
        self._post("verdict", {"sentence": index, "verdict": sentence.verdict.value, "reasons": list(sentence.reasons)})

    def _answer(self, run: str, sufficiency: Answerability) -> Answer:
        prepared, draft, words = self._prepared, self._draft, self._prepared.words
        if draft.dropped and draft.sentences:
            draft.notices.append(words.notice("dropped", count=len(draft.dropped)))
        declined = sufficiency is Answerability.CANNOT_ANSWER
        nearest = self._nearest() if declined else ()
        text = _refusal(prepared, nearest) if declined else draft.text or _joined(draft.sentences)
        return Answer(
            run=run,
            question=prepared.request.question,
            language=prepared.language,
            sufficiency=sufficiency,
            sentences=() if declined else tuple(draft.sentences),
            citations=() if declined else tuple(draft.citations[n] for n in sorted(draft.citations)),
            text=text,
            notice="" if declined else " ".join(draft.notices),
            nearest=nearest,
            reasons=prepared.judgement.reasons,
            conflicts=() if declined else prepared.conflicts,
        )

    def _nearest(self) -> tuple[Citation, ...]:
        seen: dict[str, Citation] = {}
        for item in self._prepared.items:
            seen.setdefault(item.citation.document_id or item.key, item.citation)
        return tuple(replace(c) for c in list(seen.values())[:_NEAREST])


def _joined(sentences: Sequence[Sentence]) -> str:
    """Sentences with their numbers; Latin ones are parted by a space, items of a list stand on lines of their own."""
    text = ""
    for sentence in sentences:
        gap = "\n" if sentence.item else " " if _before_a_space(text) else ""
        text += gap * bool(text) + sentence.text + "".join(f"[{n}]" for n in sentence.citations)
    return text


def _before_a_space(text: str) -> bool:
    """Whether a space follows the text where another sentence does: not after Chinese punctuation."""
    return _MARKS.sub("", text)[-1:].isascii()


def _refusal(prepared: Prepared, nearest: tuple[Citation, ...]) -> str:
    words = prepared.words
    lines = [words.refusal["lead"], *(prepared.judgement.reasons or (words.refusal["unverified"],))]
    if nearest:
        titles = words.joined([f"{c.title} ({c.source_id})" if c.source_id else c.title for c in nearest])
        lines.append(words.refusal["nearest"].format(titles=titles))
    return "\n".join(lines)


def event_of(answer: Answer, manifest: JsonObject) -> JsonObject:
    """The answer as JSON, as commands print it and the last event carries it."""
    made = dict(to_json(answer))
    made["answer"] = made.pop("text")
    return {**made, "manifest": manifest}
