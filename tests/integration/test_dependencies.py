import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import fill, free_port
from tests.integration.gate import Gate
from tests.integration.serving import QUESTION, model_server, served, settings_of, timed
from tests.integration.starters import neo4j_server

pytestmark = pytest.mark.integration


def last_event(text: str) -> dict[str, Any]:
    data = [line.removeprefix("data: ") for line in text.replace("\r\n", "\n").split("\n") if line.startswith("data: ")]
    return dict(json.loads(data[-1]))


async def test_a_chat_model_that_is_away_is_told_within_3_s_and_used_again_when_it_is_back(tmp_path: Path) -> None:
    port = free_port()
    chat = f"openai+http://127.0.0.1:{port}/v1"
    settings = settings_of(tmp_path / "home", chat=chat, chat_fallback=False)
    async with served(settings, fill_from=tmp_path) as service:
        ask = {"question": QUESTION}
        for _ in range(2):
            response, seconds = await timed(service.client.post("/v1/answers", json=ask))
            assert response.status_code == 503, response.text
            assert seconds < 3
            assert response.headers["content-type"] == "application/problem+json"
            assert response.json()["type"] == "urn:jianxi:problem:model-unavailable"
            assert f"127.0.0.1:{port}" in response.json()["detail"]
            body: Any = {"model": "jianxi", "messages": [{"role": "user", "content": QUESTION}]}
            compatible = await service.client.post("/v1/chat/completions", json=body)
            assert compatible.status_code == 503
            assert f"127.0.0.1:{port}" in compatible.json()["error"]["message"]
            assert (await service.client.get("/ready")).status_code == 503
            assert (await service.client.post("/v1/search", json={"query": QUESTION})).status_code == 200
            with model_server(port):
                answered = await service.client.post("/v1/answers", json=ask)
                done = last_event(answered.text)
                assert "55 percent" in done["answer"], answered.text
                assert not done["notice"], done
                assert (await service.client.get("/ready")).status_code == 200


async def test_where_it_is_allowed_an_extractive_answer_says_why_the_model_did_not_write_it(tmp_path: Path) -> None:
    port = free_port()
    settings = settings_of(tmp_path / "home", chat=f"openai+http://127.0.0.1:{port}/v1")
    async with served(settings, fill_from=tmp_path) as service:
        response, seconds = await timed(service.client.post("/v1/answers", json={"question": QUESTION}))
        assert response.status_code == 200, response.text
        assert seconds < 3
        done = last_event(response.text)
        assert "55 percent" in done["answer"]
        assert "away" in done["notice"], done["notice"]
        assert "127.0.0.1" not in done["notice"]
        assert all(s["citations"] for s in done["sentences"])
        ready = (await service.client.get("/ready")).json()
        assert ready["ready"] is True
        assert "cannot be reached" in ready["checks"]["chat"]["found"]
        with model_server(port):
            again = last_event((await service.client.post("/v1/answers", json={"question": QUESTION})).text)
            assert not again["notice"], again


async def test_a_model_that_breaks_off_in_the_middle_ends_the_run_with_its_cause(tmp_path: Path) -> None:
    async def broken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if head.startswith("GET"):
            body = b'{"object": "list", "data": [{"id": "small", "object": "model"}]}'
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        else:
            chunk = {"choices": [{"index": 0, "delta": {"content": "Mice lacking"}, "finish_reason": None}]}
            data = f"data: {json.dumps(chunk)}\n\n".encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\n" + data)
        await writer.drain()
        writer.close()

    port = free_port()
    server = await asyncio.start_server(broken, "127.0.0.1", port)
    settings = settings_of(tmp_path / "home", chat=f"openai+http://127.0.0.1:{port}/v1", chat_fallback=False)
    async with server, served(settings, fill_from=tmp_path) as service:
        response = await service.client.post("/v1/answers", json={"question": QUESTION})
        ended = last_event(response.text)
        assert ended["code"] == "ModelUnavailable", ended
        assert "127.0.0.1" not in ended["message"]


