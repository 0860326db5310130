"""Searches of one key do not stand in the way of another's."""

import asyncio
from contextlib import ExitStack

import pytest

from app.answering.runs.fair_threads import TURN
from retrieval.domain import EvidencePack, Query
from retrieval.errors import IndexMissing
from tests.unit.app.http.conftest import Routes


class WaitingRetriever:
    """Finds nothing, when it is let, and remembers whose turn it is."""

    def __init__(self) -> None:
        self.let = asyncio.Event()
        self.owners: list[str] = []

    async def retrieve(self, query: Query) -> EvidencePack:
        self.owners.append(TURN.get().owner)
        await self.let.wait()
        raise IndexMissing("nothing has been indexed")


async def test_one_key_has_so_many_searches_at_once_and_another_its_own_turn(
    routes: Routes, monkeypatch: pytest.MonkeyPatch
) -> None:
    retriever = WaitingRetriever()
    monkeypatch.setattr(routes.app, "pausing_retriever", retriever)
    first, second = [await routes.key() for _ in range(2)]
    post, most = routes.client.post, routes.app.settings.runs_per_key
    query = {"query": "AQP4", "k": 100}
    running = [asyncio.create_task(post("/v1/search", json=query, headers=first)) for _ in range(most)]
    async with asyncio.timeout(20):
        while len(retriever.owners) < most:
            await asyncio.sleep(0.01)
        refused = await post("/v1/search", json=query, headers=first)
        running.append(asyncio.create_task(post("/v1/search", json=query, headers=second)))
        while len(retriever.owners) <= most:
            await asyncio.sleep(0.01)
        retriever.let.set()
        served = await asyncio.gather(*running)
        again = await post("/v1/search", json=query, headers=first)

    assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
    assert "8 searches of this key" in refused.json()["detail"]
    assert len({*retriever.owners[:most]}) == 1
    assert "" not in retriever.owners
    assert retriever.owners[most] != retriever.owners[0]
    assert {r.json()["type"] for r in [*served, again]} == {"urn:jianxi:problem:index-missing"}


async def test_paths_of_one_key_are_counted_as_its_searches(routes: Routes) -> None:
    key, target = await routes.key(), "/v1/graph/paths?from=a&to=b"
    owner = (await (await routes.app.state()).keys.all())[0].id
    with routes.api.state.searches.admitted("another key"):
        assert (await routes.client.get(target, headers=key)).status_code == 404
    with ExitStack() as running:
        for _ in range(routes.app.settings.runs_per_key):
            running.enter_context(routes.api.state.searches.admitted(owner))
        assert (await routes.client.get(target, headers=key)).status_code == 429
