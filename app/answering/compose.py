"""Composes one answer from prepared evidence: calls the model, verifies every sentence, emits the events."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import cached_property
from typing import Any

from langchain_core.language_models import BaseChatModel

from app.answering.domain import (
    Answer,
    Answerability,
    AnswerKind,
    Citation,
    Conflict,
    Policy,
    Sentence,
    Usage,
    Verdict,
)
from app.answering.draft import Draft, finished, repeats, without_repeats
from app.answering.excerpts import LIKELY, excerpts_of, reaches
from app.answering.generate import arguments, sentences_of
from app.answering.models import Models
from app.answering.nearest import nearest_of
from app.answering.pages import Pages
from app.answering.prepare import Prepared
from app.answering.prompt import Prompt, estimated
from app.answering.runs.provenance import to_json
from app.answering.runs.service import Post
from app.answering.several_replies import SeveralReplies, several_replies
from app.answering.translations import Translations
from app.answering.verify.agreed import AgreedVerifier
from app.answering.verify.bearing import Bearing
from app.answering.verify.matching import split_marks
from app.answering.verify.numbers import number_problems
from app.answering.verify.sentence_verdicts import Judged, SentenceVerifier, numbered
from kg.documents.language import language_of
from models.errors import ModelBusy, ModelUnavailable
from retrieval.question.domain import Intent
from retrieval.question.list_length import list_length

_log = logging.getLogger(__name__)

_MOST = 3
"""Sentences of an answer that is no list, except to a question of ``_LONGER`` or by a tuned model."""

_LONGER, _MOST_OF_LONGER = frozenset({Intent.MECHANISM, Intent.COMPARISON, Intent.SUMMARIZE_DOCUMENT}), 5

_QUOTES = 2
"""Quotes shown in the place of a model's sentences that could not be verified."""

_LACKING = "[0]"
"""How a model marks a sentence that says what the evidence lacks."""


