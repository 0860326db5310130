"""What the service's protocol does before a request has a route."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.datastructures import QueryParams
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from app.http import patience
from tests.e2e.conftest import free_port


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = b""
    while (message := await receive()).get("more_body"):
        body += message["body"]
    told = f"{scope['path']} {QueryParams(scope['query_string']).get('q')} {(body + message['body']).decode()} ok"
    await PlainTextResponse(told)(scope, receive, send)


@asynccontextmanager
async def _served() -> AsyncIterator[int]:
    port = free_port()
    config = uvicorn.Config(_echo, port=port, http=patience.PatientProtocol, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield port
    finally:
        server.should_exit = True
        await serving


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\n"])
async def test_a_connection_without_a_whole_head_is_closed(begun: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEAD_S", 0.2)
    async with _served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begun)

        async with asyncio.timeout(20):
            assert await reader.read() == b""
        writer.close()


async def test_half_a_head_behind_a_response_is_closed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEAD_S", 0.2)
    async with _served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        async with asyncio.timeout(20):
            assert b"200" in await reader.readline()
            await reader.readuntil(b"ok")
            writer.write(b"GET / HTTP/1.1\r\nHo")
            assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize("cut", [None, 8, 12, 30])
async def test_a_target_is_read_as_it_is_written_whatever_it_holds(cut: int | None) -> None:
    body = "归\nGET /腹 HTTP/1.1".encode()
    whole = f"POST /e/脑?q=当归&a=%E5 HTTP/1.1\r\nHost: é\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    async with _served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(20):
            for _ in range(2):
                for piece in (whole[:cut], whole[cut:] if cut else b""):
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0.05)
                told = (await reader.readuntil(b"ok")).decode()
                assert "200 OK" in told
                assert told.endswith("/e/脑 当归 归\nGET /腹 HTTP/1.1 ok")
        writer.close()
