"""A plan of look-ups in the knowledge graph: by rules, or by the model in JSON that its server constrains."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from app.answering.evidence import fact_text
from eval.prompts.ask import Asker
from eval.prompts.domain import Planned, Problem
from eval.prompts.lookups import Attribute, Kind, Lookup, look_up, slots_of
from eval.prompts.protocols import Task
from kg.domain import Language
from kg.ontology import Ontology
from kg.protocols import Graph
from models.errors import ModelRefused
from retrieval.domain import FactEvidence, LinkedEntity, Mode, Query
from retrieval.graph_qa.parser_by_rules import RuleParser
from retrieval.retriever import Retriever

_MOST_LOOKUPS = 4
_MOST_FACTS = 24
_ANY = "any"


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    entities: tuple[str, ...]
    type: str = _ANY


class _Plan(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    lookups: tuple[_Step, ...]


class KnowledgePlanner:
    """Plans over what the linker finds in the question; with ``by`` model the rules stand in for a plan that fails."""

    def __init__(
        self,
        task: Task,
        retriever: Retriever,
        graph: Graph,
        ontology: Ontology,
        *,
        by: Literal["rules", "model"] = "rules",
    ) -> None:
        self._task = task
        self._retriever = retriever
        self._graph = graph
        self._ontology = ontology
        self._by = by

    async def planned(self, problem: Problem, asker: Asker) -> Planned:
        """Link, plan, look up; raises models.errors and retrieval.errors."""
        links = (await self._retriever.retrieve(Query(problem.question, Mode.GRAPH, 1))).entities
        if not links:
            return Planned((), (), self._by)
        lookups, by = by_rules(problem.question, links, self._ontology), "rules"
        if self._by == "model":
            made = await self._made(problem, links, asker)
            if made:
                lookups, by = made, "model"
        slots = await slots_of(links, self._graph)
        facts: list[str] = []
        for lookup in lookups:
            found = await look_up(lookup, slots, self._graph)
            lines = dict.fromkeys(self._line(f, problem.language) for f in found)
            room = max(1, (_MOST_FACTS - len(facts)) // max(1, len(lookups)))
            facts += [f for f in [*lines][:room] if f not in facts]
            if len(lines) > room:
                facts.append(f"{lookup.line()}: {room} / {len(lines)}")
        return Planned(tuple(lookup.line() for lookup in lookups), tuple(facts), by)

    async def _made(self, problem: Problem, links: Sequence[LinkedEntity], asker: Asker) -> tuple[Lookup, ...]:
        words = self._task.wording(problem.language)
        names = [*dict.fromkeys(link.surface for link in links)]
        try:
            reply = await asker.ask(
                words.messages(words.plan, problem.question), "plan", schema=schema(names, [*self._ontology.types])
            )
        except ModelRefused:
            return ()
        return lookups_in(reply, names, self._ontology)

    def _line(self, found: FactEvidence | Attribute, language: Language) -> str:
        if isinstance(found, Attribute):
            return f"{found.entity.name(language)} {found.key}: {found.value}"
        labels = {name: p.label.in_(language) for name, p in self._ontology.predicates.items()}
        return fact_text(found, labels, language)


def by_rules(question: str, links: Sequence[LinkedEntity], ontology: Ontology) -> tuple[Lookup, ...]:
    """What is shared by all names or how they are connected, then what each has of the asked type."""
    names = tuple(dict.fromkeys(link.surface for link in links))
    type_ = min(RuleParser(ontology).asked(question), default=None)
    together = (Lookup(Kind.SHARED if type_ else Kind.PATHS, names[:3], type_),) if len(names) > 1 else ()
    if type_ is None and len(names) == 1:
        return (Lookup(Kind.ATTRIBUTES, names), Lookup(Kind.NEIGHBOURS, names))
    apart = tuple(Lookup(Kind.NEIGHBOURS, (name,), type_) for name in names)
    return (*together, *apart)[:_MOST_LOOKUPS]


def schema(names: Sequence[str], types: Sequence[str]) -> Mapping[str, Any]:
    """The JSON schema of a plan over these names and types."""
    step = {
        "type": "object",
        "properties": {
            "kind": {"type": "string", "enum": [k.value for k in Kind]},
            "entities": {"type": "array", "items": {"type": "string", "enum": [*names]}, "minItems": 1, "maxItems": 3},
            "type": {"type": "string", "enum": [_ANY, *types]},
        },
        "required": ["kind", "entities", "type"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"lookups": {"type": "array", "items": step, "minItems": 1, "maxItems": _MOST_LOOKUPS}},
        "required": ["lookups"],
        "additionalProperties": False,
    }


def lookups_in(reply: str, names: Sequence[str], ontology: Ontology) -> tuple[Lookup, ...]:
    """The plan of a reply; nothing where it is no valid plan over these names and the ontology's types."""
    try:
        plan = _Plan.model_validate_json(reply)
    except ValidationError:
        return ()
    if any(set(s.entities) - set(names) or s.type not in (_ANY, *ontology.types) for s in plan.lookups):
        return ()
    steps = [s for s in plan.lookups if s.entities][:_MOST_LOOKUPS]
    return tuple(Lookup(s.kind, s.entities, None if s.type == _ANY else s.type) for s in steps)
