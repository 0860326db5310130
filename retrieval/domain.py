"""The nouns of retrieval: a query and what was found for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kg.domain import Document, Entity, EntityId, Language, Passage, PassageId, Relation, Revision


class Mode(StrEnum):
    """Which sources are asked."""

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
        """Whether nothing is asked."""
        return self == Filters()


@dataclass(frozen=True, slots=True)
class Query:
    """A question as retrieval sees it; ``budget_tokens`` bounds the passages together, None does not."""

    text: str
    mode: Mode = Mode.HYBRID
    k: int = 8
    filters: Filters = field(default_factory=Filters)
    budget_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found by one source, best first, with the source's own score."""

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
class FactEvidence:
    """A relation that was found, with its ends.

    An attribute is told in the same form: the predicate is ``attribute:KEY``, the object an entity of type
    ``attribute`` whose name is the value.
    """

    relation: Relation
    subject: Entity
    object: Entity
    score: float


@dataclass(frozen=True, slots=True)
class LinkedEntity:
    """Characters [start, end) of the question name an entity."""

    entity: Entity
    start: int
    end: int
    surface: str


@dataclass(frozen=True, slots=True)
class EvidencePack:
    """What retrieval found, within the token budget, best first.

    ``stages_ms`` are milliseconds by stage; ``revision`` and ``snapshot`` make the run repeatable. ``signals`` are
    features for the judgement of sufficiency (best scores, margins, coverage of the question's words).
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
