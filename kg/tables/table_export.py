"""Writing the graph to tables that an import reads back, with the mapping beside them."""

import asyncio
import csv
import gzip
import io
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, cast

from kg.domain import Entity, EntityId, Evidence, Name, Relation
from kg.errors import InvalidTable
from kg.protocols import Graph
from kg.tables.pairs import join_pairs
from kg.tables.table_import import Progress

Format = Literal["csv", "tsv", "jsonl"]
ENTITY_COLUMNS = ("id", "type", "names", "identifiers", "attributes", "bare")
RELATION_COLUMNS = ("subject", "predicate", "object", "polarity", "grade", "qualifiers", "evidence")
_ALL = 2**31 - 1

_MAPPING = """\
# Reads the tables of this export back: jianxi kg import FOLDER --mapping FOLDER/mapping.yaml
name: export
entities:
  - file: {entities}
    quote: '"'
    encoding: utf-8
    id: id
    type: {{column: type}}
    names: {{pairs: names}}
    identifiers: {{pairs: identifiers}}
    attributes: {{pairs: attributes}}
    bare: bare
relations:
  - file: {relations}
    quote: '"'
    encoding: utf-8
    subject: subject
    predicate: {{column: predicate}}
    object: object
    polarity: {{column: polarity}}
    grade: {{column: grade}}
    qualifiers: {{pairs: qualifiers}}
    evidence: {{json: evidence}}
    missing: report
"""


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
    progress: Progress | None = None,
) -> ExportReport:
    """Write all entities and relations; raises InvalidTable where the folder holds an export already."""
    suffix = f"{format_}.gz" if compress else format_
    names = (f"entities.{suffix}", f"relations.{suffix}", "mapping.yaml")
    files = tuple(folder / name for name in names)
    await asyncio.to_thread(_prepare, folder, files)
    stats = await graph.stats()
    totals = sum(stats.entities.values()), sum(stats.relations.values())
    written = [0, 0]
    with _Writer(files[0], format_, ENTITY_COLUMNS) as nodes, _Writer(files[1], format_, RELATION_COLUMNS) as edges:
        async for entities, relations in whole(graph):
            await asyncio.to_thread(nodes.write, [_entity_cells(e, format_) for e in entities])
            await asyncio.to_thread(edges.write, [_relation_cells(r, format_) for r in relations])
            written[0] += len(entities)
            written[1] += len(relations)
            if progress:
                progress("entities", written[0], totals[0])
                progress("relations", written[1], totals[1])
    await asyncio.to_thread(
        files[2].write_text, _MAPPING.format(entities=names[0], relations=names[1]), encoding="utf-8"
    )
    return ExportReport(files, *written)


async def whole(graph: Graph) -> AsyncIterator[tuple[Sequence[Entity], Sequence[Relation]]]:
    """All entities in batches ordered by id, each with the relations that start there."""
    async for batch in graph.named():
        ids = [EntityId(named.id) for named in batch]
        yield await graph.entities(ids), await graph.relations(ids, direction="out", limit=_ALL)


def _prepare(folder: Path, files: Sequence[Path]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if there := [f.name for f in files if f.exists()]:
        raise InvalidTable(str(folder), [f"holds {', '.join(there)} already; choose another folder"])


class _Writer:
    """One table on its way to disk."""

    def __init__(self, path: Path, format_: Format, columns: Sequence[str]) -> None:
        raw = gzip.open(path, "wb") if path.suffix == ".gz" else path.open("wb")  # noqa: SIM115
        self._text = io.TextIOWrapper(cast(IO[bytes], raw), encoding="utf-8", newline="")
        self._columns = columns
        self._csv = None if format_ == "jsonl" else csv.writer(self._text, delimiter="\t" if format_ == "tsv" else ",")
        if self._csv is not None:
            self._csv.writerow(columns)

    def __enter__(self) -> "_Writer":
        return self

    def __exit__(self, *_: object) -> None:
        self._text.close()

    def write(self, rows: Sequence[Sequence[object]]) -> None:
        """Write rows."""
        if self._csv is not None:
            self._csv.writerows(rows)
        else:
            self._text.writelines(
                json.dumps(dict(zip(self._columns, row, strict=True)), ensure_ascii=False) + "\n" for row in rows
            )


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
