"""The constraints and indexes of the store, all of them in Community's reach.

``(:Ledger)`` holds the head and is the lock of all writers; ``(:Unfinished)`` tells readers which revisions do not
count: one that a bulk load has begun, one whose undo is being carried out.
"""

import asyncio
import hashlib
import time

from kg.errors import StoreUnavailable
from kg.stores.neo4j.connection import Connection, Transaction
from kg.stores.neo4j.vocabulary import Vocabulary

SCHEMA_VERSION = 1
NAME_KEYS = "entity_name_keys"
NAME_WORDS = "entity_name_words"
CITATIONS = "relation_passages"
RECORD_WORDS = "document_record_words"
_WAIT_S = 120

_UNIQUE = {"Entity": "id", "Absent": "id", "Document": "id", "Passage": "id", "Revision": "number", "Ledger": "key"}
_INDEXED = (
    ("Past", "id"),
    ("Past", "made_in"),
    ("Past", "ended_in"),
    ("Past", "subject"),
    ("Past", "object"),
    ("Staged", "place"),
    ("RemovedDocument", "removed_in"),
    ("Passage", "document_id"),
)


async def make_schema(connection: Connection) -> None:
    """Create the missing parts of the schema; raises StoreUnavailable for a store of a newer program."""
    found = {record["name"] for record in await connection.fetch("SHOW INDEXES YIELD name RETURN name")}
    missing = [statement for name, statement in statements(connection.vocabulary).items() if name not in found]
    stale = [n for n in found if n.startswith(CITATIONS) and n != citations_index(connection.vocabulary)]
    for statement in [*missing, *(f"DROP INDEX `{name}` IF EXISTS" for name in stale)]:
        await connection.write(Transaction.run, statement)
    if missing:
        await _populated(connection)
    await connection.write(Transaction.run, _SEED, version=SCHEMA_VERSION)
    version = (await connection.fetch("MATCH (l:Ledger) RETURN l.schema AS version"))[0]["version"]
    if version > SCHEMA_VERSION:
        raise StoreUnavailable(
            f"Neo4j at {connection.where} was written by a newer program "
            f"(schema {version}, this one knows {SCHEMA_VERSION}): upgrade this one"
        )


def statements(vocabulary: Vocabulary) -> dict[str, str]:
    """Every constraint and index by name."""
    made = {
        f"{label.lower()}_{key}": f"CREATE CONSTRAINT {label.lower()}_{key} IF NOT EXISTS "
        f"FOR (n:{label}) REQUIRE n.{key} IS UNIQUE"
        for label, key in _UNIQUE.items()
    }
    for label, key in _INDEXED:
        name = f"{label.lower()}_{key}"
        made[name] = f"CREATE INDEX {name} IF NOT EXISTS FOR (n:{label}) ON (n.{key})"
    for predicate in vocabulary.predicates:
        name = f"relation_{hashlib.sha256(predicate.encode()).hexdigest()[:12]}_id"
        type_ = vocabulary.type_(predicate)
        made[name] = f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR ()-[r:{type_}]-() REQUIRE r.id IS UNIQUE"
    made[RECORD_WORDS] = _full_text(RECORD_WORDS, "(n:Document)", "n.record_title, n.record_authors", "whitespace")
    made[NAME_KEYS] = _full_text(NAME_KEYS, "(n:Entity)", "n.keys", "keyword")
    made[NAME_WORDS] = _full_text(NAME_WORDS, "(n:Entity)", "n.words", "whitespace")
    if vocabulary.predicates:
        name = citations_index(vocabulary)
        made[name] = _full_text(name, f"()-[n:{vocabulary.any_relation}]-()", "n.passages", "keyword")
    return made


def citations_index(vocabulary: Vocabulary) -> str:
    """The index from passages to the relations that cite them.

    It is named after the predicates that it covers, so that new ones make a new index.
    """
    return f"{CITATIONS}_{hashlib.sha256(vocabulary.any_relation.encode()).hexdigest()[:12]}"


def _full_text(name: str, pattern: str, key: str, analyzer: str) -> str:
    return (
        f"CREATE FULLTEXT INDEX {name} IF NOT EXISTS FOR {pattern} ON EACH [{key}] "
        f"OPTIONS {{indexConfig: {{`fulltext.analyzer`: '{analyzer}'}}}}"
    )


async def _populated(connection: Connection) -> None:
    """Wait until every index is online; raises StoreUnavailable where one failed."""
    deadline = time.monotonic() + _WAIT_S
    while True:
        states = await connection.fetch("SHOW INDEXES YIELD name, state RETURN name, state")
        failed = [r["name"] for r in states if r["state"] == "FAILED"]
        if failed or time.monotonic() > deadline:
            why = f"the index {failed[0]!r} failed" if failed else "its indexes are still being built"
            raise StoreUnavailable(f"Neo4j at {connection.where} is not ready: {why}; see its log, try again")
        if all(r["state"] == "ONLINE" for r in states):
            return
        await asyncio.sleep(0.2)


_SEED = """
MERGE (l:Ledger {key: 'ledger'}) ON CREATE SET l.head = 0, l.schema = $version
MERGE (u:Unfinished {key: 'unfinished'}) ON CREATE SET u.hidden = []
"""
