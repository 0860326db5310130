"""Typed edits of the graph: the only way to change it."""

from dataclasses import dataclass
from typing import Literal

from kg.domain import Entity, EntityId, Relation, RelationId, Revision


@dataclass(frozen=True, slots=True)
class AddEntity:
    """Add an entity that is not there; a retracted one may be added again."""

    entity: Entity


@dataclass(frozen=True, slots=True)
class EditEntity:
    """Replace names, identifiers and attributes of an entity seen at version ``expected``."""

    entity: Entity
    expected: int


@dataclass(frozen=True, slots=True)
class RetractEntity:
    """Take an entity back; its relations must be retracted before or in the same set."""

    id: EntityId
    expected: int


@dataclass(frozen=True, slots=True)
class RetypeEntity:
    """Give an entity another type of the ontology."""

    id: EntityId
    type: str
    expected: int


@dataclass(frozen=True, slots=True)
class MergeEntities:
    """Move names, identifiers and relations of ``source`` to ``target`` and retract ``source``."""

    source: EntityId
    source_expected: int
    target: EntityId
    target_expected: int


@dataclass(frozen=True, slots=True)
class SplitEntity:
    """Move the named names and relations of ``source`` to the new entity ``into``."""

    source: EntityId
    expected: int
    into: Entity
    relations: tuple[RelationId, ...] = ()


@dataclass(frozen=True, slots=True)
class AddRelation:
    """Add a relation between two entities that are there."""

    relation: Relation


@dataclass(frozen=True, slots=True)
class EditRelation:
    """Replace polarity, grade, qualifiers and evidence of a relation seen at version ``expected``."""

    relation: Relation
    expected: int


@dataclass(frozen=True, slots=True)
class RetractRelation:
    """Take a relation back."""

    id: RelationId
    expected: int


Change = (
    AddEntity
    | EditEntity
    | RetractEntity
    | RetypeEntity
    | MergeEntities
    | SplitEntity
    | AddRelation
    | EditRelation
    | RetractRelation
)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Changes applied together or not at all, by someone, for a reason."""

    changes: tuple[Change, ...]
    author: str
    reason: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One state that an entity or relation went through; ``after`` is None where it was retracted."""

    revision: int
    author: str
    reason: str
    time: str
    action: Literal["add", "edit", "retract"]
    before: Entity | Relation | None
    after: Entity | Relation | None


PURGE = "purge"
"""The kind of a revision that erases documents, so that it cannot be undone."""


@dataclass(frozen=True, slots=True)
class RevisionHeader:
    """Who writes what kind of revision, and why."""

    kind: str
    author: str
    reason: str
    undoes: Revision | None = None
