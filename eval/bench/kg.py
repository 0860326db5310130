"""Speed of the graph stores against the raw engine, on the gene-GO graph, in one run."""

import random
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from eval.graph.tables import rows
from eval.retrieval.metrics import percentiles_ms
from kg.domain import Entity, EntityId, Evidence, Name, Relation, relation_id
from kg.protocols import Store
from kg.stores.neo4j.connection import batches

BATCH = 20_000
HOP_LIMIT = 200
"""The most entities of a neighbourhood."""

_ASKED = 500
_RAW_SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE node (id TEXT PRIMARY KEY, type TEXT, name TEXT, description TEXT);
CREATE INDEX node_name ON node (name);
CREATE TABLE edge (src TEXT, rel TEXT, dst TEXT, evidence TEXT, PRIMARY KEY (src, rel, dst));
CREATE INDEX edge_dst ON edge (dst);
"""


def graph(folder: Path) -> tuple[list[Entity], list[Relation]]:
    """Entities and relations of the core graph; ids that have no node become bare entities."""
    entities = {}
    for row in rows(folder / "nodes.tsv.gz"):
        named = [(row["name"], "symbol"), (row["description"], "en")]
        names = tuple(Name(text, script) for text, script in named if text) or (Name(row["id"], "id"),)
        entities[row["id"]] = Entity(EntityId(row["id"]), _word(row["label"]), names)
    evidence: dict[tuple[str, str, str], list[Evidence]] = {}
    for row in rows(folder / "edges_core.tsv.gz"):
        own = evidence.setdefault((row["src"], _word(row["rel"]), row["dst"]), [])
        own += [Evidence(row["evidence"])] if row["evidence"] else []
        for end in (row["src"], row["dst"]):
            if end not in entities:
                entities[end] = Entity(EntityId(end), "Reference", (Name(end, "id"),), bare=True)
    relations = [
        Relation(relation_id(s, p, o), EntityId(s), p, EntityId(o), evidence=tuple(dict.fromkeys(said)))
        for (s, p, o), said in evidence.items()
    ]
    return list(entities.values()), relations


def _word(text: str) -> str:
    return text.strip().replace(" ", "_")


def raw_sqlite_s(folder: Path, entities: Sequence[Entity], relations: Sequence[Relation]) -> float:
    """Seconds of executemany of the same rows, with indexes for what the store can look up but for words of names."""
    nodes = [(e.id, e.type, e.names[0].text, e.names[-1].text) for e in entities]
    edges = [(r.subject, r.predicate, r.object, r.evidence[0].source if r.evidence else None) for r in relations]
    began = time.perf_counter()
    connection = sqlite3.connect(folder / "raw.db", isolation_level=None)
    connection.executescript(_RAW_SCHEMA)
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO node VALUES (?, ?, ?, ?)", nodes)
    connection.executemany("INSERT INTO edge VALUES (?, ?, ?, ?)", edges)
    connection.execute("COMMIT")
    connection.close()
    return time.perf_counter() - began


async def load_s(store: Store, entities: Sequence[Entity], relations: Sequence[Relation], size: int = BATCH) -> float:
    """Seconds of loading the graph into an open store in batches of a size."""
    began = time.perf_counter()
    await store.load(batches(entities, size), batches(relations, size), author="bench", reason="gene-GO core")
    return time.perf_counter() - began


async def times_ms(ids: Iterable[str], ask: Callable[[EntityId], Awaitable[object]]) -> list[float]:
    """Milliseconds of asking for each of the entities."""
    times = []
    for id_ in ids:
        began = time.perf_counter()
        await ask(EntityId(id_))
        times.append((time.perf_counter() - began) * 1000)
    return times


async def sqlite_figures(data: Path, folder: Path) -> dict[str, float]:
    """All figures of the SQLite store; each load is timed three times, in turn, and the median is taken.

    The neighbourhoods are those of the last load.
    """
    from kg.stores.sqlite.store import SqliteStore

    entities, relations = graph(data)
    raw, loads, times = [], [], [0.0]
    drawn = random.Random(7).sample([e.id for e in entities], _ASKED)  # noqa: S311
    for attempt in range(3):
        here = folder / str(attempt)
        here.mkdir()
        raw.append(raw_sqlite_s(here, entities, relations))
        store = SqliteStore(here / "store.db")
        await store.open()
        loads.append(await load_s(store, entities, relations))
        times = await times_ms(drawn, partial(store.neighbourhood, hops=2, limit=HOP_LIMIT))
        await store.close()
    return {
        "entities": len(entities),
        "relations": len(relations),
        "raw_s": round(median(raw), 2),
        "load_s": round(median(loads), 2),
        "ratio": round(median(loads) / median(raw), 2),
        **percentiles_ms(times, 50, 95, name="two_hop_"),
        "two_hop_max_ms": round(max(times), 2),
    }
