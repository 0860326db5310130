"""All that happens before the model: parsing, retrieval, the graph's own answer, sufficiency, the prompt."""

import asyncio
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from langchain_core.language_models import BaseChatModel

from app.answering.composed import Composed
from app.answering.context_compression import compressed
from app.answering.domain import Answerability, AnswerRequest, Citation, Conflict
from app.answering.evidence import (
    FACTS_IN_PROMPT,
    EvidenceItem,
    Labels,
    by_document,
    items_of,
    labels_of,
    passage_item,
)
from app.answering.excerpts import Excerpt, excerpts_of, mostly_in, reaches
from app.answering.graph_answer import answers_alone, compose, empty_text
from app.answering.messages import Messages, messages_in, named_language, other_than
from app.answering.orders import Orders
from app.answering.pages import Pages, ReadsContent
from app.answering.prompt import Prompt, build_prompt
from app.answering.protocols import AsksLibrary, Retrieves
from app.answering.replies import Replies, Reply
from app.answering.selection import SentenceSelector
from app.answering.sources_answer import sources_answer
from app.answering.subject import subjects_of
from app.answering.verify.answerability import Judgement, judge_evidence, unknown_names
from app.answering.verify.conflicts import conflicts_of, placed
from app.answering.verify.protocols import ClaimVerifier
from kg.documents.language import language_of
from kg.domain import Language, Revision
from kg.ontology import Domain
from kg.protocols import Graph
from models.errors import ModelError
from models.protocols import Embedder, Judge
from models.structured_output import is_constrained
from retrieval.domain import EvidencePack, Query
from retrieval.graph_qa.query_result import QueryResult
from retrieval.graph_qa.service import GraphQa
from retrieval.question.domain import Intent, Question
from retrieval.question.list_length import list_length
from retrieval.question.protocols import QuestionParser

_log = logging.getLogger(__name__)
ANSWER_TOKENS = 400
"""Room for an answer where none is asked for."""
_NEAREST_READING = 2
"""Papers that are named to who asks for advice."""

_MOST_SOURCES, _SOURCES_K = 3, 6
_LONGEST_SEARCHED = 600
_MARK = re.compile(r"\[\d+\]")
_LISTED_K = 20
"""Passages that a list is made from."""

_CHOSEN_FROM = 2
"""How much more evidence there may be where sentences are chosen from it than where a model reads all of it."""

_WRITTEN: Language = "en"
"""What a tuned model writes over evidence in it, whatever the reader's language: its sentences are verified in the
language of the evidence, and then translated (`docs/decisions/0218`)."""

_ANSWERED = Judgement(Answerability.ANSWER)
_OF_RECORDS, _RECORDS_ASKED = (Intent.COLLECTION, Intent.SUMMARIZE_DOCUMENT), 0.5


@dataclass(frozen=True, slots=True)
class Prepared:
    """What one question is answered from.

    ``reply`` is the service's own words, where nothing is answered from the library; ``composed`` an answer that needs
    no model, such as the graph's. ``plan`` is how a model read the question to the graph, empty where rules did.
    ``most`` bounds the sentences of the answer, None leaves their number open. ``excerpts`` are those of the evidence
    that a judge read for the question, the most relevant first; None where it read none. Of ``orders`` pieces of it
    sentences were left out that give orders to a model.
    """

    request: AnswerRequest
    question: Question
    language: Language
    pack: EvidencePack
    items: tuple[EvidenceItem, ...] = ()
    judgement: Judgement = _ANSWERED
    graph: QueryResult | None = None
    composed: Composed | None = None
    prompt: Prompt | None = None
    plan: str = ""
    conflicts: tuple[Conflict, ...] = ()
    reply: Reply | None = None
    most: int | None = None
    excerpts: tuple[Excerpt, ...] | None = None
    orders: int = 0

    @property
    def rewritten(self) -> str:
        """The text that was searched with."""
        return self.question.resolved

    @property
    def words(self) -> Messages:
        """The messages in the language of the answer."""
        return messages_in(self.language)

    def refused(self, reason: str, missing: Sequence[str] = ()) -> "Prepared":
        """The same with the reason why it is not answered, and without evidence."""
        return replace(self, items=(), judgement=Judgement(Answerability.CANNOT_ANSWER, (reason,), tuple(missing)))

    def replied(self, reply: Reply) -> "Prepared":
        """The same with the service's own words."""
        return replace(self, judgement=Judgement(reply.sufficiency), reply=reply)


