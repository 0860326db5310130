"""State and jobs on a real PostgreSQL: kept there, resumed after kill -9, told when it is away."""

import asyncio
import os
import signal
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from eval.bench.commands import run, start
from tests.e2e.conftest import free_port
from tests.integration.gate import Gate
from tests.integration.inputs import write_papers
from tests.integration.serving import QUESTION, served, settings_of, timed

pytestmark = pytest.mark.integration
_FILES, _RECORDS = 24, 4


@pytest.fixture
def database() -> Iterator[str]:
    """A database of its own on the server that POSTGRES_TEST_URL names."""
    server = os.environ.get("POSTGRES_TEST_URL", "")
    if not server:
        pytest.skip("POSTGRES_TEST_URL does not name a PostgreSQL server (see CONTRIBUTING.md)")
    name = f"jianxi_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield server.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def counted(database: str, query: str) -> int:
    with psycopg.connect(database) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return int(row[0])


def test_an_ingestion_that_was_killed_goes_on_from_what_postgresql_kept(database: str, tmp_path: Path) -> None:
    papers = write_papers(tmp_path / "papers", files=_FILES, records=_RECORDS)
    home, settings = tmp_path / "home", {"state": database}
    for files_kept in (2, 12):
        working = start(home, "ingest", str(papers), "--json", log=tmp_path / "killed.log", settings=settings)
        while working.poll() is None and len(list((home / "files").glob("*/*.jsonl"))) < files_kept:
            time.sleep(0.02)
        os.killpg(working.pid, signal.SIGKILL)
        assert working.wait() == -signal.SIGKILL, (tmp_path / "killed.log").read_text()
    run(home, "ingest", str(papers), "--json", settings=settings).json()
    listed = run(home, "documents", "list", "--limit", "1000", "--json", settings=settings).json()["documents"]
    assert len({d["source_id"] for d in listed}) == len(listed) == _FILES * _RECORDS
    assert counted(database, "SELECT count(*) FROM dbos.workflow_status WHERE status <> 'SUCCESS'") == 0
    assert not (home / "jobs.db").exists()
    assert not (home / "state.db").exists()


def test_keys_made_by_a_command_lie_in_postgresql(database: str, tmp_path: Path) -> None:
    made = run(tmp_path / "home", "keys", "create", "门诊小程序", "--json", settings={"state": database}).json()
    assert made
    assert counted(database, "SELECT count(*) FROM api_keys WHERE name = '门诊小程序'") == 1
    assert not (tmp_path / "home" / "state.db").exists()


@pytest.fixture
async def gate(database: str) -> AsyncIterator[Gate]:
    gate = Gate(free_port(), urlsplit(database).port or 5432)
    yield gate
    await gate.shut()


async def test_postgresql_away_or_silent_is_told_within_3_s_and_used_again_when_it_is_back(
    database: str, gate: Gate, tmp_path: Path
) -> None:
    behind = database.replace(f":{urlsplit(database).port}/", f":{gate.port}/")
    settings = settings_of(tmp_path / "home", chat="extractive", state=behind)
    await gate.open()
    async with served(settings, fill_from=tmp_path) as service:
        ask = {"question": QUESTION}
        for hinder in (gate.shut, gate.silence):
            assert (await service.client.post("/v1/answers", json=ask)).status_code == 200
            await hinder()
            response, seconds = await timed(service.client.post("/v1/answers", json=ask))
            assert response.status_code == 503, response.text
            assert seconds < 3
            assert response.json()["type"] == "urn:jianxi:problem:state-unavailable"
            assert str(gate.port) not in response.json()["detail"]
            assert (await service.client.get("/ready")).status_code == 503
            assert (await service.client.get("/health")).status_code == 200
            await gate.open()
            began = time.monotonic()
            while (told := await service.client.get("/ready")).status_code != 200:
                assert time.monotonic() - began < 10, told.text
                await asyncio.sleep(0.1)
        assert (await service.client.post("/v1/answers", json=ask)).status_code == 200


async def test_a_service_that_starts_before_postgresql_takes_jobs_once_it_is_there(
    database: str, gate: Gate, tmp_path: Path
) -> None:
    behind = database.replace(f":{urlsplit(database).port}/", f":{gate.port}/")
    async with served(settings_of(tmp_path / "home", chat="extractive", state=behind)) as service:
        response, seconds = await timed(service.client.get("/ready"))
        assert response.status_code == 503
        assert seconds < 3
        await gate.open()
        jobs = await service.app.open_jobs()
        for _ in range(200):
            if jobs.worker:
                break
            await asyncio.sleep(0.1)
        assert jobs.worker
        assert (await service.client.get("/v1/jobs")).json()["jobs"] == []
