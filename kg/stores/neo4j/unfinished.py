"""Revisions too large for one transaction: begun, staged, made visible at once, then completed.

While ``Unfinished.begun`` names a revision, what it made is hidden; a crash rolls it back. Once it is the head and
``Unfinished.ending`` names it, the writes staged for it are carried out; a crash carries on with them.
"""

from collections.abc import Sequence

from kg.domain import Entity, EntityId, Relation, RelationId, Revision
from kg.ledger.planning import Write, WriteKind
from kg.stores.neo4j.connection import BATCH, Connection, Transaction
from kg.stores.neo4j.revisions import waited_lock
from kg.stores.neo4j.rows import image, imaged
from kg.stores.neo4j.things import entities_now, relations_now
from kg.stores.neo4j.writes import write_all

Staged = tuple[int, WriteKind, str, Entity | Relation | None]
"""The place of a write in the order, the kind and id of a thing, and what it becomes."""

ONE_TRANSACTION = 10_000
"""Writes that fit one transaction on the smallest server."""


async def begin(connection: Connection, revision: Revision) -> None:
    """Hide the rows that the revision will write; the caller holds the lock."""
    await connection.write(
        Transaction.run, "MATCH (u:Unfinished) SET u.begun = $revision, u.hidden = [$revision]", revision=revision
    )


async def stage(tx: Transaction, writes: Sequence[Staged]) -> None:
    """Record writes for a later step in order of place; a place that exists is replaced."""
    await tx.run_each(
        "UNWIND $each AS row MERGE (s:Staged {place: row.place}) "
        "SET s.kind = row.kind, s.id = row.id, s.after = row.after",
        [
            {"place": place, "kind": kind, "id": id_, "after": None if after is None else image(after)}
            for place, kind, id_, after in writes
        ],
    )


async def carry_out(tx: Transaction, revision: Revision, *, most: int = BATCH) -> int:
    """Carry out the next staged writes; gives their number."""
    records = await tx.rows(
        "MATCH (s:Staged) WHERE s.place >= 0 WITH s ORDER BY s.place LIMIT $most "
        "RETURN s.place AS place, s.kind AS kind, s.id AS id, s.after AS after",
        most=most,
    )
    entities = await entities_now(tx, (EntityId(r["id"]) for r in records if r["kind"] == "entity"))
    relations = await relations_now(tx, (RelationId(r["id"]) for r in records if r["kind"] == "relation"))
    writes = []
    for r in records:
        before = entities.get(r["id"]) if r["kind"] == "entity" else relations.get(r["id"])
        after = None if r["after"] is None else imaged(r["after"])
        if before is not None or after is not None:
            writes.append(Write(r["kind"], r["id"], before, after))
    await write_all(tx, writes, revision)
    await tx.run_each("UNWIND $each AS place MATCH (s:Staged {place: place}) DELETE s", [r["place"] for r in records])
    return len(records)


async def conclude(tx: Transaction, *, ending: Revision | None, hidden: Sequence[Revision] = ()) -> None:
    """Make the rows of a revision visible, in the transaction that makes it the head."""
    await tx.run(
        "MATCH (u:Unfinished) SET u.begun = null, u.ending = $ending, u.hidden = $hidden", ending=ending, hidden=hidden
    )


async def recover(connection: Connection) -> None:
    """Complete the head, or roll back a revision that is not; waits while a process still works on it."""
    async with connection.held() as guard:
        await waited_lock(guard, connection.where, recovering=True)
        left = await guard.row("MATCH (u:Unfinished) RETURN u.begun AS begun, u.ending AS ending")
        if left["begun"] is not None:
            await _roll_back(connection, left["begun"])
        if left["ending"] is not None:
            while await connection.write(carry_out, left["ending"]):
                pass
        await conclude(guard, ending=None)
        await guard.commit()


async def _roll_back(connection: Connection, revision: int) -> None:
    vocabulary = connection.vocabulary
    for predicate in vocabulary.predicates:
        await connection.in_batches(
            f"MATCH ()-[r:{vocabulary.type_(predicate)}]->() WHERE r.made_in = $revision "
            "CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS",
            revision=revision,
        )
    await connection.in_batches(
        "MATCH (e:Entity) WHERE e.made_in = $revision AND EXISTS { (e)<-[:MENTIONS]-() } "
        f"CALL (e) {{ REMOVE e:Entity{vocabulary.all_labels} SET e:Absent SET e = {{id: e.id}} }} "
        "IN TRANSACTIONS OF 5000 ROWS",
        revision=revision,
    )
    await connection.in_batches(
        "MATCH (e:Entity) WHERE e.made_in = $revision CALL (e) { DELETE e } IN TRANSACTIONS OF 10000 ROWS",
        revision=revision,
    )
    await connection.in_batches("MATCH (s:Staged) CALL (s) { DELETE s } IN TRANSACTIONS OF 10000 ROWS")
