"""Cypher in every text of a request to a service on a real Neo4j: the graph stays the same, no 5xx, no call outside."""

import asyncio
import hashlib
import json
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from neo4j import AsyncDriver, AsyncGraphDatabase, NotificationMinimumSeverity

from eval.bench.commands import run, served
from tests.security.cypher_inputs import CANARY
from tests.security.cypher_inputs import payloads as made_payloads
from tests.security.cypher_requests import Attack, attacks, tables, uploads

_SEED = 7
_AT_ONCE = 4
_FILES_A_REQUEST = 50
_MOST_TOLD = 50
_JOB_S = 900.0
_READY_LOOKS = 120
_LIBRARY = frozenset(
    {"Document", "Passage", "Blocks", "Absent", "RemovedDocument", "RemovedPassage", "Revision", "Ledger", "Unfinished"}
)
_LIBRARY_TYPES = frozenset({"HAS", "MENTIONS", "READ_AS"})
_SAMPLE = files("kg.domains").joinpath("ecs_tcm", "sample")


@dataclass(frozen=True, slots=True)
class _Graph:
    """What a database holds: digests of the nodes and relations of the ontology, of the library, and its schema."""

    ontology: Counter[str]
    library: Counter[str]
    schema: Mapping[str, Sequence[str]]
    entities: frozenset[str]
    relations: int
    documents: int

    @property
    def digest(self) -> str:
        """One digest of the ontology."""
        return _digest(sorted(self.ontology.items()))


