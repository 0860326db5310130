"""Looking back: the states of a thing, and the writes of a revision."""

from kg.domain import Entity, Relation, Revision
from kg.errors import NotFound
from kg.ledger.changes import HistoryEntry
from kg.ledger.history import State, entries_of, revisions_of
from kg.ledger.planning import Write, WriteKind
from kg.stores.neo4j.connection import Transaction
from kg.stores.neo4j.rows import entity_of, imaged
from kg.stores.neo4j.things import COUNTS, ENTITY, RELATION, SEEN, relation_in


async def history(tx: Transaction, id_: str) -> list[HistoryEntry]:
    """States of an entity or relation, oldest first; raises NotFound."""
    states = await _states(tx, id_)
    if not states:
        raise NotFound("entity or relation", id_)
    found = await tx.rows(
        "UNWIND $numbers AS number MATCH (r:Revision {number: number}) "
        "RETURN number, r.author AS author, r.reason AS reason, r.time AS time",
        numbers=revisions_of(states),
    )
    return entries_of(states, {r["number"]: (r["author"], r["reason"], r["time"]) for r in found})


async def writes_of(tx: Transaction, revision: Revision) -> list[Write]:
    """What a revision wrote, entities first, by id."""
    made: dict[tuple[WriteKind, str], Entity | Relation] = {}
    ended: dict[tuple[WriteKind, str], Entity | Relation] = {}
    for key, into in (("made_in", made), ("ended_in", ended)):
        for record in await tx.rows(
            f"MATCH (p:Past {{{key}: $revision}}) RETURN p.kind AS kind, p.image AS image", revision=revision
        ):
            thing = imaged(record["image"])
            into[record["kind"], thing.id] = thing
    for thing in await _living(tx, revision):
        made["entity" if isinstance(thing, Entity) else "relation", thing.id] = thing
    return [Write(*key, ended.get(key), made.get(key)) for key in sorted({*ended, *made})]


async def _living(tx: Transaction, revision: Revision) -> list[Entity | Relation]:
    """The rows that a revision wrote and no later one changed; rows of a large revision are found by a scan."""
    wrote = (await tx.row("MATCH (r:Revision {number: $number}) RETURN r.wrote AS wrote", number=revision))["wrote"]
    each, key = ("", "") if wrote is None else ("UNWIND $ids AS id ", " {id: id}")
    records = await tx.rows(
        f"{each}MATCH (e:Entity{key}) WHERE e.made_in = $revision RETURN {ENTITY}", revision=revision, ids=wrote
    )
    found: list[Entity | Relation] = [entity_of(record["row"]) for record in records]
    words = tx.vocabulary
    for predicate in sorted(words.predicates if wrote is None else {p for id_ in wrote for p in words.guesses(id_)}):
        records = await tx.rows(
            f"{each}MATCH ()-[r:{words.type_(predicate)}{key}]->() WHERE r.made_in = $revision RETURN {RELATION}",
            revision=revision,
            ids=wrote,
        )
        found.extend(relation_in(tx, record) for record in records)
    return found


async def _states(tx: Transaction, id_: str) -> list[State]:
    pasts = await tx.rows(
        "MATCH (p:Past {id: $id}) RETURN p.image AS image, p.made_in AS made_in, p.ended_in AS ended_in "
        "ORDER BY p.version",
        id=id_,
    )
    states: list[State] = [(imaged(p["image"]), p["made_in"], p["ended_in"]) for p in pasts]
    found = await tx.rows(f"{SEEN}MATCH (e:Entity {{id: $id}}) WHERE {COUNTS.format('e')} RETURN {ENTITY}", id=id_)
    states += [(entity_of(record["row"]), record["row"]["made_in"], None) for record in found]
    for predicate in tx.vocabulary.guesses(id_):
        records = await tx.rows(
            f"{SEEN}MATCH ()-[r:{tx.vocabulary.type_(predicate)} {{id: $id}}]->() "
            f"WHERE {COUNTS.format('r')} RETURN {RELATION}",
            id=id_,
        )
        states += [(relation_in(tx, record), record["row"]["made_in"], None) for record in records]
    return states
