"""All that happens before the model: parsing, retrieval, the graph's own answer, sufficiency, the prompt."""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

from langchain_core.language_models import BaseChatModel

from app.answering.composed import Composed
from app.answering.context_compression import compressed
from app.answering.domain import Answerability, AnswerRequest, Citation, Conflict
from app.answering.evidence import (
    FACTS_IN_PROMPT,
    EvidenceItem,
    Found,
    Labels,
    ReadsContent,
    Tell,
    items_of,
    labels_of,
    on_pages,
    passage_item,
)
from app.answering.graph_answer import answers_alone, compose, empty_text
from app.answering.messages import Messages, languages, messages_in, named_language
from app.answering.places import Place, places_of, reaches
from app.answering.prompt import Prompt, build_prompt, first_terms
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

_ANSWER_TOKENS = 400
_NEAREST_READING = 2
"""Papers that are named to who asks for advice."""

_MOST_SOURCES, _SOURCES_K = 3, 6
_LONGEST_SEARCHED = 600
_MARK = re.compile(r"\[\d+\]")
_LISTED_K = 20
"""Passages that a list is made from."""

_CHOSEN_FROM = 2
"""How much more evidence there may be where sentences are chosen from it than where a model reads all of it."""

_OF_RECORDS, _RECORDS_ASKED = (Intent.COLLECTION, Intent.SUMMARIZE_DOCUMENT), 0.5


