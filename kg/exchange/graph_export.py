"""Writing the whole graph, with its history, to one file for other programs."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Protocol, get_args

from kg.domain import Entity, Relation, Revision, RevisionRecord
from kg.errors import InvalidTable
from kg.exchange.graphml_writer import GraphMlWriter
from kg.exchange.turtle_writer import TurtleWriter
from kg.progress import Progress, untold
from kg.protocols import FIRST, Graph, Ledger
from kg.tables.files import kind_of, new_files, written
from kg.tables.table_export import ExportReport, Format, write_graph

TABLES: tuple[str, ...] = get_args(Format)
_OTHERS = frozenset(".csv .tsv .jsonl .json .xlsx .nt .rdf .owl .xml .zip".split())  # noqa: SIM905
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


def file_of(target: Path, format_: str | None, *, packed: bool) -> Path | None:
    """The file that a name, a format and packing ask for; None where tables are to be written to a folder.

    Raises InvalidTable for an unknown format, and where the name and the format disagree.
    """
    if format_ is not None and format_ not in TABLES and f".{format_}" not in FORMATS:
        known = ", ".join((*TABLES, *(ending[1:] for ending in FORMATS)))
        raise InvalidTable(f"--format {format_}", [f"unknown; choose one of {known}"])
    ending = kind_of(target)
    if ending in FORMATS:
        if format_ not in (None, ending[1:]):
            raise InvalidTable(str(target), [f"ends in {ending}, --format says {format_}; change one of them"])
        return target.with_name(target.name + ".gz") if packed and target.suffix != ".gz" else target
    if not target.is_dir() and (ending in _OTHERS or target.suffix == ".gz"):
        cure = f"name a folder for tables, or a file that ends in {' or '.join(FORMATS)} for a graph"
        raise InvalidTable(str(target), [f"no {target.suffix} is written; {cure}"])
    if format_ is None or format_ in TABLES:
        return None
    return target / (f"graph.{format_}" + ".gz" * packed)


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
