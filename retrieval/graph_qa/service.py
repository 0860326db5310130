"""Asks the graph: parses a question, plans it and executes the plan."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from langchain_core.language_models import BaseChatModel

from kg.domain import EntityId, Language, Relation
from kg.ontology import Ontology
from kg.protocols import Graph
from retrieval.evidence import FactEvidence
from retrieval.graph_qa.entity_mentions import EntityMention
from retrieval.graph_qa.executor import Execution
from retrieval.graph_qa.intent_patterns import IntentPatterns
from retrieval.graph_qa.parsed_question import ParsedQuestion
from retrieval.graph_qa.parser_by_model import as_json, parse_by_model, parsed_from_json
from retrieval.graph_qa.parser_by_rules import RuleParser
from retrieval.graph_qa.plan import Having
from retrieval.graph_qa.planner import Planner, restricted_to
from retrieval.graph_qa.query_result import QueryResult
from retrieval.graph_qa.sets import TypeOf

PLANNED = 2000
"""Facts of one answer at most."""

_BESIDE = 8
"""Things at most that a name brings to a question which no plan answers."""


class GraphQa:
    """Answers questions from the graph alone."""

    def __init__(self, graph: Graph, ontology: Ontology) -> None:
        self._graph = graph
        self._ontology = ontology
        self._parser = RuleParser(ontology)
        self._planner = Planner(ontology)

    @property
    def intents(self) -> IntentPatterns:
        """The patterns by which questions are read."""
        return self._parser.intents

    async def ask(
        self,
        question: str,
        mentions: Sequence[EntityMention],
        known: Mapping[EntityId, Sequence[Relation]] | None = None,
        *,
        among: Sequence[EntityMention] = (),
        grades: frozenset[str] = frozenset(),
        language: Language = "",
        type_of: TypeOf = lambda _: None,
    ) -> tuple[QueryResult | None, tuple[FactEvidence, ...]]:
        """The graph's answer by rules, None if the question does not ask the graph; and facts for an answer in words.

        The facts are those of the answer. Where it has none, they are what joins the names or stands beside them.
        ``known`` spares reading relations again, ``type_of`` reading the types of what joins the names or stands beside
        them; ``among`` are things of an earlier list to which lists are restricted; ``language`` is the reader's, in
        which attributes are told. With ``grades`` the facts are of these only.
        """
        listed = frozenset(e.type for mention in among for e in mention.senses)
        parsed, narrowed = self._parser.parse(question, mentions, among=listed)
        found = await self.answer(parsed, narrowed, known, among=among, language=language) if parsed else None
        if found is not None and found.found:
            return found, tuple(f for f in found.facts if not grades or f.relation.grade in grades)
        execution = Execution(self._graph, self._ontology, known, type_of=type_of, most_rows=_BESIDE)
        context = await execution.run(self._planner.context(parsed, narrowed, grades))
        return found, _by_names(context)

    async def ask_by_model(
        self,
        question: str,
        mentions: Sequence[EntityMention],
        chat: BaseChatModel,
        *,
        plan: str = "",
        language: Language = "",
    ) -> tuple[QueryResult | None, str]:
        """The graph's answer to what a model parsed, and that as JSON; ``plan`` repeats an earlier one.

        Raises ModelError.
        """
        if plan:
            parsed = parsed_from_json(plan, mentions, self._ontology)
        elif self._parser.asks_for_kind(question, mentions):
            parsed = await parse_by_model(question, mentions, self._ontology, chat)
        else:
            return None, ""
        if parsed is None:
            return None, ""
        made = as_json(parsed, mentions)
        whole = replace(parsed, rest=self._parser.unexplained(question, mentions))
        return await self.answer(whole, mentions, language=language), made

    async def answer(
        self,
        parsed: ParsedQuestion,
        mentions: Sequence[EntityMention],
        known: Mapping[EntityId, Sequence[Relation]] | None = None,
        *,
        among: Sequence[EntityMention] = (),
        language: Language = "",
    ) -> QueryResult | None:
        """The graph's answer to a parsed question, None where no plan joins its names and types."""
        plan = self._planner.plan(parsed, mentions)
        if plan is None:
            return None
        plan = restricted_to(plan, among)
        if parsed.only_without:
            return QueryResult(plan, tuple(mentions), (), alone=parsed.alone, complement=True)
        found = await Execution(self._graph, self._ontology, known, language=language).run(plan)
        return replace(
            found,
            mentions=tuple(mentions),
            alone=parsed.alone and not _unsaid(found),
            graph_named=parsed.graph_named,
            rest=parsed.rest,
            facts=_once(found),
        )


def _unsaid(result: QueryResult) -> bool:
    """Whether the plan looks for a value of an attribute that the question does not name."""
    return any(isinstance(g.part.things, Having) and not g.part.things.values for g in result.groups)


def _once(result: QueryResult) -> tuple[FactEvidence, ...]:
    rows = [*result.rows(), *(r for g in result.apart if result.verdict is False for r in g.rows)]
    return tuple({f.relation.id: f for r in rows for f in r.facts}.values())[:PLANNED]


def _by_names(context: QueryResult) -> tuple[FactEvidence, ...]:
    """Facts scored by the share of the names that they belong to, best first."""
    facts = [{f.relation.id: f for row in group.rows for f in row.facts} for group in context.groups]
    counts = Counter(id_ for of_name in facts for id_ in of_name)
    every = {id_: fact for of_name in facts for id_, fact in of_name.items()}
    return tuple(replace(every[id_], score=round(n / len(facts), 4)) for id_, n in counts.most_common())
