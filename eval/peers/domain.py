"""The nouns of a comparison: a suite with its vectors, and a system that tells its parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from eval.retrieval.domain import Suite
from eval.retrieval.systems import System
from eval.runs import Json
from models.protocols import Vectors


@dataclass(frozen=True, slots=True)
class Corpus:
    """A suite with the vectors that all systems share.

    ``documents`` are the strings that were embedded, title and text; rows of ``vectors`` (n, dimension) are in the
    order of the suite's texts. ``asked`` holds the vector of each question by its id.
    """

    suite: Suite
    documents: tuple[str, ...]
    vectors: Vectors
    asked: Mapping[str, Vectors]

    @property
    def ids(self) -> list[str]:
        """Ids of the texts, in the order of the rows."""
        return [t.id for t in self.suite.texts]


class Peer(System, Protocol):
    """A system of a comparison."""

    @property
    def parameters(self) -> Mapping[str, Json]:
        """What it was set to, for the table's notes."""
