"""A service over a small home, with a chat model and a store of the test's choice."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from app.bootstrap import build
from app.http.api import create_api
from app.settings import Settings
from models.protocols import Embedder
from models.scripted import HashingEmbedder
from tests.e2e.conftest import Service, fill, free_port
from tests.loopback import Quiet, on_loopback

QUESTION = "How much more slowly did mice lacking aquaporin-4 clear amyloid-beta?"
SENTENCE = "Mice lacking aquaporin-4 cleared amyloid-beta 55 percent more slowly than wild-type mice [1]."


@asynccontextmanager
async def served(
    settings: Settings, *, fill_from: Path | None = None, embedder: Embedder | None = None
) -> AsyncIterator[Service]:
    """A running service on the settings' home; ``fill_from`` is a folder for the small input it is filled with."""
    async with build(settings, embedder=embedder or HashingEmbedder(), open_store=False) as app:
        if fill_from is not None:
            await app.ready()
            await fill(app, fill_from)
        server = uvicorn.Server(
            uvicorn.Config(create_api(settings, app=app), port=settings.port, log_level="warning", lifespan="on")
        )
        serving = asyncio.create_task(server.serve())
        while not server.started and not serving.done():
            await asyncio.sleep(0.02)
        url = f"http://127.0.0.1:{settings.port}"
        try:
            async with httpx.AsyncClient(base_url=url, timeout=120, trust_env=False) as client:
                yield Service(url, client, app)
        finally:
            server.should_exit = True
            await serving


async def timed(request: Any) -> tuple[httpx.Response, float]:
    """A response and the seconds it took."""
    began = time.monotonic()
    response = await request
    return response, time.monotonic() - began


class _Speaks(Quiet):
    def do_GET(self) -> None:
        self.answer_models("small")

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        pieces = [SENTENCE[i : i + 12] for i in range(0, len(SENTENCE), 12)]
        self.answer_stream(asked["model"], [{"content": piece} for piece in pieces])


@contextmanager
def model_server(port: int) -> Iterator[None]:
    """An OpenAI-speaking server that knows one sentence, there while the block runs."""
    with on_loopback(_Speaks, port):
        yield


def settings_of(home: Path, **given: Any) -> Settings:
    """Settings of a service on a free port."""
    return Settings(home=home, port=free_port(), limit_size_mb=5, **given)
