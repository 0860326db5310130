"""How a bulk load and two-hop neighbourhoods on Neo4j compare with plain Cypher for the same rows.

Needs an empty database, which it fills and empties again.
"""

import random
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby
from pathlib import Path

from neo4j import AsyncDriver, AsyncGraphDatabase, NotificationMinimumSeverity, RoutingControl

from eval.bench.kg import HOP_LIMIT, graph, load_s, times_ms
from eval.retrieval.metrics import percentile, percentiles_ms
from kg.domain import Entity, EntityId, Relation
from kg.stores.neo4j.connection import BATCH, batches
from kg.stores.neo4j.store import Neo4jStore

LOAD_LIMIT = 3.0
TWO_HOP_LIMIT = 1.5
_ASKED = 200

_RAW_TWO_HOP = """
MATCH (s:Entity {id: $id}) CALL (s) { MATCH (s)-[r]-(:Entity) RETURN r ORDER BY r.id LIMIT $limit }
WITH s, collect(r) AS first
UNWIND first AS r WITH s, first, CASE WHEN startNode(r) = s THEN endNode(r) ELSE startNode(r) END AS a
WITH first, collect(DISTINCT a) AS ring
WITH first, ring, ($limit - 1 - size(ring)) / size(ring) + 2 AS share
UNWIND ring AS a
CALL (a) { MATCH (a)-[r]-(:Entity) WITH r ORDER BY r.id RETURN collect(r) AS its }
WITH first, collect(its[..share]) AS second
UNWIND second AS its UNWIND first + its AS r
WITH DISTINCT r, startNode(r) AS a, endNode(r) AS b
RETURN properties(r), type(r), properties(a), properties(b)
"""


async def measure(uri: str, user: str, password: str, data: Path, edges: int | None = None) -> dict[str, float]:
    """Load and ask twice, plainly and through the store."""
    entities, relations = graph(data)
    if edges is not None:
        relations = relations[:edges]
        ends = {end for r in relations for end in (r.subject, r.object)}
        entities = [e for e in entities if e.id in ends]
    types, predicates = {e.type for e in entities}, {r.predicate for r in relations}
    ids = random.Random(7).sample(sorted({r.subject for r in relations}), _ASKED)  # noqa: S311
    driver = AsyncGraphDatabase.driver(
        uri, auth=(user, password), notifications_min_severity=NotificationMinimumSeverity.OFF
    )
    async with driver:
        if (await driver.execute_query("MATCH (n) RETURN count(n) AS n"))[0][0]["n"]:
            raise SystemExit(f"{uri} is not empty: this measurement needs a database of its own")
        await _forget_schema(driver)
        await driver.execute_query("CREATE CONSTRAINT FOR (e:Entity) REQUIRE e.id IS UNIQUE")
        raw_s = await _load_raw_s(driver, entities, relations)
        print(f"plain load {raw_s:.1f} s", file=sys.stderr)
        raw_ms = await _asked(
            ids, lambda id_: driver.execute_query(_RAW_TWO_HOP, id=id_, limit=HOP_LIMIT, routing_=RoutingControl.READ)
        )
        await _wipe(driver)
        store = Neo4jStore(uri, user, password, domain_types=types, predicates=predicates)
        await store.open()
        try:
            its_s = await load_s(store, entities, relations, BATCH)
            print(f"load {its_s:.1f} s", file=sys.stderr)
            again_s = await load_s(store, entities, relations, BATCH)
            ms = await _asked(ids, lambda id_: store.neighbourhood(id_, hops=2, limit=HOP_LIMIT))
        finally:
            await store.close()
            await _wipe(driver)
    return {
        "entities": len(entities),
        "relations": len(relations),
        "raw_s": round(raw_s, 2),
        "load_s": round(its_s, 2),
        "ratio": round(its_s / raw_s, 2),
        "reload_equal_s": round(again_s, 2),
        **percentiles_ms(raw_ms, 50, 95, name="raw_two_hop_"),
        **percentiles_ms(ms, 50, 95, name="two_hop_"),
        "two_hop_ratio": round(percentile(ms, 0.95) / percentile(raw_ms, 0.95), 2),
    }


async def _load_raw_s(driver: AsyncDriver, entities: Sequence[Entity], relations: Sequence[Relation]) -> float:
    """Seconds of plain batches of CREATE, one label or type at a time."""
    began = time.perf_counter()
    for type_, its in groupby(sorted(entities, key=lambda e: e.type), key=lambda e: e.type):
        nodes = ({"id": e.id, "type": e.type, "names": [n.text for n in e.names]} for e in its)
        for batch in batches(nodes):
            await driver.execute_query(f"UNWIND $rows AS row CREATE (e:Entity:`{type_}`) SET e = row", rows=batch)
    for predicate, edges in groupby(sorted(relations, key=lambda r: r.predicate), key=lambda r: r.predicate):
        joined = (
            {"a": r.subject, "b": r.object, "r": {"id": r.id, "evidence": [e.source for e in r.evidence]}}
            for r in edges
        )
        for rows in batches(joined):
            await driver.execute_query(
                "UNWIND $rows AS row MATCH (a:Entity {id: row.a}) MATCH (b:Entity {id: row.b}) "
                f"CREATE (a)-[r:`{predicate}`]->(b) SET r = row.r",
                rows=rows,
            )
    return time.perf_counter() - began


async def _asked(ids: Sequence[str], ask: Callable[[EntityId], Awaitable[object]]) -> list[float]:
    """Milliseconds of each question, after all have been asked once."""
    await times_ms(ids, ask)
    return await times_ms(ids, ask)


async def _wipe(driver: AsyncDriver) -> None:
    async with driver.session() as session:
        result = await session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS")
        await result.consume()
    await _forget_schema(driver)


async def _forget_schema(driver: AsyncDriver) -> None:
    for kind, shown in (("CONSTRAINT", "CONSTRAINTS YIELD *"), ("INDEX", "INDEXES YIELD * WHERE type <> 'LOOKUP'")):
        for record in (await driver.execute_query(f"SHOW {shown} RETURN name")).records:
            await driver.execute_query(f"DROP {kind} `{record['name']}`")
