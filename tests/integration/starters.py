"""Real servers that a test starts, kills and starts again."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.e2e.conftest import free_port


class Neo4jServer:
    """A Neo4j of a starter script (``SCRIPT HOME PORT PASSWORD``, prints READY), on one port with one home."""

    password = "integration-password"

    def __init__(self, script: str, folder: Path) -> None:
        self._script = script
        self._folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def setting(self) -> str:
        """The value of JIANXI_STORE."""
        return f"neo4j://neo4j:{self.password}@127.0.0.1:{self.port}"

    def start(self) -> float:
        """Start and wait until it is ready; returns the seconds that took."""
        began = time.monotonic()
        log = self._folder / "neo4j.log"
        log.write_bytes(b"")
        with log.open("ab") as sink:
            self._process = subprocess.Popen(
                [self._script, str(self._folder / "neo4j"), str(self.port), self.password],
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while b"READY" not in log.read_bytes():
            assert self._process.poll() is None, log.read_text()
            assert time.monotonic() - began < 180, log.read_text()
            time.sleep(0.1)
        return time.monotonic() - began

    def kill(self) -> None:
        """Kill it (-9)."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


def neo4j_server(folder: Path) -> Neo4jServer:
    """A server that is not started yet; the test is skipped where there is no starter script."""
    script = os.environ.get("NEO4J_TEST_SERVE")
    if not script:
        pytest.skip("NEO4J_TEST_SERVE does not name a script that starts Neo4j (see CONTRIBUTING.md)")
    return Neo4jServer(script, folder)
