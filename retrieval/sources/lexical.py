"""Passages that hold the question's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from retrieval.domain import Hit, Mode
from retrieval.index.tantivy_index import TantivyIndex
from retrieval.sources.dense import DEPTH, dense_share
from retrieval.sources.domain import SourceQuery, SourceRole


@dataclass(frozen=True, slots=True)
class LexicalSource:
    """Searches the lexical index."""

    index: TantivyIndex
    link_density: float | None
    name: ClassVar[str] = "lexical"
    role: ClassVar[SourceRole] = SourceRole.FINDS
    reason: ClassVar[str] = "holds words of the question"

    @property
    def weight(self) -> float:
        """What the dense source leaves of the fusion."""
        return 1.0 - dense_share(self.link_density)

    def serves(self, query: SourceQuery) -> bool:
        """In every mode but the dense one."""
        return query.mode is not Mode.DENSE

    def find(self, query: SourceQuery, seeds: Sequence[Hit]) -> Sequence[Hit]:
        """The best passages by words."""
        return self.index.search(query.searched, DEPTH, allowed=query.allowed)
