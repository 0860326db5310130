"""The seams of retrieval: sources of passages and the dense index."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Protocol

from kg.domain import PassageId
from models.protocols import Vectors
from retrieval.domain import Hit
from retrieval.sources.domain import SourceQuery, SourceRole


class Source(Protocol):
    """One way to find passages. A new one is a file in ``retrieval/sources`` and a line in its registry."""

    @property
    def name(self) -> str:
        """By which scores, times and ablation flags call it."""

    @property
    def role(self) -> SourceRole:
        """How its hits enter the ranking."""

    @property
    def reason(self) -> str:
        """Why its hits are there, as a reader would be told: `near the question in meaning`."""

    @property
    def weight(self) -> float:
        """How much its scores count in this corpus beside the other sources of its role."""

    def serves(self, query: SourceQuery) -> bool:
        """Whether it is asked: its mode is wanted and what it needs is known."""

    def find(self, query: SourceQuery, seeds: Sequence[Hit]) -> Sequence[Hit]:
        """Its hits, best first, ties by id; ``seeds`` is the ranking so far, empty for a source that finds."""


class DenseIndex(Protocol):
    """Nearest passages by inner product of unit vectors."""

    def search(self, vector: Vectors, k: int, *, allowed: Collection[PassageId] | None = None) -> Sequence[Hit]:
        """The k best, ties by id; only among ``allowed`` where given."""

    def vectors_of(self, ids: Sequence[PassageId]) -> Vectors:
        """The vectors of passages that are there, in the order asked; unknown ids are left out."""

    def __len__(self) -> int:
        """Number of passages."""


class DenseEngine(Protocol):
    """Makes and opens dense indexes of one kind."""

    @property
    def name(self) -> str:
        """Its name in the manifest; a snapshot of another engine is rebuilt."""

    def build(self, folder: Path, ids: Sequence[PassageId], vectors: Vectors, *, snapshot: str) -> None:
        """Write the index of a snapshot's passages into its folder."""

    def load(self, folder: Path) -> DenseIndex:
        """The index that ``build`` wrote; raises IndexCorrupt, IndexUnavailable."""

    def drop(self, folder: Path) -> None:
        """Delete the data of a dropped snapshot outside its folder."""
