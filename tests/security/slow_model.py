"""A slow OpenAI-compatible chat server, which quotes its evidence and notices when its reader leaves."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from kg.documents.sentences import sentences
from models.evidence_markup import parse

_MODELS = json.dumps({"object": "list", "data": [{"id": "slow", "object": "model"}]}).encode()
_HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: "


@dataclass(slots=True)
class ModelRequest:
    """A request for an answer: when it came, and when the reader left (``whole`` tells whether before the end)."""

    began: float
    left: float | None = None
    whole: bool = False


@dataclass(slots=True)
class SlowModel:
    """Reads a prompt for ``silence_s``, then writes a word every ``pause_s``; times are of time.perf_counter."""

    silence_s: float
    pause_s: float
    url: str = ""
    asked: list[ModelRequest] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            if head.startswith("GET"):
                writer.write(_HEAD + b"application/json\r\n\r\n" + _MODELS)
                await writer.drain()
                return
            body: dict[str, Any] = json.loads(await reader.readexactly(_length_of(head)))
            await self._write(quotes(str(body["messages"][-1]["content"])), reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _write(self, text: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = ModelRequest(time.perf_counter())
        self.asked.append(asked)
        leaving = asyncio.create_task(reader.read(1))
        try:
            writer.write(_HEAD + b"text/event-stream\r\n\r\n")
            await asyncio.wait({leaving}, timeout=self.silence_s)
            for word in text.split(" "):
                if leaving.done():
                    break
                writer.write(_chunk({"content": word + " "}, None))
                await asyncio.wait({leaving}, timeout=self.pause_s)
            else:
                writer.write(_chunk({}, "stop") + b"data: [DONE]\n\n")
                asked.whole = True
            await writer.drain()
        finally:
            asked.left = time.perf_counter()
            leaving.cancel()


def quotes(prompt: str) -> str:
    """The first sentence of each piece of evidence in a prompt, with its mark."""
    found = []
    for item in parse(prompt):
        start, end = sentences(item.text)[0]
        found.append(f"{item.text[start:end].strip()} [{item.number}]")
    return "\n".join(found)


@asynccontextmanager
async def slow_model(*, silence_s: float, pause_s: float) -> AsyncIterator[SlowModel]:
    """The server, on a free port while the block runs."""
    model = SlowModel(silence_s, pause_s)
    server = await asyncio.start_server(model.answer, "127.0.0.1", 0, limit=2**20)
    model.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield model
    finally:
        server.close()


def _length_of(head: str) -> int:
    fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n") if ": " in line)
    return int(fields["content-length"])


def _chunk(delta: dict[str, str], finish: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return f"data: {json.dumps({'model': 'slow', 'choices': [choice]})}\n\n".encode()
