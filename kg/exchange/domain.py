"""The nouns of a graph of another program: its nodes, its edges, and the source that gives them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from kg.domain import Entity, Name, Relation
from kg.tables.report import Findings

Value = str | tuple[str, ...]
"""A property: text, or a list of texts."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node; where ``names`` is empty they are found among the properties."""

    id: str
    labels: tuple[str, ...]
    properties: Mapping[str, Value] = field(default_factory=dict)
    names: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """A directed edge between the nodes of two ids."""

    start: str
    type: str
    end: str
    properties: Mapping[str, Value] = field(default_factory=dict)


class GraphSource(Protocol):
    """A graph that can be read once, nodes first; what an export of this program holds comes as it was."""

    @property
    def name(self) -> str:
        """What it is, for the history: ``Neo4j at HOST:7687``, ``graph.ttl``."""

    @property
    def findings(self) -> Findings:
        """Problems, and notes on what was left out; complete at the end."""

    def nodes(self) -> Iterator[Node | Entity]:
        """Every node."""

    def edges(self) -> Iterator[Edge | Relation]:
        """Every edge, after all nodes."""


def value_of(value: object) -> Value | None:
    """A property as text; None for nothing, and for bytes and vectors, which say nothing to a reader."""
    if value is None or isinstance(value, bytes | bytearray):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        if len(value) > 64 and all(isinstance(one, float) for one in value):
            return None
        return tuple(text for one in value if isinstance(text := value_of(one), str) and text)
    return str(value)
