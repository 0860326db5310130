"""Writing the whole graph, with its history, to one file for other programs."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Protocol

from kg.domain import Entity, Relation, Revision, RevisionRecord
from kg.exchange.graphml_writer import GraphMlWriter
from kg.exchange.turtle_writer import TurtleWriter
from kg.progress import Progress, untold
from kg.protocols import FIRST, Graph, Ledger
from kg.tables.files import kind_of, new_files, written
from kg.tables.table_export import ExportReport, write_graph

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


async def export_graph(graph: Exported, path: Path, *, progress: Progress = untold) -> ExportReport:
    """Write all entities and relations to a file named ``.graphml`` or ``.ttl``, packed where ``.gz`` follows.

    Raises InvalidTable where the file is there already.
    """
    await asyncio.to_thread(new_files, path.parent, [path.name])
    with written(path) as file, FORMATS[kind_of(path)](file) as writer:
        await asyncio.to_thread(writer.history, await _history(graph))
        counts = await write_graph(graph, writer.write, progress)
    return ExportReport((path,), *counts)


async def _history(graph: Exported) -> list[RevisionRecord]:
    found: list[RevisionRecord] = []
    last: Revision = FIRST
    while page := await graph.revisions(after=last, limit=_PAGE):
        found += page
        last = page[-1].revision
    return found
