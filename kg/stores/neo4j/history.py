"""Looking back: the states of a thing, and the writes of a revision."""

from kg.domain import Entity, Relation, Revision
from kg.errors import NotFound
from kg.ledger.changes import HistoryEntry
from kg.ledger.history import State, entries_of, revisions_of
from kg.ledger.planning import Write, WriteKind
from kg.stores.neo4j.connection import Transaction, rows
from kg.stores.neo4j.rows import entity_of, imaged
from kg.stores.neo4j.things import COUNTS, ENTITY, RELATION, SEEN, relation_in
from kg.stores.neo4j.vocabulary import Vocabulary


async def history(tx: Transaction, vocabulary: Vocabulary, id_: str) -> list[HistoryEntry]:
    """States of an entity or relation, oldest first; raises NotFound."""
    states = await _states(tx, vocabulary, id_)
    if not states:
        raise NotFound("entity or relation", id_)
    found = await rows(
        tx,
        "UNWIND $numbers AS number MATCH (r:Revision {number: number}) "
        "RETURN number, r.author AS author, r.reason AS reason, r.time AS time",
        {"numbers": revisions_of(states)},
    )
    return entries_of(states, {r["number"]: (r["author"], r["reason"], r["time"]) for r in found})


async def writes_of(tx: Transaction, vocabulary: Vocabulary, revision: Revision) -> list[Write]:
    """The rows that a revision wrote, entities first, by id."""
    made: dict[tuple[WriteKind, str], Entity | Relation] = {}
    ended: dict[tuple[WriteKind, str], Entity | Relation] = {}
    for key, into in (("made_in", made), ("ended_in", ended)):
        pasts = await rows(
            tx, f"MATCH (p:Past {{{key}: $revision}}) RETURN p.kind AS kind, p.image AS image", {"revision": revision}
        )
        for record in pasts:
            thing = imaged(record["image"])
            into[record["kind"], thing.id] = thing
    for thing in await _living(tx, vocabulary, revision):
        made["entity" if isinstance(thing, Entity) else "relation", thing.id] = thing
    return [Write(kind, id_, ended.get((kind, id_)), made.get((kind, id_))) for kind, id_ in sorted({*made, *ended})]


async def _living(tx: Transaction, vocabulary: Vocabulary, revision: Revision) -> list[Entity | Relation]:
    """The rows that a revision wrote and no later one changed; rows of a large revision are found by a scan."""
    noted = await rows(tx, "MATCH (r:Revision {number: $number}) RETURN r.wrote AS wrote", {"number": revision})
    wrote = noted[0]["wrote"] if noted else []
    among = "e:Entity" if wrote is None else "e:Entity {id: id}"
    each = "" if wrote is None else "UNWIND $ids AS id "
    asked = {"revision": revision, "ids": wrote}
    records = await rows(tx, f"{each}MATCH ({among}) WHERE e.made_in = $revision RETURN {ENTITY}", asked)
    found: list[Entity | Relation] = [entity_of(record["row"]) for record in records]
    guessed = vocabulary.predicates if wrote is None else {p for id_ in wrote for p in vocabulary.guesses(id_)}
    for predicate in sorted(guessed):
        key = "" if wrote is None else " {id: id}"
        records = await rows(
            tx,
            f"{each}MATCH ()-[r:{vocabulary.type_(predicate)}{key}]->() WHERE r.made_in = $revision RETURN {RELATION}",
            asked,
        )
        found.extend(relation_in(record, vocabulary) for record in records)
    return found


async def _states(tx: Transaction, vocabulary: Vocabulary, id_: str) -> list[State]:
    pasts = await rows(
        tx,
        "MATCH (p:Past {id: $id}) RETURN p.image AS image, p.made_in AS made_in, p.ended_in AS ended_in "
        "ORDER BY p.version",
        {"id": id_},
    )
    states: list[State] = [(imaged(p["image"]), p["made_in"], p["ended_in"]) for p in pasts]
    found = await rows(
        tx,
        f"{SEEN}MATCH (e:Entity {{id: $id}}) WHERE {COUNTS.format('e')} RETURN {ENTITY}",
        {"id": id_},
    )
    states += [(entity_of(record["row"]), record["row"]["made_in"], None) for record in found]
    for predicate in vocabulary.guesses(id_):
        records = await rows(
            tx,
            f"{SEEN}MATCH ()-[r:{vocabulary.type_(predicate)} {{id: $id}}]->() "
            f"WHERE {COUNTS.format('r')} RETURN {RELATION}",
            {"id": id_},
        )
        states += [(relation_in(record, vocabulary), record["row"]["made_in"], None) for record in records]
    return states
