"""Passages near the question in meaning, by the embedder's vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from retrieval.domain import Hit, Mode
from retrieval.protocols import DenseIndex
from retrieval.sources.corpus_kind import linked_share
from retrieval.sources.domain import SourceQuery, SourceRole

DEPTH = 200
"""Passages that a source is asked for."""

DENSE_MOST, DENSE_LEAST = 0.7, 0.49
"""Share of the dense source in the fusion, in encyclopaedias and among papers; the lexical one has the rest.

Papers are told apart by their terms, encyclopaedia entries by their meaning.
"""


def dense_share(link_density: float | None) -> float:
    """The dense source's share in a corpus."""
    return DENSE_LEAST + (DENSE_MOST - DENSE_LEAST) * linked_share(link_density, unknown=1.0)


@dataclass(frozen=True, slots=True)
class DenseSource:
    """Searches the dense index."""

    index: DenseIndex
    link_density: float | None
    name: ClassVar[str] = "dense"
    role: ClassVar[SourceRole] = SourceRole.FINDS
    reason: ClassVar[str] = "near the question in meaning"

    @property
    def weight(self) -> float:
        """Its share of the fusion."""
        return dense_share(self.link_density)

    def serves(self, query: SourceQuery) -> bool:
        """Where the question is embedded."""
        return query.vector is not None and query.mode is not Mode.LEXICAL

    def find(self, query: SourceQuery, seeds: Sequence[Hit]) -> Sequence[Hit]:
        """The nearest passages."""
        return [] if query.vector is None else self.index.search(query.vector, DEPTH, allowed=query.allowed)