@dataclass(frozen=True, slots=True)
class Prepared:
    """What one question is answered from.

    ``reply`` is the service's own words, where nothing is answered from the library; ``composed`` an answer that needs
    no model, such as the graph's. ``plan`` is how a model read the question to the graph, empty where rules did.
    ``most`` bounds the sentences of the answer, None leaves their number open. ``places`` are those of the evidence
    that a judge read for the question, the most relevant first; None where it read none.
    """

    request: AnswerRequest
    question: Question
    language: Language
    pack: EvidencePack
    items: tuple[EvidenceItem, ...]
    judgement: Judgement
    graph: QueryResult | None
    composed: Composed | None
    prompt: Prompt | None
    words: Messages
    plan: str = ""
    conflicts: tuple[Conflict, ...] = ()
    reply: Reply | None = None
    most: int | None = None
    places: tuple[Place, ...] | None = None

    @property
    def rewritten(self) -> str:
        """The text that was searched with."""
        return self.question.resolved


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
        told: list[Found] = []

        def once(found: Found) -> None:
            if tell is not None and not told:
                told.append(found)
                tell(found)

        parsed = question or await self._parser.parse(request.question, request.history)
        prepared = await self._prepared(request, parsed, plan, once)
        once(Found(request, prepared.question, prepared.language, prepared.pack, prepared.items))
        return prepared

    async def _prepared(self, request: AnswerRequest, parsed: Question, plan: str | None, tell: Tell) -> Prepared:
        language = request.language or parsed.language
        if (told := await self._told_by_records(request, parsed, language)) is not None:
            return told
        if parsed.intent in _OF_RECORDS:
            parsed = parsed.without(*_OF_RECORDS)
        if not parsed.unsearched:
            return await self._searched(request, parsed, language, plan, tell)
        if parsed.intent is Intent.INSTRUCTION:
            return await self._instructed(request, parsed, language, plan, tell)
        words = messages_in(language)
        pack = self._nothing_found(request, parsed)
        if parsed.intent is Intent.SERVICE:
            reply = await self._replies.to_service_question(parsed, words, language)
        elif parsed.intent is Intent.OFF_TOPIC:
            reply = self._replies.off_topic(words, language)
        else:
            pack = await self._about_what_is_named(request, parsed)
            reply = self._replies.medical(words, await self._reading(pack))
        return self._replied(request, parsed, language, reply, pack)

    async def _told_by_records(self, request: AnswerRequest, parsed: Question, language: Language) -> Prepared | None:
        """What the library's records answer, None where the question asks for something else."""
        asked = parsed.probability(*_OF_RECORDS)
        if self._library is None or parsed.unsearched or asked <= _RECORDS_ASKED or not request.filters.empty:
            return None
        words = messages_in(language)
        summary = parsed.probability(Intent.SUMMARIZE_DOCUMENT) > asked / 2
        composed = await self._library(parsed.resolved, words, summary=summary or None)
        if composed is None:
            return None
        judgement = Judgement(Answerability.ANSWER)
        pack = self._nothing_found(request, parsed)
        return Prepared(request, parsed, language, pack, composed.items, judgement, None, composed, None, words)

    async def _instructed(
        self, request: AnswerRequest, parsed: Question, language: Language, plan: str | None, tell: Tell
    ) -> Prepared:
        """What an instruction makes of the last question: its sources, its answer again in another form or language."""
        words = messages_in(language)
        before = next((t.text for t in reversed(request.history) if t.role == "assistant"), "")
        name = "standing_order" if parsed.detail == "reply_style" else "" if parsed.about and before else "instruction"
        if name:
            reply = self._replies.instruction(name, words)
            return self._replied(request, parsed, language, reply, self._nothing_found(request, parsed))
        if parsed.detail == "sources":
            return await self._sources_of(request, parsed, language, before)
        if parsed.detail == "translate":
            language = named_language(parsed.text) or _other_than(language_of(before), parsed.language)
        again = replace(parsed, resolved=parsed.about)
        prepared = await self._searched(request, again, language, plan, tell)
        if parsed.detail == "translate" and prepared.composed is None and not self._generative:
            reply = self._replies.instruction("translate", words)
            return self._replied(request, parsed, language, reply, prepared.pack)
        return replace(prepared, most=1 if parsed.detail == "shorten" else None)

    async def _sources_of(self, request: AnswerRequest, parsed: Question, language: Language, before: str) -> Prepared:
        words = messages_in(language)
        said = _MARK.sub("", before)[:_LONGEST_SEARCHED]
        pack = await self._retriever.retrieve(Query(text=said, k=_SOURCES_K, filters=request.filters))
        most = min(max(len(set(_MARK.findall(before))), 1), _MOST_SOURCES)
        composed = await asyncio.to_thread(sources_answer, said, pack.passages, self._embedder, words, most=most)
        judgement = Judgement(Answerability.ANSWER)
        if composed is None:
            judgement = Judgement(Answerability.CANNOT_ANSWER, (words.refusal["nothing"],))
        items = await on_pages(composed.items if composed else (), self._content)
        composed = composed and replace(composed, items=items)
        return Prepared(request, parsed, language, pack, items, judgement, None, composed, None, words)

    async def _about_what_is_named(self, request: AnswerRequest, parsed: Question) -> EvidencePack:
        """Passages that mention what the question names, none where it names nothing of the graph."""
        query = Query(text=parsed.resolved, mode=request.mode, filters=request.filters)
        named = tuple(e.entity.id for e in (await self._retriever.retrieve(query)).entities)
        if not named:
            return self._nothing_found(request, parsed)
        return await self._retriever.retrieve(replace(query, filters=replace(query.filters, entity_ids=named)))

    def _nothing_found(self, request: AnswerRequest, parsed: Question) -> EvidencePack:
        """The evidence of an answer that asks for none."""
        query = Query(text=parsed.resolved, mode=request.mode, filters=request.filters)
        return EvidencePack(query, parsed.language, (), (), (), Revision(0), "", self._embedder.identity, None)

    @staticmethod
    def _replied(
        request: AnswerRequest, parsed: Question, language: Language, reply: Reply, pack: EvidencePack
    ) -> Prepared:
        judgement = Judgement(reply.sufficiency)
        return Prepared(
            request, parsed, language, pack, (), judgement, None, None, None, messages_in(language), reply=reply
        )

    async def _searched(
        self, request: AnswerRequest, parsed: Question, language: Language, plan: str | None, tell: Tell
    ) -> Prepared:
        """What the library and the graph hold for a question."""
        words = messages_in(language)
        question = parsed.resolved
        several = list_length(parsed) > 0
        k = max(request.k, _LISTED_K) if several else request.k
        chosen = self._limits.focus_tokens is not None or not self._generative
        query = Query(question, request.mode, k, request.filters, among=parsed.last_list, language=language)
        pack = await self._retriever.retrieve(replace(query, neighbours=int(chosen and not several)))
        pack = _by_document(pack) if several else pack
        labels = labels_of(self._domain, language)
        budget = self._limits.evidence_tokens * (_CHOSEN_FROM if chosen else 1)
        items = items_of(pack, labels=labels, words=words, language=language, budget_tokens=budget)
        if not answers_alone(pack.graph):
            tell(Found(request, parsed, language, pack, items))
        graph, plan = await self._asked_of_graph(question, pack, plan, language)
        if graph is not None and answers_alone(graph):
            return replace(self._from_graph(request, parsed, language, pack, graph, labels, words), plan=plan)
        items = await on_pages(items, self._content)
        by_graph = graph is not None and graph.found and graph.graph_named
        compared = parsed.form is Intent.COMPARISON
        places = None  # A list or a comparison draws on several places, so that none alone answers it.
        if not (by_graph or several or compared):
            places = await asyncio.to_thread(places_of, pack.query.text, items, self._judge)
        told = True if by_graph else self._is_answered(places)
        judgement = judge_evidence(pack.query.text, pack, words, answered=told, compared=compared)
        if judgement.sufficiency is Answerability.CANNOT_ANSWER:
            return Prepared(
                request, parsed, language, pack, items, judgement, graph, None, None, words, plan, places=places
            )
        whole, conflicts = items, await conflicts_of(question, items, self._conflict_verifier, self._selector, places)
        if self._limits.focus_tokens is not None and items:
            room, held = self._limits.focus_tokens, {(s.number, s.quote) for c in conflicts for s in c.sides}
            items = await asyncio.to_thread(
                compressed, question, items, self._selector, budget_tokens=room, held=held, each_source=several
            )
        composed = None
        if graph is not None and by_graph:
            composed = compose(graph, self._domain.ontology, labels, words, language, first=len(items) + 1)
        prompt = build_prompt(
            _asked_of_model(parsed),
            items if composed is None else (*items, *composed.items[:FACTS_IN_PROMPT]),
            words,
            subject=self._subjects.get(language) or self._subjects["en"],
            history=request.history,
            room_tokens=self._limits.context_tokens - self.answer_tokens(request),
            terms=first_terms(items, language) if self._limits.tuned else None,
        )
        kept = tuple(i for i in items if i.number in prompt.kept)
        conflicts = placed(conflicts, whole, kept)
        if conflicts:
            judgement = replace(judgement, sufficiency=Answerability.CONFLICT)
        if composed is not None:
            kept = (*kept, *composed.items)
        made = Prepared(
            request, parsed, language, pack, kept, judgement, graph, composed, prompt, words, plan, conflicts
        )
        return replace(made, places=places)

    def _is_answered(self, places: Sequence[Place] | None) -> bool | None:
        """Whether a place answers; None where no judge read them."""
        return None if self._judge is None else reaches(places, self._judge.description.relevant)

    def answer_tokens(self, request: AnswerRequest) -> int:
        """Room that is left for the answer."""
        return min(request.parameters.max_tokens or _ANSWER_TOKENS, self._limits.context_tokens // 2)

    def _from_graph(
        self,
        request: AnswerRequest,
        parsed: Question,
        language: Language,
        pack: EvidencePack,
        graph: QueryResult,
        labels: Labels,
        words: Messages,
    ) -> Prepared:
        ontology = self._domain.ontology
        unknown = unknown_names(parsed.resolved, graph, pack)
        if unknown:
            told = words.refusal["absent"].format(names=words.joined(list(unknown)))
            judgement = Judgement(Answerability.CANNOT_ANSWER, (told,), unknown)
            return Prepared(request, parsed, language, pack, (), judgement, graph, None, None, words)
        if not graph.found:
            told = empty_text(graph, ontology, words, language)
            judgement = Judgement(Answerability.CANNOT_ANSWER, (told,), tuple(n.surface for n in graph.mentions))
            return Prepared(request, parsed, language, pack, (), judgement, graph, None, None, words)
        composed = compose(graph, ontology, labels, words, language)
        judgement = Judgement(Answerability.ANSWER)
        return Prepared(request, parsed, language, pack, composed.items, judgement, graph, composed, None, words)

    async def _asked_of_graph(
        self, question: str, pack: EvidencePack, plan: str | None, language: Language
    ) -> tuple[QueryResult | None, str]:
        """What the graph says by rules; where they find nothing, by a constrained model's plan."""
        by_rules = pack.graph
        if plan == "" or answers_alone(by_rules) or not pack.entity_mentions or not (plan or self._constrained):
            return by_rules, ""
        with suppress(ModelError):
            found, made = await self._questions.ask_by_model(
                question, pack.entity_mentions, self._chat, plan=plan or "", language=language
            )
            if found is not None and found.found:
                return found, made
        return by_rules, ""

    async def _reading(self, pack: EvidencePack) -> tuple[Citation, ...]:
        """The first papers of a pack."""
        papers = {p.document.id: p for p in reversed(pack.passages)}
        chosen = list(reversed(papers.values()))[:_NEAREST_READING]
        items = await on_pages([passage_item(n, found) for n, found in enumerate(chosen, 1)], self._content)
        return tuple(item.citation for item in items)


def _asked_of_model(parsed: Question) -> str:
    """What a model is asked: of an instruction the question that it is about, and the instruction."""
    return f"{parsed.resolved}\n{parsed.text}" if parsed.intent is Intent.INSTRUCTION else parsed.resolved


def _other_than(said: Language, asked: Language) -> Language:
    """The language to translate into: that of the request, another one where the answer is in it already."""
    return asked if asked != said else next((name for name in sorted(languages()) if name != said), said)


def _by_document(pack: EvidencePack) -> EvidencePack:
    """A document's passages together, where its best one stands: a list tells what each document concludes."""
    place: dict[str, int] = {}
    for found in pack.passages:
        place.setdefault(found.document.id, len(place))
    return replace(pack, passages=tuple(sorted(pack.passages, key=lambda p: (place[p.document.id], p.passage.ordinal))))
