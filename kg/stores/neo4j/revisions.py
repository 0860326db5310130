"""Revisions: the lock that makes writers take turns, numbering, and reading them."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from kg.domain import DocumentDelta, DocumentId, Revision, RevisionRecord
from kg.errors import NotFound, StoreLocked
from kg.ledger.changes import RevisionHeader
from kg.protocols import FIRST
from kg.stores.neo4j.connection import WRITE_TIMEOUT_S, Transaction


class LeftOver(Exception):
    """A process that has ended left an unfinished revision; it must be finished or rolled back first."""


async def lock(tx: Transaction, *, recovering: bool = False) -> Revision:
    """Wait until no other writer is at work, and give the head; raises LeftOver unless ``recovering``."""
    await tx.run("MATCH (l:Ledger) SET l.turn = coalesce(l.turn, 0) + 1")
    record = await tx.row(
        "MATCH (l:Ledger), (u:Unfinished) RETURN l.head AS head, u.begun AS begun, u.ending AS ending"
    )
    if not recovering and (record["begun"] is not None or record["ending"] is not None):
        raise LeftOver
    return Revision(record["head"])


async def waited_lock(tx: Transaction, where: str, *, recovering: bool = False) -> Revision:
    """``lock`` for a transaction without a time limit; raises StoreLocked."""
    try:
        async with asyncio.timeout(WRITE_TIMEOUT_S):
            return await lock(tx, recovering=recovering)
    except TimeoutError as error:
        raise StoreLocked(
            f"another writer, such as an import, is at work in Neo4j at {where}: try again when it has ended"
        ) from error


async def record_revision(
    tx: Transaction,
    revision: Revision,
    header: RevisionHeader,
    *,
    counts: Mapping[str, int],
    graph: bool,
    wrote: Sequence[str] | None = (),
    added: Sequence[DocumentId] = (),
    removed: Sequence[DocumentId] = (),
) -> Revision:
    """Write the revision and make it the head; ``graph`` is whether it changes entities or relations.

    ``wrote`` lists the ids that it wrote, None if there are too many.
    """
    properties = {
        "number": revision,
        "author": header.author,
        "reason": header.reason,
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "kind": header.kind,
        "undoes": header.undoes,
        "counts": json.dumps(dict(counts)),
        "graph": graph,
        "wrote": None if wrote is None else list(wrote),
        "added": sorted(added),
        "removed": sorted(removed),
    }
    await tx.run(
        "MATCH (l:Ledger) SET l.head = $number CREATE (r:Revision) SET r = $properties",
        number=revision,
        properties=properties,
    )
    return revision


async def head(tx: Transaction) -> Revision:
    """The latest revision, 0 at first."""
    return Revision((await tx.row("MATCH (l:Ledger) RETURN l.head AS head"))["head"])


async def revisions(tx: Transaction, *, after: Revision = FIRST, limit: int = 100) -> list[RevisionRecord]:
    """Revisions in order."""
    found = await tx.rows(
        "MATCH (r:Revision) WHERE r.number > $after RETURN r ORDER BY r.number LIMIT $limit", after=after, limit=limit
    )
    return [_record(record["r"]) for record in found]


async def documents_of(tx: Transaction, revision: Revision) -> tuple[list[DocumentId], list[DocumentId]]:
    """Documents that a revision added, and those that it removed; raises NotFound."""
    found = await tx.rows(
        "MATCH (r:Revision {number: $number}) RETURN r.added AS added, r.removed AS removed", number=revision
    )
    if not found:
        raise NotFound("revision", str(revision))
    return found[0]["added"], found[0]["removed"]


async def kind_of(tx: Transaction, revision: Revision) -> str:
    """The kind of a revision that is there."""
    return str((await tx.row("MATCH (r:Revision {number: $number}) RETURN r.kind AS kind", number=revision))["kind"])


async def last_events(tx: Transaction, ids: Sequence[DocumentId]) -> dict[DocumentId, Revision]:
    """The last revision that added or removed each of the documents."""
    found = await tx.rows(
        "MATCH (r:Revision) WHERE size(r.added) + size(r.removed) > 0 UNWIND r.added + r.removed AS id "
        "WITH r, id WHERE id IN $ids RETURN id, max(r.number) AS number",
        ids=ids,
    )
    return {DocumentId(r["id"]): Revision(r["number"]) for r in found}


async def delta(tx: Transaction, since: Revision) -> DocumentDelta:
    """What changed since a revision, for the indexes: documents that were and are there, whether the graph did."""
    found = await tx.rows(
        "MATCH (r:Revision) WHERE r.number > $since "
        "RETURN r.number AS number, r.added AS added, r.removed AS removed, r.graph AS graph ORDER BY number",
        since=since,
    )
    was_there: dict[DocumentId, bool] = {}
    is_there: dict[DocumentId, bool] = {}
    for record in found:
        for ids, there in ((record["removed"], False), (record["added"], True)):
            for id_ in ids:
                was_there.setdefault(id_, not there)
                is_there[id_] = there
    return DocumentDelta(
        await head(tx),
        sorted(id_ for id_, there in is_there.items() if there),
        sorted(id_ for id_, there in was_there.items() if there),
        any(record["graph"] for record in found),
    )


def _record(row: Mapping[str, Any]) -> RevisionRecord:
    return RevisionRecord(
        row["number"],
        row["author"],
        row["reason"],
        row["time"],
        row["kind"],
        row.get("undoes"),
        json.loads(row["counts"]),
    )