Tell = Callable[[Prepared], None]
"""Told what was found, before it is judged."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Tokens of the model's context and of the evidence in it; ``focus_tokens`` where it reads chosen sentences."""

    context_tokens: int
    evidence_tokens: int
    focus_tokens: int | None = None
    tuned: bool = False


class Preparer:
    """Prepares questions; the same request on the same knowledge gives the same evidence and prompt."""

    def __init__(
        self,
        *,
        retriever: Retrieves,
        graph: Graph,
        domain: Domain,
        embedder: Embedder,
        chat: BaseChatModel,
        limits: Limits,
        generative: bool,
        parser: QuestionParser,
        replies: Replies,
        conflict_verifier: ClaimVerifier,
        library: AsksLibrary | None = None,
        content: ReadsContent | None = None,
        judge: Judge | None = None,
    ) -> None:
        """Without ``content``, citations have the page of their passage and no boxes."""
        self._parser = parser
        self._replies = replies
        self._library = library
        self._content = content
        self._retriever = retriever
        self._graph = graph
        self._domain = domain
        self._subjects = subjects_of(domain)
        self._embedder = embedder
        self._chat = chat
        self._limits = limits
        self._conflict_verifier = conflict_verifier
        self._judge = judge
        self._selector = SentenceSelector(embedder, judge)
        self._orders = Orders(embedder)
        self._generative = generative
        self._constrained = generative and is_constrained(chat)

    @cached_property
    def _questions(self) -> GraphQa:
        """The graph as a constrained model asks it."""
        return GraphQa(self._graph, self._domain.ontology)

    async def prepare(
        self,
        request: AnswerRequest,
        *,
        question: Question | None = None,
        plan: str | None = None,
        tell: Tell | None = None,
    ) -> Prepared:
        """Gather evidence and build the prompt; ``question`` and ``plan`` repeat what was parsed earlier.

        ``tell`` is called once, as soon as the evidence is found: a judge reads it for a second or more.
        """
        told: list[Prepared] = []

        def once(found: Prepared) -> None:
            if tell is not None and not told:
                told.append(found)
                tell(found)

        parsed = question or await self._parser.parse(request.question, request.history)
        query = Query(text=parsed.resolved, mode=request.mode, filters=request.filters)
        nothing = EvidencePack(query, parsed.language, (), (), (), Revision(0), "", self._embedder.identity, None)
        asked = Prepared(request, parsed, request.language or parsed.language, nothing)
        prepared = await self._prepared(asked, plan, once)
        once(prepared)
        return prepared

    async def _prepared(self, asked: Prepared, plan: str | None, tell: Tell) -> Prepared:
        if (told := await self._told_by_records(asked)) is not None:
            return told
        parsed = asked.question
        if parsed.intent in _OF_RECORDS:
            parsed = parsed.without(*_OF_RECORDS)
            asked = replace(asked, question=parsed)
        if not parsed.unsearched:
            return await self._searched(asked, plan, tell)
        if parsed.intent is Intent.INSTRUCTION:
            return await self._instructed(asked, plan, tell)
        if parsed.intent is Intent.SERVICE:
            return asked.replied(await self._replies.to_service_question(parsed, asked.words, asked.language))
        if parsed.intent is Intent.OFF_TOPIC:
            return asked.replied(self._replies.off_topic(asked.words, asked.language))
        asked = replace(asked, pack=await self._about_what_is_named(asked))
        return asked.replied(self._replies.medical(asked.words, await self._reading(asked.pack)))

    async def _told_by_records(self, asked: Prepared) -> Prepared | None:
        """What the library's records answer, None where the question asks for something else."""
        parsed = asked.question
        likely = parsed.probability(*_OF_RECORDS)
        unasked = parsed.unsearched or likely <= _RECORDS_ASKED or not asked.request.filters.empty
        if self._library is None or unasked:
            return None
        summary = parsed.probability(Intent.SUMMARIZE_DOCUMENT) > likely / 2
        composed = await self._library(parsed.resolved, asked.words, summary=summary or None)
        return replace(asked, items=composed.items, composed=composed) if composed is not None else None

    async def _instructed(self, asked: Prepared, plan: str | None, tell: Tell) -> Prepared:
        """What an instruction makes of the last question: its sources, its answer again in another form or language."""
        parsed, words = asked.question, asked.words
        before = next((t.text for t in reversed(asked.request.history) if t.role == "assistant"), "")
        name = "standing_order" if parsed.detail == "reply_style" else "" if parsed.about and before else "instruction"
        if name:
            return asked.replied(self._replies.instruction(name, words))
        if parsed.detail == "sources":
            return await self._sources_of(asked, before)
        language = asked.language
        if parsed.detail == "translate":
            language = named_language(parsed.text) or other_than(language_of(before), parsed.language)
        again = replace(asked, question=replace(parsed, resolved=parsed.about), language=language)
        prepared = await self._searched(again, plan, tell)
        if parsed.detail == "translate" and prepared.composed is None and not self._generative:
            reply = self._replies.instruction("translate", messages_in(language))
            return replace(asked, language=language, pack=prepared.pack).replied(reply)
        return replace(prepared, most=1 if parsed.detail == "shorten" else None)

    async def _sources_of(self, asked: Prepared, before: str) -> Prepared:
        said = _MARK.sub("", before)[:_LONGEST_SEARCHED]
        pack = await self._retriever.retrieve(Query(text=said, k=_SOURCES_K, filters=asked.request.filters))
        asked = replace(asked, pack=pack)
        most = min(max(len(set(_MARK.findall(before))), 1), _MOST_SOURCES)
        composed = await asyncio.to_thread(sources_answer, said, pack.passages, self._embedder, asked.words, most=most)
        if composed is None:
            return asked.refused(asked.words.refusal["nothing"])
        pages = Pages(self._content)
        items = tuple([replace(item, citation=await pages.quoting(item)) for item in composed.items])
        return replace(asked, items=items, composed=replace(composed, items=items))

    async def _about_what_is_named(self, asked: Prepared) -> EvidencePack:
        """Passages that mention what the question names, none where it names nothing of the graph."""
        query = asked.pack.query
        named = tuple(e.entity.id for e in (await self._retriever.retrieve(query)).entities)
        if not named:
            return asked.pack
        return await self._retriever.retrieve(replace(query, filters=replace(query.filters, entity_ids=named)))

    async def _searched(self, asked: Prepared, plan: str | None, tell: Tell) -> Prepared:
        """What the library and the graph hold for a question."""
        request, parsed, language = asked.request, asked.question, asked.language
        several = list_length(parsed) > 0
        k = max(request.k, _LISTED_K) if several else request.k
        chosen = self._limits.focus_tokens is not None or not self._generative
        query = Query(parsed.resolved, request.mode, k, request.filters, among=parsed.last_list, language=language)
        pack = await self._retriever.retrieve(replace(query, neighbours=int(chosen and not several)))
        pack = by_document(pack) if several else pack
        labels = labels_of(self._domain, language)
        budget = self._limits.evidence_tokens * (_CHOSEN_FROM if chosen else 1)
        items = items_of(pack, labels=labels, words=asked.words, language=language, budget_tokens=budget)
        items, orders = await asyncio.to_thread(self._orders.without, items)
        found = replace(asked, pack=pack, items=items, orders=orders)
        if not answers_alone(pack.graph):
            tell(found)
        graph, plan = await self._asked_of_graph(parsed.resolved, pack, plan, language)
        found = replace(found, graph=graph, plan=plan)
        if graph is not None and answers_alone(graph):
            return self._from_graph(found, graph, labels)
        by_graph = graph if graph is not None and graph.found and graph.graph_named else None
        compared = parsed.form is Intent.COMPARISON
        read = None
        if not (by_graph or several):
            read = await asyncio.to_thread(excerpts_of, pack.query.text, items, self._judge)
        excerpts = None if compared else read  # A comparison draws on several excerpts: none alone answers it.
        answered = True if by_graph else self._is_answered(excerpts)
        judged = partial(judge_evidence, pack.query.text, pack, found.words, answered=answered, compared=compared)
        judgement = await asyncio.to_thread(judged)
        found = replace(found, judgement=judgement, excerpts=excerpts)
        if judgement.sufficiency is Answerability.CANNOT_ANSWER:
            return found
        return await self._with_prompt(found, by_graph, labels, each_source=several, read=read)

    async def _with_prompt(
        self,
        found: Prepared,
        graph: QueryResult | None,
        labels: Labels,
        *,
        each_source: bool,
        read: Sequence[Excerpt] | None,
    ) -> Prepared:
        """What a model reads: the evidence that fits, its conflicts, and what the ``graph`` answers of the question.

        ``read`` are the excerpts that a judge read for the question.
        """
        question, items, language, words = found.rewritten, found.items, found.language, found.words
        conflicts = await conflicts_of(question, items, self._conflict_verifier, self._selector, found.excerpts)
        if (room := self._limits.focus_tokens) is not None and items:
            held = {(s.number, s.quote) for c in conflicts for s in c.sides}
            cut = partial(compressed, question, items, self._selector, budget_tokens=room, held=held)
            items = await asyncio.to_thread(cut, each_source=each_source, excerpts=read)
        composed = None
        if graph is not None:
            composed = compose(graph, self._domain.ontology, labels, words, language, first=len(items) + 1)
        facts = composed.items if composed else ()
        prompt = build_prompt(
            _asked_of_model(found.question),
            (*items, *facts[:FACTS_IN_PROMPT]),
            messages_in(_WRITTEN) if self._limits.tuned and mostly_in(_WRITTEN, items, read) else words,
            subject=self._subjects.get(language) or self._subjects["en"],
            history=found.request.history,
            room_tokens=self._limits.context_tokens - self.answer_tokens(found.request),
            tuned=self._limits.tuned,
        )
        fitted = {e.number for e in prompt.evidence}
        kept = tuple(i for i in items if i.number in fitted)
        conflicts, judgement = placed(conflicts, found.items, kept), found.judgement
        if conflicts:
            judgement = replace(judgement, sufficiency=Answerability.CONFLICT)
        return replace(
            found,
            items=(*kept, *facts),
            judgement=judgement,
            composed=composed,
            prompt=prompt,
            conflicts=conflicts,
        )

    def _is_answered(self, excerpts: Sequence[Excerpt] | None) -> bool | None:
        """Whether an excerpt answers; None where no judge read them. A tuned model finds that out itself."""
        if self._limits.tuned:
            return True
        return None if self._judge is None else reaches(excerpts, self._judge.description.relevant)

    def answer_tokens(self, request: AnswerRequest) -> int:
        """Room that is left for the answer."""
        return min(request.parameters.max_tokens or ANSWER_TOKENS, self._limits.context_tokens // 2)

    def _from_graph(self, found: Prepared, graph: QueryResult, labels: Labels) -> Prepared:
        """What the graph alone answers, or why it does not."""
        ontology, words, language = self._domain.ontology, found.words, found.language
        if unknown := unknown_names(found.rewritten, graph, found.pack):
            return found.refused(words.refusal["absent"].format(names=words.joined(list(unknown))), unknown)
        if not graph.found:
            return found.refused(empty_text(graph, ontology, words, language), [m.surface for m in graph.mentions])
        composed = compose(graph, ontology, labels, words, language)
        return replace(found, items=composed.items, composed=composed)

    async def _asked_of_graph(
        self, question: str, pack: EvidencePack, plan: str | None, language: Language
    ) -> tuple[QueryResult | None, str]:
        """What the graph says by rules; where they find nothing, by a constrained model's plan."""
        by_rules = pack.graph
        if plan == "" or answers_alone(by_rules) or not pack.entity_mentions or not (plan or self._constrained):
            return by_rules, ""
        try:
            found, made = await self._questions.ask_by_model(
                question, pack.entity_mentions, self._chat, plan=plan or "", language=language
            )
        except ModelError as error:
            _log.warning("the graph is asked by rules alone, because the chat model failed: %s", error)
            return by_rules, ""
        return (found, made) if found is not None and found.found else (by_rules, "")

    async def _reading(self, pack: EvidencePack) -> tuple[Citation, ...]:
        """The first papers of a pack."""
        papers = {p.document.id: p for p in reversed(pack.passages)}
        chosen = list(reversed(papers.values()))[:_NEAREST_READING]
        pages = Pages(self._content)
        return tuple([await pages.quoting(passage_item(n, found)) for n, found in enumerate(chosen, 1)])


def _asked_of_model(parsed: Question) -> str:
    """What a model is asked: of an instruction the question that it is about, and the instruction."""
    return f"{parsed.resolved}\n{parsed.text}" if parsed.intent is Intent.INSTRUCTION else parsed.resolved
