"""The result of a plan: rows with their facts."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.domain import Entity
from retrieval.evidence import FactEvidence
from retrieval.graph_qa.entity_mentions import EntityMention
from retrieval.graph_qa.plan import Part, Plan


@dataclass(frozen=True, slots=True)
class Row:
    """One thing found, with the facts that make it one; ``measure`` is what it was ranked by."""

    entity: Entity
    facts: tuple[FactEvidence, ...]
    measure: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """What was found for one part of the plan; ``total`` counts rows that a cap left out as well."""

    part: Part
    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The answer of the graph.

    ``groups`` are in the plan's order, of a comparison best first, of paths one each. ``verdict`` answers yes or no;
    ``apart`` tells by name what each has where nothing fits all. ``truncated`` tells that a bound was met. ``alone``
    tells that the question asks the graph and nothing else, ``graph_named`` that it says so; ``rest`` are its words
    that the plan does not explain. ``complement`` tells that it asks for what stands beside none of its names, which is
    not listed.
    """

    plan: Plan
    mentions: tuple[EntityMention, ...]
    groups: tuple[Group, ...]
    verdict: bool | None = None
    apart: tuple[Group, ...] = ()
    truncated: bool = False
    alone: bool = False
    graph_named: bool = False
    rest: tuple[str, ...] = ()
    complement: bool = False
    facts: tuple[FactEvidence, ...] = field(default=())

    @property
    def found(self) -> bool:
        """Whether it says anything."""
        return self.verdict is not None or any(g.rows for g in self.groups)

    def rows(self) -> Iterator[Row]:
        """All rows."""
        for group in self.groups:
            yield from group.rows
