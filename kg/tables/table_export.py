"""Writing the graph to tables that an import reads back, with the mapping beside them."""

import asyncio
import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from kg.domain import Entity, EntityId, Evidence, Name, Relation
from kg.progress import Progress, untold
from kg.protocols import Graph
from kg.tables.files import new_files, written
from kg.tables.pairs import join_pairs

Format = Literal["csv", "tsv", "jsonl"]
ENTITY_COLUMNS = ("id", "type", "names", "identifiers", "attributes", "bare")
RELATION_COLUMNS = ("subject", "predicate", "object", "polarity", "grade", "qualifiers", "evidence")
_HEAD = "# Reads the tables of this export back: jianxi kg import FOLDER --mapping FOLDER/mapping.yaml\n"
_ALL = 2**31 - 1


@dataclass(frozen=True, slots=True)
class ExportReport:
    """The counts of an export."""

    files: tuple[Path, ...]
    entities: int
    relations: int


async def export_tables(
    graph: Graph,
    folder: Path,
    *,
    format_: Format = "csv",
    compress: bool = False,
    progress: Progress = untold,
) -> ExportReport:
    """Write all entities and relations; raises InvalidTable where the folder holds an export already."""
    suffix = f"{format_}.gz" if compress else format_
    names = (f"entities.{suffix}", f"relations.{suffix}", "mapping.yaml")
    files = await asyncio.to_thread(new_files, folder, names)
    with _table(files[0], format_, ENTITY_COLUMNS) as nodes, _table(files[1], format_, RELATION_COLUMNS) as edges:

        def write(entities: Sequence[Entity], relations: Sequence[Relation]) -> None:
            nodes(_entity_cells(e, format_) for e in entities)
            edges(_relation_cells(r, format_) for r in relations)

        counts = await write_graph(graph, write, progress)
    mapping = _HEAD + mapping_of("export", names)
    await asyncio.to_thread(files[2].write_text, mapping, encoding="utf-8")
    return ExportReport(files, *counts)


async def write_graph(
    graph: Graph,
    write: Callable[[Sequence[Entity], Sequence[Relation]], None],
    progress: Progress = untold,
) -> tuple[int, int]:
    """Write all entities in batches ordered by id, each with the relations that start there; gives the counts."""
    stats = await graph.stats()
    totals = sum(stats.entities.values()), sum(stats.relations.values())
    written_entities = written_relations = 0
    async for batch in graph.named():
        ids = [EntityId(named.id) for named in batch]
        entities, relations = await graph.entities(ids), await graph.relations(ids, direction="out", limit=_ALL)
        await asyncio.to_thread(write, entities, relations)
        written_entities += len(entities)
        written_relations += len(relations)
        progress("entities", written_entities, totals[0])
        progress("relations", written_relations, totals[1])
    return written_entities, written_relations


def mapping_of(
    name: str,
    files: Sequence[str],
    columns: tuple[Sequence[str], Sequence[str]] = (ENTITY_COLUMNS, RELATION_COLUMNS),
    words: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {}),
) -> str:
    """The mapping that reads two tables with columns like those here; ``words`` are others for types and predicates."""
    id_, type_, names, identifiers, attributes, bare = columns[0]
    subject, predicate, object_, polarity, grade, qualifiers, evidence = columns[1]
    form = {"quote": '"', "encoding": "utf-8"}
    nodes: dict[str, object] = {"file": files[0], **form, "id": id_, "type": {"column": type_, "map": dict(words[0])}}
    nodes |= {"names": {"pairs": names}, "identifiers": {"pairs": identifiers}, "attributes": {"pairs": attributes}}
    edges: dict[str, object] = {"file": files[1], **form, "subject": subject}
    edges |= {"predicate": {"column": predicate, "map": dict(words[1])}, "object": object_}
    edges |= {"polarity": {"column": polarity}, "grade": {"column": grade}, "qualifiers": {"pairs": qualifiers}}
    edges |= {"evidence": {"json": evidence}, "missing": "report"}
    tables = {"name": name, "entities": [nodes | {"bare": bare}], "relations": [edges]}
    return str(yaml.safe_dump(tables, allow_unicode=True, sort_keys=False))


@contextmanager
def _table(
    path: Path, format_: Format, columns: Sequence[str]
) -> Iterator[Callable[[Iterable[Sequence[object]]], object]]:
    """A function that writes rows to a new table."""
    with written(path) as file, io.TextIOWrapper(file, encoding="utf-8", newline="") as text:
        if format_ == "jsonl":
            yield lambda rows: text.writelines(
                json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n" for row in rows
            )
        else:
            table = csv.writer(text, delimiter="\t" if format_ == "tsv" else ",")
            table.writerow(columns)
            yield table.writerows


def entity_record(entity: Entity) -> tuple[object, ...]:
    """The values of an entity in the order of ``ENTITY_COLUMNS``."""
    names = name_records(entity.names)
    return entity.id, entity.type, names, dict(entity.identifiers), dict(entity.attributes), entity.bare


def relation_record(relation: Relation) -> tuple[object, ...]:
    """The values of a relation in the order of ``RELATION_COLUMNS``."""
    evidence = evidence_records(relation.evidence)
    ends = relation.subject, relation.predicate, relation.object
    return *ends, relation.polarity.value, relation.grade or "", dict(relation.qualifiers), evidence


def name_records(names: Iterable[Name]) -> list[dict[str, object]]:
    """Names as objects of JSON."""
    return [{"text": n.text, "script": n.script, "preferred": n.preferred} for n in names]


def evidence_records(evidence: Iterable[Evidence]) -> list[dict[str, str]]:
    """Evidence as objects of JSON; ``evidence_in`` reads them."""
    return [
        {"source": e.source}
        | ({"passage_id": e.passage_id} if e.passage_id else {})
        | ({"quote": e.quote} if e.quote else {})
        for e in evidence
    ]


def _entity_cells(entity: Entity, format_: Format) -> tuple[object, ...]:
    if format_ == "jsonl":
        return entity_record(entity)
    return (
        entity.id,
        entity.type,
        join_pairs((n.script + "*" * n.preferred, n.text) for n in entity.names),
        join_pairs(entity.identifiers.items()),
        join_pairs(entity.attributes.items()),
        "true" if entity.bare else "",
    )


def _relation_cells(relation: Relation, format_: Format) -> tuple[object, ...]:
    *first, qualifiers, evidence = relation_record(relation)
    if format_ == "jsonl":
        return *first, qualifiers, evidence
    return *first, join_pairs(relation.qualifiers.items()), json.dumps(evidence, ensure_ascii=False) if evidence else ""
