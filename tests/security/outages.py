"""Dependencies of a service that go away or fall silent and come back: what it says, how soon, and when it works again.

The chat server and PostgreSQL stand behind a gate that is shut, or accepts and lets nothing through; Neo4j is killed
(-9) as well.
"""

import asyncio
import json
import sys
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from eval.bench.commands import free_port, run, served
from tests.e2e.conftest import ROWS
from tests.integration.gate import Gate
from tests.integration.starters import Neo4jServer
from tests.security.outages_watch import QUESTION, Asked, Outage, Way, job_s, watch, works
from tests.security.slow_model import slow_model

_ANSWERS: tuple[str, dict[str, str]] = ("/v1/answers", {"question": QUESTION})
_SEARCH: tuple[str, dict[str, str]] = ("/v1/search", {"query": QUESTION})
_EXTRACTIVE = {"chat": "extractive"}


def measure(folder: Path, *, neo4j: str, postgres: str, seconds: float) -> dict[str, object]:
    """Every outage, each of so many seconds; ``neo4j`` names a starter script, ``postgres`` a server's URL.

    A server that is not named is not measured, and the figure does not hold then.
    """
    missing = {
        name: f"{variable} is not set, nor --{name.lower()} given (CONTRIBUTING tells how)"
        for name, variable, given in (
            ("Neo4j", "NEO4J_TEST_SERVE", neo4j),
            ("PostgreSQL", "POSTGRES_TEST_URL", postgres),
        )
        if not given
    }
    outages = asyncio.run(_measured(folder, neo4j, postgres, seconds))
    return {
        "outages": [outage.to_json() for outage in outages],
        "not_measured": missing,
        "holds": not missing and all(outage.holds for outage in outages),
    }


async def _measured(folder: Path, neo4j: str, postgres: str, seconds: float) -> list[Outage]:
    outages = [
        *await _chat(folder / "chat", seconds, fallback=False),
        *await _chat(folder / "fallback", seconds, fallback=True),
    ]
    if neo4j:
        outages += await _neo4j(folder / "neo4j", neo4j, seconds)
    if postgres:
        outages += await _postgres(folder / "postgres", postgres, seconds)
    return outages


async def _chat(folder: Path, seconds: float, *, fallback: bool) -> list[Outage]:
    """A chat server, where quotes may replace its answers and where they may not."""
    async with slow_model(silence_s=0.0, pause_s=0.0) as model, _gate(_port_of(model.url)) as gate:
        await _filled(folder, _EXTRACTIVE)
        settings = {"chat": f"openai+http://127.0.0.1:{gate.port}/v1", "chat_model": "slow"}
        asked = [Asked(*_ANSWERS, degraded=True) if fallback else Asked(*_ANSWERS, problem="model-unavailable")]
        name = "chat server, quotes instead" if fallback else "chat server"
        async with _client(folder, {**settings, "chat_fallback": str(fallback).lower()}) as client:
            return [await _watched(client, name, way, asked, seconds) for way in _ways(gate)]


async def _neo4j(folder: Path, script: str, seconds: float) -> list[Outage]:
    """Neo4j with the store."""
    folder.mkdir(parents=True)
    server = Neo4jServer(script, folder)

    async def kill() -> None:
        await asyncio.to_thread(server.kill)

    async def start() -> None:
        await asyncio.to_thread(server.start)

    await start()
    try:
        async with _gate(server.port) as gate:
            settings = {**_EXTRACTIVE, "store": server.setting.replace(f":{server.port}", f":{gate.port}")}
            await _filled(folder, settings)
            asked = [Asked(*request, problem="store-unavailable") for request in (_ANSWERS, _SEARCH)]
            async with _client(folder, settings) as client:
                ways = [*_ways(gate), Way("killed", kill, start)]
                return [await _watched(client, "Neo4j", way, asked, seconds) for way in ways]
    finally:
        await kill()


async def _postgres(folder: Path, url: str, seconds: float) -> list[Outage]:
    """PostgreSQL with runs, keys and jobs; once it is back a job is done as well."""
    with _database(url) as database:
        port = urlsplit(database).port or 5432
        async with _gate(port) as gate:
            at = urlsplit(database)
            login, sign, _ = at.netloc.rpartition("@")
            behind = at._replace(netloc=f"{login}{sign}127.0.0.1:{gate.port}").geturl()
            settings = {**_EXTRACTIVE, "state": behind}
            await _filled(folder, settings)
            asked = [Asked(*request, problem="state-unavailable") for request in (_ANSWERS, _SEARCH)]
            outages = []
            async with _client(folder, settings) as client:
                for way in _ways(gate):
                    outage = await _watched(client, "PostgreSQL", way, asked, seconds)
                    outage.job_s = await job_s(client, f"after-{way.name}.md")
                    if outage.job_s is None:
                        outage.failures.append("a job that was sent once it was back did not succeed")
                    outages.append(outage)
            return outages


async def _watched(client: httpx.AsyncClient, name: str, way: Way, asked: list[Asked], seconds: float) -> Outage:
    outage = await watch(client, name, way, asked, seconds=seconds)
    sys.stderr.write(json.dumps(outage.to_json(), ensure_ascii=False) + "\n")
    return outage


def _ways(gate: Gate) -> list[Way]:
    return [Way("away", gate.shut, gate.open), Way("silent", gate.silence, gate.open)]


@asynccontextmanager
async def _gate(to: int) -> AsyncIterator[Gate]:
    """An open gate before a port of this machine."""
    gate = Gate(free_port(), to)
    await gate.open()
    try:
        yield gate
    finally:
        await gate.shut()


async def _filled(folder: Path, settings: Mapping[str, str]) -> None:
    """A home in the folder with two abstracts."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "abstracts.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS), "utf-8")
    (await asyncio.to_thread(run, folder / "home", "ingest", str(file), "--json", settings=settings)).checked()


@asynccontextmanager
async def _client(folder: Path, settings: Mapping[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service on the folder's home, which has answered once; gates go on meanwhile."""
    stack = ExitStack()
    try:
        started = served(folder / "home", folder, settings=settings)
        service = await asyncio.to_thread(stack.enter_context, started)
        async with httpx.AsyncClient(base_url=service.url, timeout=60, trust_env=False) as client:
            await works(client, 180)
            yield client
    finally:
        await asyncio.to_thread(stack.close)


@contextmanager
def _database(server: str) -> Iterator[str]:
    """A database of its own on a PostgreSQL server, while the block runs."""
    import psycopg

    name = f"jianxi_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port
