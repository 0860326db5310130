import subprocess
import sys
from pathlib import Path

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
