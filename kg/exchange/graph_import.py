"""Bringing a graph of another program into this one, by way of tables."""

import asyncio
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from kg.exchange.domain import GraphSource
from kg.exchange.graph_tables import write_tables
from kg.ontology import Ontology
from kg.progress import Progress, untold
from kg.protocols import Store
from kg.tables.mapping import load_mapping
from kg.tables.report import ImportReport
from kg.tables.table_import import import_tables


async def import_graph(
    store: Store,
    source: GraphSource,
    ontology: Ontology,
    *,
    author: str,
    mapping: str | None = None,
    parts: Collection[str] = (),
    tables: Path | None = None,
    strict: bool = False,
    dry_run: bool = False,
    progress: Progress = untold,
) -> ImportReport:
    """Import a graph as one revision; ``mapping`` reads its tables otherwise, ``tables`` is a folder to keep them in.

    Raises as ``import_tables`` does, and StoreUnavailable where a server cannot be reached.
    """
    with TemporaryDirectory(prefix="jianxi-") as spare:
        folder = tables or Path(spare)
        made = await asyncio.to_thread(write_tables, source, folder, ontology, progress)
        return await import_tables(
            store,
            folder,
            load_mapping(mapping or made),
            ontology,
            author=author,
            parts=parts,
            strict=strict,
            dry_run=dry_run,
            reason=f"import of {source.name}",
            findings=source.findings,
            progress=progress,
        )
