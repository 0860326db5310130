"""Writing the whole graph, with its history, to one file for other programs."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Protocol

from kg.domain import Entity, Relation, Revision, RevisionRecord
from kg.errors import InvalidTable
from kg.exchange.files import kind_of, opened
from kg.exchange.graphml_writer import GraphMlWriter
from kg.exchange.turtle_writer import TurtleWriter
from kg.protocols import FIRST, Graph, Ledger
from kg.tables.table_export import ExportReport, whole
from kg.tables.table_import import Progress

_PAGE = 1000


class GraphWriter(AbstractContextManager["GraphWriter"], Protocol):
    """Writes one format: the history first, then batches."""

    def history(self, revisions: Sequence[RevisionRecord]) -> None:
        """Write who changed what, oldest first."""

    def write(self, entities: Sequence[Entity], relations: Sequence[Relation]) -> None:
        """Write entities, and the relations that start at them."""


FORMATS: dict[str, Callable[[IO[bytes]], GraphWriter]] = {".graphml": GraphMlWriter, ".ttl": TurtleWriter}


class Exported(Graph, Ledger, Protocol):
    """What an export reads."""


def format_of(path: Path) -> str | None:
    """The format that the name of a file asks for."""
    return kind if (kind := kind_of(path)) in FORMATS else None


async def export_graph(graph: Exported, path: Path, *, progress: Progress | None = None) -> ExportReport:
    """Write all entities and relations to a file named ``.graphml`` or ``.ttl``, packed where ``.gz`` follows.

    Raises InvalidTable where the file is there already.
    """
    await asyncio.to_thread(_prepare, path)
    stats = await graph.stats()
    totals = sum(stats.entities.values()), sum(stats.relations.values())
    written = [0, 0]
    part = path.with_name(f"{path.name}.part")
    try:
        with opened(part, "wb", packed=path.suffix == ".gz") as file, FORMATS[str(format_of(path))](file) as writer:
            await asyncio.to_thread(writer.history, await _history(graph))
            async for entities, relations in whole(graph):
                await asyncio.to_thread(writer.write, entities, relations)
                written[0] += len(entities)
                written[1] += len(relations)
                if progress:
                    progress("entities", written[0], totals[0])
                    progress("relations", written[1], totals[1])
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return ExportReport((path,), *written)


def _prepare(path: Path) -> None:
    if path.exists():
        raise InvalidTable(str(path), ["is there already; choose another name"])
    path.parent.mkdir(parents=True, exist_ok=True)


async def _history(graph: Exported) -> list[RevisionRecord]:
    found: list[RevisionRecord] = []
    last: Revision = FIRST
    while page := await graph.revisions(after=last, limit=_PAGE):
        found += page
        last = page[-1].revision
    return found
