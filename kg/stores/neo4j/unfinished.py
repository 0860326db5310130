"""Revisions too large for one transaction: begun, staged, made visible at once, then completed.

While ``Unfinished.begun`` names a revision, what it made is hidden; a crash rolls it back. Once it is the head and
``Unfinished.ending`` names it, the writes staged for it are carried out; a crash carries on with them.
"""

from collections.abc import Sequence

from kg.domain import Entity, EntityId, Relation, RelationId, Revision
from kg.ledger.planning import Write
from kg.stores.neo4j.connection import Connection, Transaction, rows, run
from kg.stores.neo4j.revisions import waited_lock
from kg.stores.neo4j.rows import BATCH, batches, image, imaged
from kg.stores.neo4j.things import entities_now, relations_now
from kg.stores.neo4j.vocabulary import Vocabulary
from kg.stores.neo4j.writes import write_all

ONE_TRANSACTION = 10_000
"""Writes that fit one transaction on the smallest server."""


async def begin(connection: Connection, revision: Revision) -> None:
    """Hide the rows that the revision will write; the caller holds the lock."""
    await connection.write(
        lambda tx: run(
            tx, "MATCH (u:Unfinished) SET u.begun = $revision, u.hidden = [$revision]", {"revision": revision}
        )
    )


async def stage(tx: Transaction, writes: Sequence[tuple[int, str, str, Entity | Relation | None]]) -> None:
    """Record (place, kind, id, after) for a later step in order of place; a place that exists is replaced."""
    for some in batches(writes):
        asked = [
            {"place": place, "kind": kind, "id": id_, "after": None if after is None else image(after)}
            for place, kind, id_, after in some
        ]
        await run(
            tx,
            "UNWIND $rows AS row MERGE (s:Staged {place: row.place}) "
            "SET s.kind = row.kind, s.id = row.id, s.after = row.after",
            {"rows": asked},
        )


async def carry_out(tx: Transaction, vocabulary: Vocabulary, revision: Revision, *, most: int = BATCH) -> int:
    """Carry out the next staged writes; gives their number."""
    records = await rows(
        tx,
        "MATCH (s:Staged) WHERE s.place >= 0 WITH s ORDER BY s.place LIMIT $most "
        "RETURN s.place AS place, s.kind AS kind, s.id AS id, s.after AS after",
        {"most": most},
    )
    if not records:
        return 0
    entities = await entities_now(tx, (EntityId(r["id"]) for r in records if r["kind"] == "entity"))
    relations = await relations_now(tx, vocabulary, (RelationId(r["id"]) for r in records if r["kind"] == "relation"))
    writes = []
    for r in records:
        entity = r["kind"] == "entity"
        before = entities.get(r["id"]) if entity else relations.get(r["id"])
        after = None if r["after"] is None else imaged(r["after"])
        if before is not None or after is not None:
            writes.append(Write("entity" if entity else "relation", r["id"], before, after))
    await write_all(tx, vocabulary, writes, revision)
    for some in batches([r["place"] for r in records]):
        await run(tx, "UNWIND $places AS place MATCH (s:Staged {place: place}) DELETE s", {"places": some})
    return len(records)


async def conclude(tx: Transaction, *, ending: Revision | None, hidden: Sequence[Revision] = ()) -> None:
    """Make the rows of a revision visible, in the transaction that makes it the head."""
    await run(
        tx,
        "MATCH (u:Unfinished) SET u.begun = null, u.ending = $ending, u.hidden = $hidden",
        {"ending": ending, "hidden": list(hidden)},
    )


async def recover(connection: Connection, vocabulary: Vocabulary) -> None:
    """Finish or roll back the revision of a process that has ended; waits while a process still works on it."""
    async with connection.held() as guard:
        await waited_lock(guard, connection.where, recovering=True)
        found = await rows(guard, "MATCH (u:Unfinished) RETURN u.begun AS begun, u.ending AS ending")
        begun, ending = found[0]["begun"], found[0]["ending"]
        if begun is not None:
            await _roll_back(connection, vocabulary, begun)
        if ending is not None:
            while await connection.write(lambda tx: carry_out(tx, vocabulary, Revision(ending))):
                pass
        await conclude(guard, ending=None)
        await guard.commit()


async def _roll_back(connection: Connection, vocabulary: Vocabulary, revision: int) -> None:
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
