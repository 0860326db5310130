"""No command and no request makes a connection beyond this machine, also where a shell asks for reports.

``CI`` is unset, since libraries that report their use do not where it is set.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import free_port

pytestmark = pytest.mark.integration
_COMMANDS = (
    ("init",),
    ("ingest", "a.md"),
    ("documents", "list"),
    ("search", "AQP4"),
    ("ask", "Where does AQP4 lie?"),
    ("index", "rebuild"),
    ("doctor",),
    ("keys", "list"),
    ("kg", "stats"),
    ("demo", "--help"),
)


@pytest.fixture
def quiet(tmp_path: Path) -> tuple[dict[str, str], Path]:
    """The environment of a command under the guard, and the file where the guard notes connections."""
    notes = tmp_path / "notes"
    here = Path(__file__).parents[2]
    (tmp_path / "a.md").write_text("# AQP4\n\nAQP4 lies in astrocytic endfeet around the vessels of the brain.\n")
    kept = {n: v for n, v in os.environ.items() if n != "CI" and not n.startswith("JIANXI_")}
    asking = {
        "LANGSMITH_TRACING": "true",
        "LANGCHAIN_TRACING_V2": "true",
        "LANGSMITH_API_KEY": "a-key",
        "LANGSMITH_ENDPOINT": "http://smith.invalid",
    }
    own = {
        "JIANXI_HOME": str(tmp_path / "home"),
        "JIANXI_CHAT": "extractive",
        "HOME": str(tmp_path),
        "OUTGOING_NOTES": str(notes),
        "PYTHONPATH": f"{Path(__file__).parent / 'outgoing'}{os.pathsep}{here}",
    }
    return kept | asking | own, notes


def test_the_guard_sees_a_forked_child(quiet: tuple[dict[str, str], Path]) -> None:
    environment, notes = quiet
    program = "import os, socket, contextlib\nif not os.fork():\n with contextlib.suppress(OSError):\n"
    program += "  socket.create_connection(('outside.invalid', 80), 1)"

    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    time.sleep(1)

    assert "outside.invalid" in notes.read_text()


def test_no_command_reaches_out(quiet: tuple[dict[str, str], Path], tmp_path: Path) -> None:
    environment, notes = quiet
    for words in _COMMANDS:
        done = subprocess.run(
            [sys.executable, "-c", "from app.cli.main import main; main()", *words],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert "Traceback" not in done.stderr, done.stderr

    assert not notes.exists(), notes.read_text()
    assert not (tmp_path / "intel").exists()


def test_the_service_never_reaches_out(quiet: tuple[dict[str, str], Path], tmp_path: Path) -> None:
    environment, notes = quiet
    port = free_port()
    service = subprocess.Popen(
        [sys.executable, "-c", "from app.cli.main import main; main()", "serve", "--port", str(port)],
        env=environment,
        cwd=tmp_path,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120, trust_env=False) as client:
            _wait_for(client)
            _upload(client, tmp_path / "a.md")
            _wait_for_jobs(client)
            told = client.post("/v1/answers", json={"question": "Where does AQP4 lie?"})
            assert "event: done" in told.text
            client.get("/ready").raise_for_status()
            client.get("/metrics").raise_for_status()
    finally:
        service.terminate()
        service.wait(30)

    assert not notes.exists(), notes.read_text()


def _wait_for(client: httpx.Client) -> None:
    for _ in range(600):
        try:
            if client.get("/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail("the service did not start")


def _upload(client: httpx.Client, file: Path) -> None:
    client.post("/v1/documents", files={"files": (file.name, file.read_bytes())}).raise_for_status()


def _wait_for_jobs(client: httpx.Client) -> None:
    for _ in range(600):
        jobs = client.get("/v1/jobs").json()["jobs"]
        if all(job["status"] in ("succeeded", "failed", "cancelled") for job in jobs):
            return
        time.sleep(0.2)
    pytest.fail("the job did not end")
