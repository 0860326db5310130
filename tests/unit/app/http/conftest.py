"""The routes of a service over an empty home, in this process and without its jobs."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.bootstrap import App, build
from app.http.api import create_api
from app.providers import ChatChoice
from app.settings import Settings
from app.state.domain import Role
from models.extractive_chat import ExtractiveChat
from models.scripted import HashingEmbedder


@dataclass(frozen=True, slots=True)
class Routes:
    """The routes with a client, and the application that they serve."""

    api: FastAPI
    app: App
    client: httpx.AsyncClient

    async def key(self, role: Role = Role.READER) -> dict[str, str]:
        """The header of a new key."""
        made = await (await self.app.state()).keys.create("a test", role)
        return {"Authorization": f"Bearer {made.secret}"}


@pytest.fixture
async def routes(tmp_path: Path) -> AsyncIterator[Routes]:
    settings = Settings(home=tmp_path / "home", chat="extractive", cors_origins=("https://lab.example",))
    embedder = HashingEmbedder()
    chat = ChatChoice(ExtractiveChat(embedder=embedder), "extractive", "extractive", "the test asks for it")
    async with build(settings, embedder=embedder, chat=chat) as app:
        api = create_api(settings, app=app)
        api.state.app = app
        transport = httpx.ASGITransport(app=api, client=("127.0.0.1", 1), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            yield Routes(api, app, client)
