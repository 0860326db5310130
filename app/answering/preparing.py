"""All that happens before the model: rewriting, retrieval, the graph's own answer, sufficiency, the prompt."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from langchain_core.language_models import BaseChatModel

from app.answering.domain import AnswerRequest, Sufficiency
from app.answering.evidence import EvidenceItem, Labels, items_of
from app.answering.focusing import focused
from app.answering.graph_answers import Composed, compose, empty_text
from app.answering.graph_questions import GraphAnswer, ask_graph
from app.answering.phrasing import Phrasing, phrasing
from app.answering.picking import EvidencePicker
from app.answering.prompting import Prompt, build_prompt
from app.answering.rewriting import by_model, by_rules, last_question, needs_rewriting, topics, with_last_question
from app.answering.sufficiency import Judgement, judge_evidence, unknown_names
from kg.documents.language import language_of
from kg.domain import Language
from kg.ontology import Domain
from kg.protocols import Graph
from models.errors import ModelError
from models.protocols import Embedder
from retrieval.domain import EvidencePack, FactEvidence, Mode, Query

_ANSWER_TOKENS = 400
_FACTS_IN_PROMPT = 12


class Retrieves(Protocol):
    """What answering needs of retrieval."""

    async def retrieve(self, query: Query) -> EvidencePack:
        """Evidence for a query; raises RetrievalError."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What one question is answered from; ``composed`` is the graph's own answer where the graph alone is asked."""

    request: AnswerRequest
    language: Language
    rewritten: str
    pack: EvidencePack
    items: tuple[EvidenceItem, ...]
    judgement: Judgement
    graph: GraphAnswer | None
    composed: Composed | None
    prompt: Prompt | None
    words: Phrasing


@dataclass(frozen=True, slots=True)
class Limits:
    """Tokens of the model's context and of the evidence in it; ``focus_tokens`` where it reads chosen sentences."""

    context_tokens: int
    evidence_tokens: int
    focus_tokens: int | None = None


class Preparing:
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
    ) -> None:
        self._retriever = retriever
        self._graph = graph
        self._domain = domain
        self._embedder = embedder
        self._chat = chat
        self._limits = limits
        self._picker = EvidencePicker(embedder)
        self._generative = generative

    async def prepare(self, request: AnswerRequest, *, rewritten: str | None = None) -> Prepared:
        """Gather evidence and build the prompt; ``rewritten`` repeats an earlier rewriting."""
        language = request.language or language_of(request.question)
        words = phrasing(language)
        question = rewritten or await self._stand_alone(request)
        pack = await self._retriever.retrieve(
            Query(text=question, mode=request.mode, k=request.k, filters=request.filters)
        )
        graph = await ask_graph(question, pack, self._graph, self._domain.ontology)
        labels = labels_of(self._domain, language)
        if graph is not None and graph.whole:
            return self._from_graph(request, language, question, pack, graph, labels, words)
        pack_with_found = replace(pack, facts=_with_found(pack.facts, graph))
        items = items_of(pack, labels=labels, language=language, budget_tokens=self._limits.evidence_tokens)
        if self._limits.focus_tokens is not None and items:
            room = self._limits.focus_tokens
            items = await asyncio.to_thread(focused, question, items, self._picker, budget_tokens=room)
        judgement = judge_evidence(question, pack_with_found, words, language=language)
        composed = None
        if graph is not None and graph.found:
            composed = compose(graph, self._domain.ontology, labels, words, language, first=len(items) + 1)
        prompt = build_prompt(
            question,
            items if composed is None else (*items, *composed.items[:_FACTS_IN_PROMPT]),
            words,
            about=self._domain.about.in_(language),
            history=request.history,
            room_tokens=self._limits.context_tokens - self.answer_tokens(request),
        )
        kept = tuple(i for i in items if i.number in prompt.kept)
        if composed is not None:
            kept = (*kept, *composed.items)
        return Prepared(request, language, question, pack, kept, judgement, graph, composed, prompt, words)

    def answer_tokens(self, request: AnswerRequest) -> int:
        """Room that is left for the answer."""
        return min(request.parameters.max_tokens or _ANSWER_TOKENS, self._limits.context_tokens // 2)

    def _from_graph(
        self,
        request: AnswerRequest,
        language: Language,
        question: str,
        pack: EvidencePack,
        graph: GraphAnswer,
        labels: Labels,
        words: Phrasing,
    ) -> Prepared:
        ontology = self._domain.ontology
        unknown = unknown_names(question, graph, pack)
        if unknown:
            told = words.refusal["absent"].format(names=words.joined(list(unknown)))
            judgement = Judgement(Sufficiency.CANNOT_ANSWER, (told,), unknown)
            return Prepared(request, language, question, pack, (), judgement, graph, None, None, words)
        if not graph.found:
            told = empty_text(graph, ontology, words, language)
            judgement = Judgement(Sufficiency.CANNOT_ANSWER, (told,), tuple(n.surface for n in graph.named))
            return Prepared(request, language, question, pack, (), judgement, graph, None, None, words)
        composed = compose(graph, ontology, labels, words, language)
        judgement = Judgement(Sufficiency.ANSWER)
        return Prepared(request, language, question, pack, composed.items, judgement, graph, composed, None, words)

    async def _stand_alone(self, request: AnswerRequest) -> str:
        if not request.history:
            return request.question
        before = last_question(request.history)
        if not before or not needs_rewriting(request.question):
            return request.question
        linked = (await self._retriever.retrieve(Query(text=before, mode=Mode.GRAPH, k=1))).entities
        made = by_rules(request.question, topics(before, linked))
        if made is not None:
            return made
        if self._generative:
            with suppress(ModelError):
                return await by_model(request.question, request.history, self._chat)
        return with_last_question(request.question, request.history)


def labels_of(domain: Domain, language: Language) -> Labels:
    """A reader's word for each predicate."""
    return {name: predicate.label.in_(language) for name, predicate in domain.ontology.predicates.items()}


def _with_found(facts: Sequence[FactEvidence], graph: GraphAnswer | None) -> tuple[FactEvidence, ...]:
    """Facts that answer the question's graph part first, then those that retrieval found."""
    first = [f for found in (graph.found if graph else ()) for f in found.facts]
    seen = {f.relation.id for f in first}
    return (*first, *(f for f in facts if f.relation.id not in seen))
