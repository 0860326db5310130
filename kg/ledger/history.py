"""The history of an entity or relation, from the states that a store has kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from kg.domain import Entity, PassageId, Relation
from kg.ledger.changes import HistoryEntry

State = tuple[Entity | Relation, int, int | None]
"""A state, the revision that made it and the one that ended it."""


def revisions_of(states: Sequence[State]) -> list[int]:
    """The revisions that the states name."""
    return sorted({n for _, made_in, ended_in in states for n in (made_in, ended_in) if n is not None})


def without_quotes(relation: Relation, gone: Collection[PassageId]) -> Relation:
    """The relation without its quotes of passages that are gone; their sources stay."""
    told = tuple(replace(e, quote="") if e.passage_id in gone else e for e in relation.evidence)
    return replace(relation, evidence=told)


def entries_of(states: Sequence[State], told: Mapping[int, tuple[str, str, str]]) -> list[HistoryEntry]:
    """The entries of the states, oldest first; ``told`` gives author, reason and time of their revisions."""

    def entry(revision: int, before: Entity | Relation | None, after: Entity | Relation | None) -> HistoryEntry:
        action: Literal["add", "edit", "retract"] = "retract" if after is None else "add" if before is None else "edit"
        return HistoryEntry(revision, *told[revision], action, before, after)

    entries: list[HistoryEntry] = []
    before: Entity | Relation | None = None
    for number, (state, made_in, ended_in) in enumerate(states):
        entries.append(entry(made_in, before, state))
        following = states[number + 1][0] if number + 1 < len(states) else None
        before = state
        if ended_in is not None and (following is None or following.version != state.version + 1):
            entries.append(entry(ended_in, state, None))
            before = None
    return entries
