import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from app.ingestion.jobs_database import client_of, impatient, imported_dbos

OTHER_THREADS = """
import asyncio, sys, threading
from contextlib import suppress
from pathlib import Path

from app.ingestion.jobs import Jobs
from app.ingestion.lock import HomeLock

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name.startswith("sqlalchemy") and threading.current_thread() is not threading.main_thread():
            print(name)

async def main(home):
    url = f"sqlite:///{home}/jobs.db"
    jobs = Jobs(url=url, lock=HomeLock(home), ingestion=None, inbox=None, beats=None)
    with suppress(Exception):
        await jobs.queue_for_worker()
    assert (home / "jobs.db").exists()

sys.meta_path.insert(0, Watch())
asyncio.run(main(Path(sys.argv[1])))
"""


def test_no_thread_imports_sqlalchemy_beside_the_one_that_serves_requests(tmp_path: Path) -> None:
    """Both fail where two threads import it at once: the first request to a service that starts was answered 500."""
    ran = subprocess.run([sys.executable, "-c", OTHER_THREADS, str(tmp_path)], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stdout + ran.stderr


def test_a_request_for_jobs_does_not_wait_until_a_lost_database_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(imported_dbos(), f"sqlite:///{tmp_path}/jobs.db")

    def lost(*_: Any) -> None:
        raise OperationalError("SELECT 1", {}, ConnectionError("gone"), connection_invalidated=True)

    def slept(seconds: float) -> None:
        pytest.fail(f"it waits {seconds:.1f} s for the database")

    monkeypatch.setattr(client._sys_db.engine, "begin", lost)
    monkeypatch.setattr(time, "sleep", slept)
    with pytest.raises(OperationalError):
        client.list_workflows(name="ingest", limit=1)
    client.destroy()


def test_connections_of_jobs_notice_a_server_that_vanished_as_soon_as_those_of_the_state() -> None:
    told = make_url(impatient("postgresql+psycopg://me:p%40ss@db:5433/home?connect_timeout=9"))
    assert (told.username, told.password, told.host, told.database) == ("me", "p@ss", "db", "home")
    assert (told.query["tcp_user_timeout"], told.query["connect_timeout"]) == ("2500", "9")
    assert impatient("sqlite:////home/jobs.db") == "sqlite:////home/jobs.db"
