import subprocess
import sys
from pathlib import Path

import pytest

from app.ingestion.lock import HomeLock
from kg.errors import StoreLocked

_HOLD = """
import sys, time
from pathlib import Path
from app.ingestion.lock import HomeLock
lock = HomeLock(Path(sys.argv[1]))
lock.acquire("service")
print("held", flush=True)
time.sleep(60)
"""

_SERVE = _HOLD.replace('lock.acquire("service")', "lock.begin_service()").replace("held", "serving")


def test_a_second_process_is_refused_by_name_until_the_first_is_killed(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", _HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        lock = HomeLock(tmp_path)
        with pytest.raises(StoreLocked, match=f"service with process id {holder.pid}"):
            lock.acquire("an ingestion")
    finally:
        holder.kill()
        holder.wait()
        assert holder.stdout is not None
        holder.stdout.close()
    lock.acquire("an ingestion", timeout_s=5)
    assert lock.owner()["role"] == "an ingestion"
    lock.release()


def test_a_service_is_known_to_live_until_its_process_ends(tmp_path: Path) -> None:
    mine = HomeLock(tmp_path)
    assert not mine.service_lives()
    process = subprocess.Popen([sys.executable, "-c", _SERVE, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "serving\n"
        assert mine.service_lives()
        assert HomeLock(tmp_path).service_lives()
        process.kill()
    assert not mine.service_lives()
