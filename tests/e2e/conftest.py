"""A real server on loopback over a home with two papers and a small graph."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn

from app.bootstrap import App, build
from app.http.api import create_api
from app.providers import ChatChoice
from app.settings import Settings
from kg.domain import Entity, EntityId, Evidence, Name, Relation, relation_id
from kg.ledger.changes import AddEntity, AddRelation, ChangeSet
from models.extractive_chat import ExtractiveChat
from models.scripted import HashingEmbedder

ROWS = [
    {
        "paper_id": "PM-1",
        "pmid": "1",
        "year": 2012,
        "title": "Aquaporin-4 and clearance",
        "abstract": "Mice lacking aquaporin-4 cleared amyloid-beta 55 percent more slowly than wild-type mice. "
        "Aquaporin-4 lies in astrocytic endfeet around blood vessels.",
    },
    {
        "paper_id": "PM-2",
        "pmid": "2",
        "year": 2013,
        "title": "睡眠与脑细胞外间隙",
        "abstract": "睡眠时小鼠皮层脑细胞外间隙的容积分数由14%增加到23%。清醒时类淋巴清除减慢。",
    },
]


@dataclass(frozen=True, slots=True)
class Service:
    """A running service with a client for it."""

    url: str
    client: httpx.AsyncClient
    app: App


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def fill(app: App, folder: Path) -> None:
    file = folder / "abstracts.jsonl"
    file.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in ROWS))
    gene = Entity(
        EntityId("t:aqp4"),
        "Gene",
        (Name("AQP4", "symbol", preferred=True), Name("aquaporin-4", "en"), Name("水通道蛋白4", "zh")),
    )
    herb = Entity(EntityId("t:danshen"), "Herb", (Name("丹参", "zh", preferred=True), Name("Danshen", "pinyin")))
    compound = Entity(
        EntityId("t:tan2a"), "Compound", (Name("tanshinone IIA", "en", preferred=True), Name("丹参酮IIA", "zh"))
    )
    contains = Relation(
        relation_id("t:danshen", "herb_has_compound", "t:tan2a"),
        EntityId("t:danshen"),
        "herb_has_compound",
        EntityId("t:tan2a"),
        evidence=(Evidence("《中华人民共和国药典》2020"),),
    )
    changes = (AddEntity(gene), AddEntity(herb), AddEntity(compound), AddRelation(contains))
    await app.store.apply(ChangeSet(changes, "test", "a small graph"))
    jobs = await app.open_jobs()
    if not jobs.worker:
        await jobs.start("a test")
    job = await jobs.finished(await jobs.submit([file]))
    assert job.status == "succeeded", job
    await app.indexes.catch_up()


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    port = free_port()
    settings = Settings(home=tmp_path / "home", chat="extractive", port=port, limit_size_mb=5)
    embedder = HashingEmbedder()
    chat = ChatChoice(ExtractiveChat(embedder=embedder), "extractive", "extractive", "the test asks for it")
    async with build(settings, embedder=embedder, chat=chat) as app:
        await fill(app, tmp_path)
        async with served(settings, app) as url, httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client:
            yield Service(url, client, app)


@asynccontextmanager
async def served(settings: Settings, app: App) -> AsyncIterator[str]:
    """The address of an application that is served until the end."""
    server = uvicorn.Server(uvicorn.Config(create_api(settings, app=app), port=settings.port, log_level="warning"))
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started and not serving.done():
            await asyncio.sleep(0.02)
        yield f"http://127.0.0.1:{settings.port}"
    finally:
        server.should_exit = True
        await serving