async def test_neo4j_away_is_told_within_3_s_and_the_service_recovers_when_it_is_back(tmp_path: Path) -> None:
    neo4j = neo4j_server(tmp_path)
    settings = settings_of(tmp_path / "home", chat="extractive", store=neo4j.setting)
    try:
        async with served(settings) as service:
            client = service.client
            assert (await client.get("/health")).status_code == 200
            await _told(service.client, neo4j.port)
            neo4j.start()
            await _back(client, 60)  # the first time, the schema is made
            while not (await service.app.open_jobs()).worker:
                await asyncio.sleep(0.1)
            await fill(service.app, tmp_path)
            answered = last_event((await client.post("/v1/answers", json={"question": QUESTION})).text)
            assert "55 percent" in answered["answer"]
            neo4j.kill()
            await _told(client, neo4j.port)
            neo4j.start()
            await _back(client)
            again = last_event((await client.post("/v1/answers", json={"question": QUESTION})).text)
            assert again["answer"] == answered["answer"]
    finally:
        neo4j.kill()


async def _told(client: Any, port: int) -> None:
    for path, body in (("/v1/answers", {"question": QUESTION}), ("/v1/search", {"query": QUESTION})):
        response, seconds = await timed(client.post(path, json=body))
        assert response.status_code == 503, response.text
        assert seconds < 3, path
        assert response.json()["type"] == "urn:jianxi:problem:store-unavailable"
        assert f"127.0.0.1:{port}" not in response.json()["detail"]
    assert (await client.get("/ready")).status_code == 503
    assert (await client.get("/health")).status_code == 200


async def _back(client: Any, seconds: float = 10) -> None:
    began = time.monotonic()
    while (told := await client.get("/ready")).status_code != 200:
        assert time.monotonic() - began < seconds, told.text
        await asyncio.sleep(0.1)


@asynccontextmanager
async def swallowing(port: int) -> AsyncIterator[None]:
    """A server that accepts and never answers."""

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while await reader.read(65536):
                pass
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", port)
    async with server:
        yield


async def test_a_chat_model_that_accepts_and_never_answers_is_told_within_3_s(tmp_path: Path) -> None:
    port = free_port()
    settings = settings_of(tmp_path / "home", chat=f"openai+http://127.0.0.1:{port}/v1", chat_fallback=False)
    async with served(settings, fill_from=tmp_path) as service:
        async with swallowing(port):
            response, seconds = await timed(service.client.post("/v1/answers", json={"question": QUESTION}))
            assert response.status_code == 503, response.text
            assert seconds < 3
            assert f"127.0.0.1:{port}" in response.json()["detail"]
            assert "did not answer" in response.json()["detail"]
            assert (await service.client.get("/ready")).status_code == 503
        with model_server(port):
            done = last_event((await service.client.post("/v1/answers", json={"question": QUESTION})).text)
            assert not done["notice"], done


async def test_where_it_is_allowed_a_silent_chat_model_is_replaced_by_quotes_at_once(tmp_path: Path) -> None:
    port = free_port()
    settings = settings_of(tmp_path / "home", chat=f"openai+http://127.0.0.1:{port}/v1", chat_model="small")
    async with served(settings, fill_from=tmp_path) as service:
        async with swallowing(port):
            response, seconds = await timed(service.client.post("/v1/answers", json={"question": QUESTION}))
            assert response.status_code == 200, response.text
            done = last_event(response.text)
            assert "55 percent" in done["answer"]
            assert "away" in done["notice"], done["notice"]
            assert seconds < 5
        with model_server(port):
            again = last_event((await service.client.post("/v1/answers", json={"question": QUESTION})).text)
            assert not again["notice"], again


async def test_neo4j_that_accepts_and_never_answers_is_told_within_3_s_and_used_when_it_speaks(tmp_path: Path) -> None:
    neo4j = neo4j_server(tmp_path)
    gate = Gate(free_port(), neo4j.port)
    behind = neo4j.setting.replace(f":{neo4j.port}", f":{gate.port}")
    settings = settings_of(tmp_path / "home", chat="extractive", store=behind)
    try:
        neo4j.start()
        await gate.silence()
        async with served(settings) as service:
            client = service.client
            await _told(client, gate.port)
            await gate.open()
            await _back(client, 120)  # the first time, the schema is made
            while not (await service.app.open_jobs()).worker:
                await asyncio.sleep(0.1)
            await fill(service.app, tmp_path)
            answered = last_event((await client.post("/v1/answers", json={"question": QUESTION})).text)
            assert "55 percent" in answered["answer"]
            await gate.silence()
            await _told(client, gate.port)
            await gate.open()
            await _back(client)
            again = last_event((await client.post("/v1/answers", json={"question": QUESTION})).text)
            assert again["answer"] == answered["answer"]
    finally:
        await gate.shut()
        neo4j.kill()
