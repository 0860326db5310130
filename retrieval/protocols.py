"""The seams of retrieval: the two indexes that other engines can stand behind."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from kg.domain import Document, Passage, PassageId
from models.protocols import Vectors
from retrieval.domain import Hit


class DenseIndex(Protocol):
    """Nearest passages by inner product of unit vectors."""

    def add(self, ids: Sequence[PassageId], vectors: Vectors) -> None:
        """Add passages; raises IndexMismatch for a wrong dimension."""

    def remove(self, ids: Collection[PassageId]) -> None:
        """Remove passages; unknown ids are ignored."""

    def search(self, vector: Vectors, k: int, *, allowed: Collection[PassageId] | None = None) -> Sequence[Hit]:
        """The k best, ties by id; only among ``allowed`` where given."""

    def save(self, folder: Path) -> None:
        """Write the index into an empty folder."""

    def __len__(self) -> int:
        """Number of passages."""


class LexicalIndex(Protocol):
    """Best passages by words, over title, headings, text, authors, journal and identifiers."""

    def add(self, passages: Sequence[tuple[Passage, Document]]) -> None:
        """Add passages with what their documents say of themselves."""

    def remove(self, ids: Collection[PassageId]) -> None:
        """Remove passages; unknown ids are ignored."""

    def search(self, text: str, k: int, *, allowed: Collection[PassageId] | None = None) -> Sequence[Hit]:
        """The k best, ties by id; user text is never query syntax."""

    def rarity(self, text: str) -> Mapping[str, float]:
        """The inverse document frequency of each distinct search word of a text."""

    def save(self, folder: Path) -> None:
        """Write the index into an empty folder."""

    def __len__(self) -> int:
        """Number of passages."""
