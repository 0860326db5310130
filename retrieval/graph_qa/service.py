"""Asking the graph: a question's names to a reading, a plan and an outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from langchain_core.language_models import BaseChatModel

from kg.domain import EntityId, Relation
from kg.ontology import Ontology
from kg.protocols import Graph
from retrieval.evidence import FactEvidence
from retrieval.graph_qa.entity_mentions import Naming
from retrieval.graph_qa.executor import Execution
from retrieval.graph_qa.parser_by_model import as_json, read_by_model, reading_of
from retrieval.graph_qa.parser_by_rules import Reader, Reading
from retrieval.graph_qa.planner import Planner
from retrieval.graph_qa.query_result import Outcome


class GraphQuestions:
    """Answers what the graph can answer by itself."""

    def __init__(self, graph: Graph, ontology: Ontology) -> None:
        self._graph = graph
        self._ontology = ontology
        self._reader = Reader(ontology)
        self._planner = Planner(ontology)

    async def ask(
        self, question: str, namings: Sequence[Naming], known: Mapping[EntityId, Sequence[Relation]] | None = None
    ) -> Outcome | None:
        """The graph's answer by rules, None where it is asked nothing; ``known`` spares reading relations again."""
        reading, narrowed = self._reader.read(question, namings)
        return None if reading is None else await self.answer(reading, narrowed, known)

    async def ask_by_model(
        self, question: str, namings: Sequence[Naming], chat: BaseChatModel, *, plan: str = ""
    ) -> tuple[Outcome | None, str]:
        """The graph's answer to a model's reading, and that reading as JSON; ``plan`` repeats an earlier one.

        Raises ModelError.
        """
        if plan:
            reading = reading_of(plan, namings, self._ontology)
        elif self._reader.asks_for_kind(question, namings):
            reading = await read_by_model(question, namings, self._ontology, chat)
        else:
            return None, ""
        if reading is None:
            return None, ""
        made = as_json(reading, namings)
        return await self.answer(replace(reading, rest=self._reader.unexplained(question, namings)), namings), made

    async def answer(
        self, reading: Reading, namings: Sequence[Naming], known: Mapping[EntityId, Sequence[Relation]] | None = None
    ) -> Outcome | None:
        """The graph's answer to a reading, None where no plan joins its names and types."""
        plan = self._planner.plan(reading, namings)
        if plan is None:
            return None
        found = await Execution(self._graph, self._ontology, known).run(plan)
        return replace(
            found,
            namings=tuple(namings),
            alone=reading.alone,
            graph_named=reading.graph_named,
            rest=reading.rest,
            facts=_once(found),
        )


def _once(outcome: Outcome) -> tuple[FactEvidence, ...]:
    rows = [*outcome.rows(), *(r for g in outcome.apart if outcome.verdict is False for r in g.rows)]
    return tuple({f.relation.id: f for r in rows for f in r.facts}.values())