class Composer:
    """Composes one answer; posts its events on the way."""

    def __init__(
        self, prepared: Prepared, models: Models, *, policy: Policy, room_tokens: int, pages: Pages, post: Post
    ) -> None:
        self._prepared = prepared
        self._models = models
        self._policy = policy
        self._pages = pages
        self._post = post
        self._draft = Draft()
        self._items = {i.number: i for i in prepared.items}
        self._listed = list_length(prepared.question)
        self._asked: Mapping[str, Any] = arguments(
            prepared.request.parameters, room_tokens=room_tokens, adapter=prepared.request.adapter
        )
        may_repeat = prepared.question.form in (Intent.YES_NO, Intent.COMPARISON)
        bearing = Bearing(prepared.rewritten, may_repeat=may_repeat)
        self._agreed = AgreedVerifier(models.verifier) if models.tuned else None
        self._verifier = self._agreed or models.verifier
        self._no_answer = (prepared.prompt.no_answer if prepared.prompt else prepared.words.no_answer).rstrip(".。")
        self._several: SeveralReplies | None = None
        self._sentences = SentenceVerifier(self._verifier, prepared.items, models.embedder, bearing)
        self._translations = Translations(
            models.chat,
            models.verifier,
            prepared.rewritten,
            prepared.words,
            prepared.language,
            self._asked,
            self._draft.raw,
            draws=models.tuned,
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
        declined = sufficiency is Answerability.CANNOT_ANSWER
        unverified = self._draft.unverified if self._models.tuned else ()
        pointed = [j.nearest for j in unverified if j.nearest is not None]
        nearest = await nearest_of(self._prepared, self._models.judge, self._pages, pointed) if declined else ()
        answer = finished(self._draft, self._prepared, run=run, sufficiency=sufficiency, nearest=nearest)
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
        self._draft.notices.append(words.notice(composed.notice if self._prepared.prompt is None else "graph_part"))
        if composed.shown < composed.total:
            self._draft.notices.append(words.notice("truncated", shown=composed.shown, total=composed.total))

    async def _from_model(self, sufficiency: Answerability) -> Answerability:
        words = self._prepared.words
        self._sentences.start()
        try:
            if self._models.extractive:
                await self._quote(self._models.chat, most=self._most)
                self._say_why("extractive")
            else:
                await self._answer_or_quote()
        finally:
            self._sentences.close()
        if sufficiency is Answerability.CONFLICT:
            unsaid = not self._draft.sentences
            self._draft.conflicts = [c for c in self._prepared.conflicts if unsaid or self._is_touched(c)]
            await self._show_sides()
            sufficiency = sufficiency if self._draft.conflicts else Answerability.ANSWER
        if not self._draft.sentences:
            return Answerability.CANNOT_ANSWER
        if sufficiency is Answerability.CAVEAT:
            missing = words.joined(list(self._prepared.judgement.missing))
            self._draft.notices.append(words.notice("caveat", missing=missing))
        lacking = await asyncio.to_thread(self._lacking)
        self._draft.notices += await asyncio.gather(*map(self._translations.told, lacking))
        if sufficiency is Answerability.CONFLICT:
            sides = words.joined([words.versus.join(f"[{s.number}]" for s in c.sides) for c in self._draft.conflicts])
            self._draft.notices.append(words.notice("conflict", sides=sides))
        return sufficiency

    def _lacking(self) -> list[str]:
        """What the model says the evidence lacks, where no excerpt likely tells that. Blocks on the judge."""
        items, judge = self._prepared.items, self._models.judge
        return [text for text in self._draft.lacking if reaches(excerpts_of(text, items, judge), LIKELY) is False]

    def _is_touched(self, conflict: Conflict) -> bool:
        """Whether the answer rests on a side, or it is between facts: sentences may disagree beside the question."""
        sides = [side.number for side in conflict.sides]
        return any(n in self._draft.citations or self._items[n].citation.fact is not None for n in sides)

    async def _show_sides(self) -> None:
        """Quote each side of a conflict that the answer does not state yet."""
        for side in (s for c in self._draft.conflicts for s in c.sides):
            if any(side.number in s.citations and s.text == side.quote for s in self._draft.sentences):
                continue
            citation = await self._pages.quoting(self._items[side.number], side.quote)
            self._cite(citation)
            led = self._prepared.words.notice("says", title=citation.title, quote=side.quote)
            self._say(Sentence(side.quote if citation.fact else led, (side.number,), Verdict.SUPPORTED))

    async def _answer_or_quote(self) -> None:
        """The model's verified sentences; quotes if it cannot be reached or no sentence could be verified."""
        fallback = self._models.fallback
        said = len(self._draft.sentences)
        try:
            await self._ask(self._models.chat)
        except (ModelUnavailable, ModelBusy) as error:
            if fallback is None or len(self._draft.sentences) > said:
                raise
            await self._quote(fallback, most=self._most)
            _log.warning("answering by quotes, because the chat model failed: %s", error)
            self._say_why("fallback")
            return
        found = len(self._draft.sentences) > said
        if self._models.tuned and (found or not self._listed):
            return
        if not self._listed:
            await self._complete()
        if len(self._draft.sentences) == said and fallback is not None and self._may_quote:
            await self._quote(fallback, most=self._listed or _QUOTES, first=self._pointed, translate=True)
            if len(self._draft.sentences) > said and self._draft.kind is not AnswerKind.VERIFIED_TEXT:
                self._say_why("quoted")

    @property
    def _pointed(self) -> list[str]:
        """The sentences nearest to what the model wrote, in the reader's language: it had read the evidence."""
        near = [] if self._listed else [j.nearest for j in self._draft.unverified if j.nearest is not None]
        return [f"{text} [{n}]" for n, text in near if language_of(text) == self._prepared.language]

    async def _complete(self) -> None:
        """Say what the model failed to say, in the words of excerpts that likely answer.

        These are the sentences nearest to its own that could not be verified, and where a small model said little the
        best ones.
        """
        likely = [" ".join(p.text.split()) for p in self._prepared.excerpts or () if p.relevance >= LIKELY]
        written = self._pointed or [f"{q} [{n}]" for judged in self._draft.unverified for n, q in judged.quotes[:1]]
        best: list[str] = []
        if likely and self._models.least_support and self._models.fallback is not None:
            best = [text async for text in self._written(self._models.fallback, most=_MOST)]
        first, rest = await self._in_order(written, best) if likely else ([], [])
        written = [j.text for j in first]
        for place, found in enumerate([*first, *rest[:_QUOTES]]):
            said = len(self._draft.sentences)
            if place >= len(written) and (said >= _QUOTES or self._cites(found.text)):
                continue
            wanted = self._is_wanted(found) and any(" ".join(found.text.split()) in text for text in likely)
            foreign = self._translations.foreign(found)
            own = await self._translations.of(found) if wanted and foreign else found
            if wanted and own is not None:
                await self._take(own)
                self._draft.replaced += (len(self._draft.sentences) - said) * (place < len(written))

    async def _in_order(self, pointed: Sequence[str], best: Sequence[str]) -> tuple[list[Judged], list[Judged]]:
        """The best sentences, verified: those that the model pointed at, and the others.

        What a small model points at alone is often the aim of a study; where no best ones are known it is all there is.
        """
        judged = await self._sentences.verify([*pointed, *best])
        ranked = {j.text: j for j in judged[len(pointed) :]}
        first = {j.text: j for j in judged[: len(pointed)] if j.text in ranked or not ranked}
        return [*first.values()], [j for text, j in ranked.items() if text not in first]

    def _cites(self, text: str) -> bool:
        """Whether a sentence of the answer rests on this text."""
        return any(text in citation.quote for citation in self._draft.citations.values())

    def _is_wanted(self, judged: Judged) -> bool:
        """Whether the sentence would be shown."""
        return judged.held and len(self._draft.sentences) < self._most and not self._repeats(judged.text)

    @property
    def _may_quote(self) -> bool:
        """Whether an excerpt is likelier than not to answer: quotes in the model's stead are then worth reading."""
        return reaches(self._prepared.excerpts, LIKELY) is not False

    async def _ask(self, chat: BaseChatModel) -> None:
        """Take each sentence as soon as it is verified; sentences in another language only if there is no other."""
        said = len(self._draft.sentences)
        waiting: list[str] = []
        async with aclosing(self._written(chat)) as written:
            async for text in written:
                waiting.append(text)
                if not self._verifier.whole_answers:
                    await self._take_all(waiting)
        await self._take_all(waiting)
        if len(self._draft.sentences) == said and self._several is not None:
            await self._take_all([text for text in self._several.second() if _LACKING not in text])
        if len(self._draft.sentences) == said:
            for judged in self._draft.foreign:
                if self._is_wanted(judged):
                    await self._take(await self._translations.of(judged) or judged)

    async def _take_all(self, waiting: list[str]) -> None:
        """Verify what waits, and take it."""
        judged_all = [self._sure(j) for j in await self._sentences.verify(waiting)] if waiting else []
        waiting.clear()
        if self._models.tuned:
            judged_all = await self._translations.own(without_repeats(judged_all), most=self._most)
        for judged in judged_all:
            if judged.held and self._translations.foreign(judged):
                self._draft.foreign.append(judged)
            else:
                await self._take(judged)

    def _sure(self, judged: Judged) -> Judged:
        """The sentence of the model; a small one needs more support, and does no arithmetic on the evidence."""
        if judged.verdict is not Verdict.SUPPORTED or not self._models.least_support:
            return judged
        reasons = ["the evidence does not surely say this"] * (judged.support < self._models.least_support)
        problems = number_problems(judged.text, self._read, known=self._prepared.rewritten)
        reasons += [f"number not in the evidence: {p.text}" for p in problems if not p.instead]
        return replace(judged, verdict=Verdict.UNSUPPORTED, reasons=tuple(reasons)) if reasons else judged

    @cached_property
    def _read(self) -> str:
        """All that the model read."""
        return "\n".join(f"{i.citation.title}\n{i.text}" for i in self._prepared.items)

    async def _quote(
        self, chat: BaseChatModel, *, most: int, first: Sequence[str] = (), translate: bool = False
    ) -> None:
        """The best sentences of the evidence, those ``first`` that the model pointed at; ``translate`` asks the model.

        One that stays in another language is led in by its paper. Where all are facts of the graph, the answer is one
        of the graph, not of quotes; where all are translated, it is verified text.
        """
        said, quoted = len(self._draft.sentences), False
        best = [text async for text in self._written(chat, most=max(most, _MOST), each_source=self._listed > 0)]
        pointed, others = await self._in_order(first, best)
        for judged in [*pointed, *others][:most]:
            before = len(self._draft.sentences)
            foreign = self._translations.foreign(judged)
            wanted = translate and foreign and self._is_wanted(judged)
            own = await self._translations.of(judged) if wanted else None
            await self._take(own or judged, lead=foreign and own is None)
            quoted = quoted or (own is None and len(self._draft.sentences) > before)
        cited = [self._draft.citations[n] for s in self._draft.sentences[said:] for n in s.citations]
        if cited and quoted:
            self._draft.kind = AnswerKind.GRAPH if all(c.fact for c in cited) else AnswerKind.QUOTES

    def _say_why(self, name: str) -> None:
        """Add the notice of why quotes stand in the answer, or facts."""
        name += "_facts" * (self._draft.kind is AnswerKind.GRAPH)
        self._draft.notices.append(self._prepared.words.notice(name))

    async def _written(self, chat: BaseChatModel, **quoting: int) -> AsyncGenerator[str, None]:
        """The sentences that a model writes; its thoughts are posted. ``quoting`` is for a model that only quotes."""
        prompt = self._prepared.prompt
        if prompt is None:
            return
        async with aclosing(self._said(chat, prompt, quoting)) as sentences:
            async for text in sentences:
                self._draft.raw.append(text)
                if self._models.tuned and _LACKING in text:
                    self._draft.lacking.append(split_marks(text, ())[0])
                elif self._no_answer not in text:
                    yield text

    async def _said(self, chat: BaseChatModel, prompt: Prompt, quoting: Mapping[str, int]) -> AsyncGenerator[str, None]:
        """What a model replies; a tuned one draws others beside it, which tell how sure it is."""
        if self._agreed is not None and chat is self._models.chat:
            self._several = await several_replies(chat, prompt, self._asked, self._no_answer)
            self._agreed.agreement = self._several.agreement
            self._agreed.read = tuple(numbered(item) for item in self._prepared.items)
            for text in self._several.first():
                yield text
            return
        async with aclosing(sentences_of(chat, prompt, {**self._asked, **quoting})) as parts:
            async for kind, text in parts:
                if kind == "thinking":
                    self._post("thinking", {"text": text, "verified": False})
                else:
                    yield text

    @property
    def _most(self) -> int:
        longer = self._models.tuned or self._prepared.question.form in _LONGER
        usual = _MOST_OF_LONGER if longer else _MOST
        return self._prepared.most or self._listed or usual

    def _repeats(self, text: str) -> bool:
        return repeats(text, [s.text for s in self._draft.sentences])

    async def _take(self, judged: Judged, *, lead: bool = False) -> None:
        """Say a sentence, or drop it where it has no support, says something again, or is one too many."""
        if not judged.text:
            return
        if not judged.held and self._policy is Policy.DROP:
            self._draft.unverified.append(judged)
            return
        if len(self._draft.sentences) >= self._most or self._repeats(judged.text):
            return
        for number, quote in judged.quotes:
            self._cite(await self._pages.quoting(self._items[number], quote))
        text = judged.text
        source = self._items[judged.citations[0]].citation if judged.citations else None
        if lead and source is not None and source.fact is None:
            text = self._prepared.words.notice("quoted_from", title=source.title, quote=text)
        self._say(Sentence(text, judged.citations, judged.verdict, judged.reasons, item=self._listed > 0))

    def _cite(self, citation: Citation) -> None:
        cited = self._draft.cite(citation)
        if cited is not None:
            self._post("citation", to_json(cited))

    def _say(self, sentence: Sentence) -> None:
        index = len(self._draft.sentences)
        self._draft.sentences.append(sentence)
        numbers = list(sentence.citations)
        self._post("text", {"sentence": index, "text": sentence.text, "citations": numbers, "item": sentence.item})
        self._post("verdict", {"sentence": index, "verdict": sentence.verdict.value, "reasons": list(sentence.reasons)})
