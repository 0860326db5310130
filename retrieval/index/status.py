"""The state of the indexes, as a command shows it."""

from dataclasses import dataclass

from kg.domain import Revision


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The status that ``jianxi index status`` shows; ``problem`` is the problem and its cure."""

    snapshot: str | None
    revision: Revision | None
    head: Revision
    documents: int
    passages: int
    edges: int
    embedder: str | None
    dimension: int | None
    dense: str | None
    problem: str | None

    @property
    def behind(self) -> bool:
        """Whether the store has changed since the snapshot was built."""
        return self.revision != self.head