@dataclass(slots=True)
class _Seen:
    requests: int = 0
    server_errors: int = 0
    unexpected: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    by_place: dict[str, Counter[int]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def measure(folder: Path, *, uri: str, password: str, payloads: int = 500) -> dict[str, object]:
    """What the payloads did to the graph on an empty Neo4j, which is filled and not emptied."""
    with _listener() as (host, calls):
        return asyncio.run(_measure(folder, uri, password, made_payloads(payloads, seed=_SEED, host=host), calls))


async def _measure(folder: Path, uri: str, password: str, texts: Sequence[str], calls: list[str]) -> dict[str, object]:
    home, seen = folder / "home", _Seen()
    scheme, _, address = uri.partition("://")
    store = f"{scheme}://neo4j:{quote(password, safe='')}@{address}"
    settings = {"store": store, "chat": "extractive", "offline": "true"}
    driver = AsyncGraphDatabase.driver(
        uri, auth=("neo4j", password), notifications_min_severity=NotificationMinimumSeverity.OFF
    )
    async with driver:
        if (await driver.execute_query("MATCH (n) RETURN count(n) AS n")).records[0]["n"]:
            raise SystemExit(f"{uri} is not empty: this measurement needs a database of its own")
        with as_file(_SAMPLE) as sample:
            graph, records = sample / "graph", sample / "documents/abstracts.jsonl"
            for words in (
                ("kg", "import", str(graph), "--mapping", str(graph / "mapping.yaml")),
                ("ingest", str(records)),
            ):
                await asyncio.to_thread(_command, home, settings, *words)
        with served(home, folder, settings=settings) as service:
            async with httpx.AsyncClient(base_url=service.url, timeout=120, trust_env=False) as client:
                asked = await _first_run(client)
                first = await _read(driver)
                await _attack(client, texts, asked, seen)
                read = await _read(driver)
                _compare(seen, "requests", first, read)
                if read.library != first.library:
                    seen.failures.append("requests: the documents are not the same")
                uploaded, refused = await _upload(client, texts, seen)
                brought = await _read(driver)
        _compare(seen, "uploads", first, brought)
        if brought.documents - read.documents != uploaded:
            seen.failures.append(f"uploads: {brought.documents - read.documents} documents came, jobs tell {uploaded}")
        mapping = tables(folder / "tables", texts)
        rows = ("kg", "import", str(mapping.parent), "--mapping", str(mapping), "--json")
        imported = await asyncio.to_thread(run, home, *rows, settings=settings)
        last = await _read(driver)
        _compare_import(seen, texts, brought, last)
    seen.failures += [f"a call outside: {call}" for call in calls]
    return {
        "payloads": len(texts),
        "requests": seen.requests,
        "server_errors": seen.server_errors,
        "unexpected_statuses": seen.unexpected,
        "statuses": {str(status): number for status, number in sorted(seen.statuses.items())},
        "statuses_by_place": {
            place: {str(status): number for status, number in sorted(found.items())}
            for place, found in seen.by_place.items()
        },
        "entities": len(first.entities),
        "relations": first.relations,
        "graph_before": first.digest,
        "graph_after_requests": read.digest,
        "graph_after_uploads": brought.digest,
        "documents_uploaded": uploaded,
        "files_refused": refused,
        "entities_imported": len(last.entities - brought.entities),
        "import_exit_code": imported.code,
        "calls_outside": len(calls),
        "failures": seen.failures[:_MOST_TOLD],
        "holds": seen.requests > 0 and not seen.failures,
    }


def _command(home: Path, settings: Mapping[str, str], *words: str) -> None:
    run(home, *words, "--json", settings=settings).checked()


async def _first_run(client: httpx.AsyncClient) -> str:
    """A run that feedback may be on, asked when the service has opened its store."""
    for _ in range(_READY_LOOKS):
        if (await client.get("/ready")).status_code == 200:
            break
        await asyncio.sleep(0.5)
    response = await client.post("/v1/answers", json={"question": "AQP4?", "stream": False})
    return str(response.raise_for_status().json()["run"])


async def _attack(client: httpx.AsyncClient, texts: Sequence[str], asked: str, seen: _Seen) -> None:
    """All requests of all payloads, a few at a time."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def one(attack: Attack, payload: str) -> None:
        async with turns:
            await _send(client, attack, payload, seen)

    for number, payload in enumerate(texts):
        await asyncio.gather(*(one(attack, payload) for attack in attacks(payload, number, asked)))
        if number % 50 == 0:
            sys.stderr.write(f"{number} payloads, {seen.requests} requests, {len(seen.failures)} failures\n")


async def _send(client: httpx.AsyncClient, attack: Attack, payload: str, seen: _Seen) -> None:
    seen.requests += 1
    try:
        # A client would resolve dots and encode again what is encoded in a relative address.
        address = httpx.URL(str(client.base_url).rstrip("/") + attack.path)
        response = await client.request(attack.method, address, json=attack.body)
    except httpx.HTTPError as error:
        seen.failures.append(f"{attack.place}: {type(error).__name__}: {payload!r}")
        return
    status = response.status_code
    seen.statuses[status] += 1
    seen.by_place.setdefault(attack.place, Counter())[status] += 1
    seen.server_errors += status >= 500
    if status not in attack.expected:
        seen.unexpected += 1
        told = response.text[:200] if status >= 500 else ""
        seen.failures.append(f"{attack.place}: {status} instead of {attack.expected}: {payload!r} {told}".rstrip())
    elif "\nevent: error" in response.text.replace("\r", ""):
        seen.failures.append(f"{attack.place}: the answer ended with an error: {payload!r}")


async def _upload(client: httpx.AsyncClient, texts: Sequence[str], seen: _Seen) -> tuple[int, int]:
    """Documents that came from the uploads, and files that were refused."""
    documents = refused = 0
    given = uploads(texts)
    for start in range(0, len(given), _FILES_A_REQUEST):
        some = given[start : start + _FILES_A_REQUEST]
        seen.requests += 1
        response = await client.post("/v1/documents", files=[("files", file) for file in some])
        seen.statuses[response.status_code] += 1
        seen.by_place.setdefault("uploads", Counter())[response.status_code] += 1
        if response.status_code != 202:
            seen.server_errors += response.status_code >= 500
            seen.failures.append(f"uploads: {response.status_code}: {response.text[:200]}")
            continue
        job = await _ended(client, response.json()["id"])
        if job["status"] != "succeeded":
            seen.failures.append(f"uploads: a job is {job['status']}: {job['error']}")
            continue
        summary = job["summary"]
        documents += summary["documents"] - summary["replaced"]
        refused += len(summary["failures"]) + len(summary["skipped"])
    return documents, refused


async def _ended(client: httpx.AsyncClient, id_: str) -> dict[str, Any]:
    until = time.monotonic() + _JOB_S
    while True:
        job = dict((await client.get(f"/v1/jobs/{id_}")).raise_for_status().json())
        if job["status"] in ("succeeded", "failed", "cancelled") or time.monotonic() > until:
            return job
        await asyncio.sleep(0.5)


def _compare(seen: _Seen, after: str, was: _Graph, now: _Graph) -> None:
    """Note each difference of the ontology and of the schema."""
    for what, some in (("lost", was.ontology - now.ontology), ("new", now.ontology - was.ontology)):
        if some:
            seen.failures.append(f"{after}: {sum(some.values())} nodes or relations of the graph are {what}")
    for name, rows in was.schema.items():
        if changed := set(rows) ^ set(now.schema[name]):
            seen.failures.append(f"{after}: the {name} are not the same: {sorted(changed)}"[:300])
    left = [name for rows in now.schema.values() for name in rows if CANARY.casefold() in name.casefold()]
    if left:
        seen.failures.append(f"{after}: the payloads left {left[:3]}")


def _compare_import(seen: _Seen, texts: Sequence[str], was: _Graph, now: _Graph) -> None:
    """An import adds entities of these ids and names, and nothing by a type or a predicate."""
    if lost := was.ontology - now.ontology:
        seen.failures.append(f"import: {sum(lost.values())} nodes or relations of the graph are lost")
    strange = now.entities - was.entities - {text.strip() for text in texts} - set(texts)
    if strange:
        seen.failures.append(f"import: entities that no row names: {sorted(strange)[:3]}")
    if now.relations != was.relations:
        seen.failures.append(f"import: {now.relations - was.relations:+d} relations")
    _compare(seen, "import", _without_things(was), _without_things(now))


def _without_things(graph: _Graph) -> _Graph:
    return _Graph(Counter(), Counter(), graph.schema, frozenset(), 0, 0)


async def _read(driver: AsyncDriver) -> _Graph:
    """All that the database holds."""
    nodes = (
        await driver.execute_query("MATCH (n) RETURN elementId(n) AS e, labels(n) AS l, properties(n) AS p")
    ).records
    edges = (
        await driver.execute_query(
            "MATCH (a)-[r]->(b) RETURN elementId(a) AS a, type(r) AS t, properties(r) AS p, elementId(b) AS b"
        )
    ).records
    digests = {n["e"]: _digest([sorted(n["l"]), n["p"]]) for n in nodes}
    ontology: Counter[str] = Counter()
    library: Counter[str] = Counter()
    for n in nodes:
        (library if _LIBRARY.intersection(n["l"]) else ontology)[digests[n["e"]]] += 1
    for r in edges:
        kept = library if r["t"] in _LIBRARY_TYPES else ontology
        kept[_digest([digests[r["a"]], r["t"], r["p"], digests[r["b"]]])] += 1
    schema = {
        "indexes": "SHOW INDEXES YIELD name, type, labelsOrTypes, properties AS p RETURN name, type, labelsOrTypes, p",
        "constraints": "SHOW CONSTRAINTS YIELD name, type RETURN name, type",
        "labels": "CALL db.labels() YIELD label WHERE NOT label IN $library RETURN label",
        "relationship types": "CALL db.relationshipTypes() YIELD relationshipType AS type RETURN type",
        "property keys": "CALL db.propertyKeys() YIELD propertyKey AS key WHERE toLower(key) CONTAINS $own RETURN key",
        "users": "SHOW USERS YIELD user RETURN user",
        "databases": "SHOW DATABASES YIELD name, currentStatus RETURN name, currentStatus",
        "settings": "SHOW SETTINGS YIELD name, value RETURN name, value",
    }
    return _Graph(
        ontology,
        library,
        {
            name: sorted(
                json.dumps(record.values())
                for record in (
                    await driver.execute_query(query, library=sorted(_LIBRARY), own=CANARY.casefold())
                ).records
            )
            for name, query in schema.items()
        },
        frozenset(str(n["p"]["id"]) for n in nodes if "Entity" in n["l"]),
        sum(r["t"] not in _LIBRARY_TYPES for r in edges),
        sum("Document" in n["l"] for n in nodes),
    )


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


@contextmanager
def _listener() -> Iterator[tuple[str, list[str]]]:
    """A HOST:PORT on loopback, and the calls that come while the block runs."""
    calls: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    connection, peer = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    calls.append(f"{peer[0]}:{peer[1]}")

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}", calls
        finally:
            ended.set()
            thread.join()
