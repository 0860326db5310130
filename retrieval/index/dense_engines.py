"""Which engine holds the dense index of a snapshot: the one choice that reaches from the settings into the files."""

from pathlib import Path
from typing import Protocol

from retrieval.index.faiss_index import FaissIndex
from retrieval.protocols import DenseIndex


class DenseEngine(Protocol):
    """Makes and opens dense indexes of one kind."""

    @property
    def name(self) -> str:
        """Its name in the manifest; a snapshot of another engine is rebuilt."""

    def create(self, dimension: int, snapshot: str) -> DenseIndex:
        """An empty index for a snapshot that is being built."""

    def load(self, folder: Path) -> DenseIndex:
        """The index that ``save`` wrote; raises IndexCorrupt, IndexUnavailable."""

    def drop(self, folder: Path) -> None:
        """Delete the data of a dropped snapshot outside its folder."""


class FaissEngine:
    """FAISS: all files are in the snapshot's folder."""

    @property
    def name(self) -> str:
        """``faiss``."""
        return "faiss"

    def create(self, dimension: int, snapshot: str) -> DenseIndex:
        """An empty index in memory."""
        return FaissIndex(dimension)

    def load(self, folder: Path) -> DenseIndex:
        """Vectors mapped into memory."""
        return FaissIndex.load(folder)

    def drop(self, folder: Path) -> None:
        """All data is in the folder."""
