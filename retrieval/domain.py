"""The values of retrieval: a query and its evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from kg.domain import Document, EntityId, Language, Passage, PassageId, Revision
from retrieval.evidence import FactEvidence, LinkedEntity
from retrieval.graph_qa.entity_mentions import EntityMention
from retrieval.graph_qa.query_result import QueryResult

__all__ = [
    "EvidencePack",
    "FactEvidence",
    "Filters",
    "Hit",
    "LinkedEntity",
    "Mode",
    "PassageEvidence",
    "Query",
]


class Mode(StrEnum):
    """The sources to search."""

    HYBRID = "hybrid"
    DENSE = "dense"
    LEXICAL = "lexical"
    GRAPH = "graph"


@dataclass(frozen=True, slots=True)
class Filters:
    """What evidence must be; empty means all. Years are inclusive."""

    document_ids: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    language: Language | None = None
    entity_ids: tuple[EntityId, ...] = ()
    grades: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether no condition is set."""
        return self == Filters()


@dataclass(frozen=True, slots=True)
class Query:
    """A question as retrieval sees it; ``budget_tokens`` bounds the passages together, None does not.

    ``among`` are names of an earlier list to which a list of the graph is restricted. ``language`` is the reader's,
    that of the question where it is empty. Each passage is followed by so many ``neighbours`` of its document on either
    side: an answer often stands beside the passage that shares the question's words.
    """

    text: str
    mode: Mode = Mode.HYBRID
    k: int = 8
    filters: Filters = field(default_factory=Filters)
    budget_tokens: int | None = None
    among: tuple[str, ...] = ()
    language: Language = ""
    neighbours: int = 0


class Hit(NamedTuple):
    """A passage found by one source, best first, with the source's own score.

    A tuple, because a question makes a thousand of them and a frozen dataclass takes three times as long to make.
    """

    passage_id: PassageId
    score: float


@dataclass(frozen=True, slots=True)
class PassageEvidence:
    """A passage that was found; ``scores`` holds each source's own."""

    passage: Passage
    document: Document
    score: float
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvidencePack:
    """What retrieval found, within the token budget, best first; asked-for neighbours follow their passage.

    ``stages_ms`` are milliseconds by stage; ``revision`` and ``snapshot`` make the run repeatable. ``signals`` are
    features of what was found (best scores, margins, coverage of the question's words); ``rarity`` tells how rare each
    word of the question is, where that is known. ``entity_mentions`` are the question's names with all their senses,
    ``graph`` is the answer of the graph, None if it was not queried.
    """

    query: Query
    language: Language
    passages: tuple[PassageEvidence, ...]
    facts: tuple[FactEvidence, ...]
    entities: tuple[LinkedEntity, ...]
    revision: Revision
    snapshot: str
    embedder: str
    reranker: str | None
    stages_ms: Mapping[str, float] = field(default_factory=dict)
    signals: Mapping[str, float] = field(default_factory=dict)
    entity_mentions: tuple[EntityMention, ...] = ()
    graph: QueryResult | None = None
    rarity: Mapping[str, float] = field(default_factory=dict)
