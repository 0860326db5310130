"""Bringing a folder of tables into the graph as one revision."""

import asyncio
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TypeVar

from kg.domain import UNCHANGED, Entity, EntityId, Name
from kg.errors import InvalidMapping, InvalidTable
from kg.ontology import Ontology
from kg.progress import Progress, untold
from kg.protocols import Store
from kg.tables.entities import read_entities
from kg.tables.relations import Ends, RelationReader
from kg.tables.report import Findings, ImportReport
from kg.tables.shapes import Mapping_
from kg.tables.table_file import open_table

BATCH = 5000
T = TypeVar("T")


async def import_tables(
    store: Store,
    folder: Path,
    mapping: Mapping_,
    ontology: Ontology,
    *,
    author: str,
    parts: Collection[str] = (),
    strict: bool = False,
    dry_run: bool = False,
    reason: str = "",
    findings: Findings | None = None,
    progress: Progress = untold,
) -> ImportReport:
    """Import the tables of a folder; ``parts`` are optional parts of the mapping to take as well.

    Rows with problems are skipped and reported; where ``strict``, any problem refuses the whole and nothing is
    written, also one that is among the ``findings`` already. ``dry_run`` writes nothing and reports what would be.
    Raises InvalidTable for a missing or unreadable file or column, InvalidMapping for a mapping that does not fit the
    ontology.
    """
    began = time.monotonic()
    _check(mapping, ontology, parts)
    findings = findings or Findings()
    reading = _Reading(ontology, findings)
    await asyncio.to_thread(reading.read, folder, mapping, parts, progress)
    stored = await _stored(store, reading.unknown())
    reading.settle(stored)
    if strict:
        findings.refuse_if_any()
    entities, relations = reading.entities, reading.relations
    revision = UNCHANGED
    if not dry_run:
        revision = await store.load(
            _told(entities.values(), "entities", len(entities), progress),
            _told(relations.relations(), "relations", len(relations.said), progress),
            author=author,
            reason=reason or f"import of {folder.name} by the mapping {mapping.name}",
        )
    return ImportReport(
        revision,
        dict(Counter(e.type for e in entities.values())),
        dict(Counter(predicate for _, predicate, _ in relations.said)),
        dict(reading.bare),
        findings.merged,
        findings.repeated,
        findings.problems(),
        tuple(findings.notes),
        time.monotonic() - began,
    )


class _Reading:
    """The tables on their way to entities and relations."""

    def __init__(self, ontology: Ontology, findings: Findings) -> None:
        self._ontology = ontology
        self._findings = findings
        self._ends = Ends({})
        self.entities: dict[str, Entity] = {}
        self.relations = RelationReader(ontology, self._ends, findings)
        self.bare: Counter[str] = Counter()

    def read(self, folder: Path, mapping: Mapping_, parts: Collection[str], tell: Progress) -> None:
        """Read every requested table."""
        if not folder.is_dir():
            raise InvalidTable(str(folder), ["no such folder"])
        nodes = [t for t in mapping.entities if t.shape.part is None or t.shape.part in parts]
        edges = [t for t in mapping.relations if t.shape.part is None or t.shape.part in parts]
        total = len(nodes) + len(edges)
        for number, node in enumerate(nodes):
            tell("tables", number, total)
            table = open_table(folder, node.shape, self._findings)
            read_entities(table, node, self._ontology, self.entities, self._findings)
        self._ends.types.update((id_, e.type) for id_, e in self.entities.items())
        for number, edge in enumerate(edges, len(nodes)):
            tell("tables", number, total)
            self.relations.read(open_table(folder, edge.shape, self._findings), edge)
        tell("tables", total, total)

    def unknown(self) -> list[str]:
        """Ids that relations name and no table defines."""
        loose = {end for row in self._ends.loose for end in (row.triple[0], row.triple[2])}
        return sorted({*self._ends.created, *(end for end in loose if end not in self._ends.types)})

    def settle(self, stored: Mapping[str, str]) -> None:
        """Create bare entities for missing ends where the mapping says so; decide on the other rows."""
        self.relations.settle(stored)
        for id_, rule in self._ends.created.items():
            if id_ not in stored:
                rest = id_[len(rule.prefix) :]
                identifiers = {rule.identifier: rest} if rule.identifier else {}
                self.entities[id_] = Entity(EntityId(id_), rule.type, (Name(id_, "id"),), identifiers, {}, bare=True)
                self.bare[rule.type] += 1


async def _stored(store: Store, ids: list[str]) -> dict[str, str]:
    if not ids or await store.head() == 0:
        return {}
    types: dict[str, str] = {}
    for at in range(0, len(ids), BATCH):
        found = await store.entities([EntityId(id_) for id_ in ids[at : at + BATCH]])
        types.update((e.id, e.type) for e in found)
    return types


def _told(things: Iterable[T], step: str, total: int, tell: Progress) -> Iterator[list[T]]:
    """The things in batches; tells how many have been taken."""
    done, left = 0, iter(things)
    while batch := list(islice(left, BATCH)):
        yield batch
        done += len(batch)
        tell(step, done, total)


def _check(mapping: Mapping_, ontology: Ontology, parts: Collection[str]) -> None:
    problems = [
        f"no optional part {p!r}; there are {sorted(mapping.parts) or 'none'}" for p in parts if p not in mapping.parts
    ]
    problems += [
        f"{table.shape.file}: unknown type {table.type.constant!r}"
        for table in mapping.entities
        if table.type.constant is not None and table.type.constant not in ontology.types
    ]
    for edges in mapping.relations:
        told = [edges.predicate.constant] if edges.predicate.constant else list(edges.predicate.map.values())
        problems += [
            f"{edges.shape.file}: unknown predicate {p!r}" for p in dict.fromkeys(told) if p not in ontology.predicates
        ]
        problems += [
            f"{edges.shape.file}: unknown type {c.type!r}" for c in edges.create if c.type not in ontology.types
        ]
    if problems:
        raise InvalidMapping(f"mapping {mapping.name!r}", problems)
