"""Passages that are reached over shared names from the best ones so far and from the question's names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from retrieval.domain import Hit, Mode
from retrieval.sources.corpus_kind import linked_share
from retrieval.sources.dense import DEPTH
from retrieval.sources.domain import SourceQuery, SourceRole
from retrieval.sources.walk.graph import WalkGraph

WALK_MOST, WALK_LEAST, WALK_UNTITLED = 0.9, 0.02, 0.3
"""The walk's weight where passages name each other's titles, where they never do, and where there are no titles."""

GRAPH_MASS = 0.75
"""Share of the question's names in the restart when only the graph is asked."""


@dataclass(frozen=True, slots=True)
class WalkSource:
    """Walks the graph of passages and names."""

    graph: WalkGraph
    link_density: float | None
    name: ClassVar[str] = "walk"
    role: ClassVar[SourceRole] = SourceRole.SPREADS
    reason: ClassVar[str] = "shares names with the question and its best passages"

    @property
    def weight(self) -> float:
        """It hardly helps where no passage names another's subject."""
        if self.link_density is None:
            return WALK_UNTITLED
        return WALK_LEAST + (WALK_MOST - WALK_LEAST) * linked_share(self.link_density, unknown=0.0)

    def serves(self, query: SourceQuery) -> bool:
        """In the hybrid and the graph mode."""
        return query.mode in (Mode.HYBRID, Mode.GRAPH)

    def find(self, query: SourceQuery, seeds: Sequence[Hit]) -> Sequence[Hit]:
        """Passages with the probability of being reached."""
        names = self.graph.names_in(query.text, query.entities) if query.linking else []
        mass = {"mass": GRAPH_MASS} if query.mode is Mode.GRAPH else {}
        walked = self.graph.walk(seeds, names, limit=DEPTH, **mass)
        return walked if query.allowed is None else [h for h in walked if h.passage_id in query.allowed]
