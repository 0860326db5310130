"""What the service does beside its requests, and what an operator sees when it fails."""

import asyncio
import logging
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request

from app import worker
from app.bootstrap import build
from app.http import api
from app.http.access import Caller
from app.http.problems import add_problems
from app.settings import Settings
from app.state.domain import Role
from models.errors import ModelRefused
from models.scripted import HashingEmbedder


async def until_it_works(jobs_file: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with asyncio.timeout(20):
        while "jobs wait" not in caplog.text:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)
        jobs_file.unlink()


async def test_what_keeps_a_service_from_its_jobs_is_logged_once_and_shown_at_ready(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_RETRY_S", 0.01)
    file = tmp_path / "jobs.db"
    file.write_bytes(b"broken" * 3000)
    async with build(Settings(home=tmp_path, chat="extractive"), embedder=HashingEmbedder()) as app:
        jobs = await app.open_jobs()
        working = asyncio.create_task(worker.become_worker(app))
        await until_it_works(file, caplog)
        assert jobs.problem is not None
        await asyncio.wait_for(working, 20)
        assert jobs.worker
    told = [r for r in caplog.records if "jobs wait" in r.getMessage()]
    assert [r.levelno for r in told] == [logging.WARNING]
    assert "move it away" in told[0].getMessage()


async def test_work_in_the_background_that_fails_is_logged_when_it_fails(caplog: pytest.LogCaptureFixture) -> None:
    async def sweeping() -> None:
        raise ValueError("no broom")

    with pytest.raises(ValueError, match="no broom"):
        await api._in_background(sweeping())
    assert "work in the background has failed" in caplog.text
    assert "no broom" in caplog.text


async def test_an_upload_that_cannot_be_written_is_no_full_disk(tmp_path: Path) -> None:
    async with build(Settings(home=tmp_path, chat="extractive"), embedder=HashingEmbedder()) as app:
        served = api.create_api(app.settings, app=app)
        async with served.router.lifespan_context(served):
            app.settings.inbox_path.write_text("a file in the place of the folder")
            transport = httpx.ASGITransport(app=served, client=("127.0.0.1", 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                refused = await client.post("/v1/documents", files={"files": ("a.txt", b"text")})
    assert refused.status_code == 503
    assert refused.json()["type"] == "urn:jianxi:problem:store-unavailable"
    assert "inbox cannot be written (File exists)" in refused.json()["detail"]


async def test_an_upload_takes_what_is_no_document_where_it_is_included(tmp_path: Path) -> None:
    files = [("files", ("LICENSE", b"MIT License")), ("files", ("a.md", b"# A\n\nOtters."))]
    async with build(Settings(home=tmp_path, chat="extractive"), embedder=HashingEmbedder()) as app:
        served = api.create_api(app.settings, app=app)
        async with served.router.lifespan_context(served):
            transport = httpx.ASGITransport(app=served, client=("127.0.0.1", 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                plain = await client.post("/v1/documents", files=files)
                whole = await client.post("/v1/documents?include=*.png&include=LICEN*", files=files)
    assert plain.json()["files"] == ["a.md"]
    assert whole.json()["files"] == ["LICENSE", "a.md"]


async def test_only_engineers_read_the_address_of_a_model_that_refuses(caplog: pytest.LogCaptureFixture) -> None:
    served = FastAPI()
    add_problems(served)

    @served.get("/{role}")
    async def asked(request: Request, role: Role) -> None:
        request.state.caller = Caller("one", role)
        raise ModelRefused("http://10.0.0.9:8000/v1 has no model 'm'")

    transport = httpx.ASGITransport(app=served)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        told = {role: (await client.get(f"/{role.value}")).json()["detail"] for role in (Role.READER, Role.ENGINEER)}
    assert "10.0.0.9" not in told[Role.READER]
    assert "ask the one who runs the service" in told[Role.READER]
    assert "10.0.0.9" in told[Role.ENGINEER]
    assert "10.0.0.9" in caplog.text
