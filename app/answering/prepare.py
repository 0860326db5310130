"""All that happens before the model: rewriting, retrieval, the graph's own answer, sufficiency, the prompt."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from langchain_core.language_models import BaseChatModel

from app.answering.context_compression import compressed
from app.answering.domain import Answerability, AnswerRequest, Conflict
from app.answering.evidence import EvidenceItem, Labels, items_of
from app.answering.follow_up import by_model, by_rules, last_question, needs_rewriting, topics, with_last_question
from app.answering.graph_answer import Composed, answers_alone, compose, empty_text
from app.answering.messages import Messages, messages_in
from app.answering.prompt import Prompt, build_prompt
from app.answering.selection import SentenceSelector
from app.answering.subject import subjects_of
from app.answering.verify.answerability import Judgement, judge_evidence, unknown_names
from app.answering.verify.conflicts import conflicts_of, placed
from app.answering.verify.judge import JudgeVerifier
from app.answering.verify.lexical import LexicalVerifier
from app.answering.verify.protocols import ClaimVerifier
from kg.documents.language import language_of
from kg.domain import Language
from kg.ontology import Domain
from kg.protocols import Graph
from models.errors import ModelError
from models.protocols import Embedder, Judge
from retrieval.domain import EvidencePack, Mode, Query
from retrieval.graph_qa.parser_by_model import is_constrained
from retrieval.graph_qa.query_result import QueryResult
from retrieval.graph_qa.service import GraphQa
from retrieval.question.requests import listed

_ANSWER_TOKENS = 400
_FACTS_IN_PROMPT = 12
_LISTED_K, _LISTED_EVIDENCE = 20, 2
"""Passages that a list is made from, and how much more evidence sentences are chosen from for it."""


class Retrieves(Protocol):
    """What answering needs of retrieval."""

    async def retrieve(self, query: Query) -> EvidencePack:
        """Evidence for a query; raises RetrievalError."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What one question is answered from; ``composed`` is the graph's own answer where the graph is asked.

    ``plan`` is how a model read the question to the graph, empty where rules did.
    """

    request: AnswerRequest
    language: Language
    rewritten: str
    pack: EvidencePack
    items: tuple[EvidenceItem, ...]
    judgement: Judgement
    graph: QueryResult | None
    composed: Composed | None
    prompt: Prompt | None
    words: Messages
    plan: str = ""
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """Tokens of the model's context and of the evidence in it; ``focus_tokens`` where it reads chosen sentences."""

    context_tokens: int
    evidence_tokens: int
    focus_tokens: int | None = None


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
        judge: Judge | None = None,
    ) -> None:
        self._retriever = retriever
        self._questions = GraphQa(graph, domain.ontology)
        self._domain = domain
        self._subjects = subjects_of(domain)
        self._embedder = embedder
        self._chat = chat
        self._limits = limits
        self._judge = judge
        self._verifier: ClaimVerifier = JudgeVerifier(judge) if judge is not None else LexicalVerifier()
        self._selector = SentenceSelector(embedder, judge)
        self._generative = generative
        self._constrained = generative and is_constrained(chat)

    async def prepare(
        self, request: AnswerRequest, *, rewritten: str | None = None, plan: str | None = None
    ) -> Prepared:
        """Gather evidence and build the prompt; ``rewritten`` and ``plan`` repeat what a model made earlier."""
        language = request.language or language_of(request.question)
        words = messages_in(language)
        question = rewritten or await self._stand_alone(request)
        several = bool(listed(question))
        k = max(request.k, _LISTED_K) if several else request.k
        pack = await self._retriever.retrieve(Query(text=question, mode=request.mode, k=k, filters=request.filters))
        pack = _by_document(pack) if several else pack
        graph, plan = await self._asked_of_graph(question, pack, plan)
        labels = labels_of(self._domain, language)
        if graph is not None and answers_alone(graph):
            return replace(self._from_graph(request, language, question, pack, graph, labels, words), plan=plan)
        chosen = several and (self._limits.focus_tokens is not None or not self._generative)
        budget = self._limits.evidence_tokens * (_LISTED_EVIDENCE if chosen else 1)
        items = items_of(pack, labels=labels, language=language, budget_tokens=budget)
        whole, conflicts = items, await conflicts_of(question, items, self._verifier, self._selector)
        if self._limits.focus_tokens is not None and items:
            room, held = self._limits.focus_tokens, {(s.number, s.quote) for c in conflicts for s in c.sides}
            items = await asyncio.to_thread(compressed, question, items, self._selector, budget_tokens=room, held=held)
        composed = None
        if graph is not None and graph.found and graph.graph_named:
            composed = compose(graph, self._domain.ontology, labels, words, language, first=len(items) + 1)
        prompt = build_prompt(
            question,
            items if composed is None else (*items, *composed.items[:_FACTS_IN_PROMPT]),
            words,
            subject=self._subjects.get(language) or self._subjects["en"],
            history=request.history,
            room_tokens=self._limits.context_tokens - self.answer_tokens(request),
        )
        kept = tuple(i for i in items if i.number in prompt.kept)
        conflicts = placed(conflicts, whole, kept)
        judgement = await judge_evidence(question, pack, words, judge=self._judge, conflicts=conflicts)
        if composed is not None:
            kept = (*kept, *composed.items)
        return Prepared(
            request, language, question, pack, kept, judgement, graph, composed, prompt, words, plan, conflicts
        )

    def answer_tokens(self, request: AnswerRequest) -> int:
        """Room that is left for the answer."""
        return min(request.parameters.max_tokens or _ANSWER_TOKENS, self._limits.context_tokens // 2)

    def _from_graph(
        self,
        request: AnswerRequest,
        language: Language,
        question: str,
        pack: EvidencePack,
        graph: QueryResult,
        labels: Labels,
        words: Messages,
    ) -> Prepared:
        ontology = self._domain.ontology
        unknown = unknown_names(question, graph, pack)
        if unknown:
            told = words.refusal["absent"].format(names=words.joined(list(unknown)))
            judgement = Judgement(Answerability.CANNOT_ANSWER, (told,), unknown)
            return Prepared(request, language, question, pack, (), judgement, graph, None, None, words)
        if not graph.found:
            told = empty_text(graph, ontology, words, language)
            judgement = Judgement(Answerability.CANNOT_ANSWER, (told,), tuple(n.surface for n in graph.mentions))
            return Prepared(request, language, question, pack, (), judgement, graph, None, None, words)
        composed = compose(graph, ontology, labels, words, language)
        judgement = Judgement(Answerability.ANSWER)
        return Prepared(request, language, question, pack, composed.items, judgement, graph, composed, None, words)

    async def _asked_of_graph(
        self, question: str, pack: EvidencePack, plan: str | None
    ) -> tuple[QueryResult | None, str]:
        """What the graph says by rules; where they find nothing, by a constrained model's plan."""
        by_rules = pack.graph
        if plan == "" or answers_alone(by_rules) or not pack.entity_mentions or not (plan or self._constrained):
            return by_rules, ""
        with suppress(ModelError):
            found, made = await self._questions.ask_by_model(
                question, pack.entity_mentions, self._chat, plan=plan or ""
            )
            if found is not None and found.found:
                return found, made
        return by_rules, ""

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


def _by_document(pack: EvidencePack) -> EvidencePack:
    """A document's passages together, where its best one stands: a list tells what each document concludes."""
    place: dict[str, int] = {}
    for found in pack.passages:
        place.setdefault(found.document.id, len(place))
    return replace(pack, passages=tuple(sorted(pack.passages, key=lambda p: (place[p.document.id], p.passage.ordinal))))


def labels_of(domain: Domain, language: Language) -> Labels:
    """A reader's word for each predicate."""
    ontology = domain.ontology
    return {name: predicate.label.in_(language) for name, predicate in ontology.predicates.items()} | {
        f"attribute:{key}": label.in_(language) for key, label in ontology.question_words.labels.items()
    }
