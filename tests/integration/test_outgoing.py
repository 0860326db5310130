"""No command and no request makes a connection beyond this machine, also where a shell asks for reports.

A hook notes what Python's sockets do. Where the kernel allows it, commands run without any network but loopback too,
where sockets of native code fail as well, and must end well all the same.

``CI`` is unset, since libraries that report their use do not where it is set.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from models.artifacts import QWEN_CODER_1_5B
from models.weights import Weights
from tests.e2e.conftest import free_port
from tests.integration.inputs import sample_folder, sample_tables
from tests.integration.test_scans import scan

pytestmark = pytest.mark.integration
_OUTGOING = Path(__file__).parent / "outgoing"
_ROOT = Path(__file__).parents[2]
_APART = ["unshare", "-rn", sys.executable, str(_OUTGOING / "without_network.py")]
_CLAIMS = (
    ("AQP4 lies in endfeet.", "AQP4 lies in astrocytic endfeet.", "supported"),
    ("AQP4 lies in neurons.", "AQP4 lies in astrocytic endfeet.", "contradicted"),
)


@dataclass(frozen=True, slots=True)
class Guarded:
    """Runs commands under the hook, and without a network where that is possible."""

    folder: Path
    environment: dict[str, str]
    notes: Path
    prefix: Sequence[str]

    def program(self, *words: str) -> str:
        """What a program printed; it must have ended well."""
        done = subprocess.run(
            [*self.prefix, *words], env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, f"{' '.join(words[-6:])}: {done.stderr or done.stdout}"
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    def command(self, *words: str) -> str:
        """What a command of the product printed."""
        return self.program(sys.executable, "-c", "from app.cli.main import main; main()", *words)

    def told(self, *words: str) -> dict[str, Any]:
        """The JSON document that a command printed."""
        return dict(json.loads(self.command(*words, "--json")))

    def reached(self) -> str:
        """What was asked of the world outside; empty where nothing was."""
        return self.notes.read_text() if self.notes.exists() else ""


def forbidden() -> str:
    """Why no command can run without a network here; empty where one can."""
    if shutil.which("unshare") is None:
        return "there is no `unshare` (util-linux)"
    tried = subprocess.run([*_APART, "true"], capture_output=True, text=True)
    return tried.stderr.strip() if tried.returncode else ""


@pytest.fixture
def guarded(tmp_path: Path) -> Guarded:
    notes = tmp_path / "notes"
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
        "PYTHONPATH": f"{_OUTGOING}{os.pathsep}{_ROOT}",
    }
    return Guarded(tmp_path, kept | asking | own, notes, () if forbidden() else _APART)


def documents(folder: Path) -> list[str]:
    """A text, a PDF file and a scan."""
    pdf = sample_folder() / "documents" / "kume-kick-2002-osmotic-challenge.pdf"
    return [str(folder / "a.md"), str(pdf), str(scan(folder / "scan.pdf", 150))]


def test_the_guard_sees_a_forked_child(guarded: Guarded) -> None:
    program = "import os, socket, contextlib\nif not os.fork():\n with contextlib.suppress(OSError):\n"
    program += "  socket.create_connection(('outside.invalid', 80), 1)"

    guarded.program(sys.executable, "-c", program)
    time.sleep(1)

    assert "outside.invalid" in guarded.reached()


def test_where_the_kernel_allows_it_commands_have_loopback_and_nothing_else() -> None:
    if why := forbidden():
        pytest.skip(f"the kernel allows no network namespace: {why}")
    program = """
import socket
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname(), 5).close()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outside:
    try:
        outside.connect(("192.0.2.1", 80))
    except OSError:
        print("alone")
"""
    assert subprocess.check_output([*_APART, sys.executable, "-c", program], text=True) == "alone\n"


def test_no_command_on_documents_reaches_out(guarded: Guarded, tmp_path: Path) -> None:
    guarded.command("init")
    summary = guarded.told("ingest", *documents(tmp_path))
    assert summary["files"]["failed"] == 0, summary
    assert summary["documents"] == 3
    guarded.command("search", "AQP4")
    run = guarded.told("ask", "Where does AQP4 lie?")["run"]
    assert guarded.told("replay", run)["same"]
    listed = guarded.told("documents", "list")["documents"]
    guarded.command("documents", "show", listed[0]["id"])
    guarded.command("documents", "delete", listed[0]["id"])
    guarded.command("index", "status")
    guarded.command("index", "rebuild")
    guarded.command("doctor")
    assert not guarded.reached()
    assert not (tmp_path / "intel").exists()


def test_no_command_on_the_graph_or_on_keys_reaches_out(guarded: Guarded, tmp_path: Path) -> None:
    tables = sample_tables()
    imported = guarded.told("kg", "import", str(tables), "--mapping", str(tables / "mapping.yaml"))
    guarded.command("kg", "stats")
    found = guarded.told("kg", "find", "AQP4")["entities"][0]["id"]
    for reading in ("show", "neighbours", "history"):
        guarded.command("kg", reading, found)
    for target in ("tables", "graph.ttl", "graph.graphml"):
        guarded.command("kg", "export", str(tmp_path / target))
    guarded.command("kg", "undo", str(imported["revision"]))
    guarded.command("kg", "import", str(tmp_path / "graph.ttl"))
    key = guarded.told("keys", "create", "a reader")["id"]
    guarded.command("keys", "list")
    guarded.command("keys", "revoke", key)
    assert not guarded.reached()


def test_no_measurement_and_no_training_reaches_out(guarded: Guarded, tmp_path: Path) -> None:
    claims = tmp_path / "claims.jsonl"
    rows = [dict(zip(("claim", "evidence", "label"), row, strict=True)) for row in _CLAIMS]
    claims.write_text("\n".join(map(json.dumps, rows)) + "\n")
    run = guarded.told("eval", "claims", "--data", str(claims))["run"]
    guarded.command("eval", "runs")
    guarded.command("eval", "report", run, "-o", str(tmp_path / "report.html"))
    written = (_ROOT / "training/question/data/held_out.tsv").read_text().splitlines(keepends=True)
    questions = tmp_path / "questions"
    questions.mkdir()
    (questions / "questions.tsv").write_text("".join(written))
    (questions / "held_out.tsv").write_text("".join(written[:20]))
    guarded.command("train", "question", "--data", str(questions), "--out", str(tmp_path / "intents.npz"))
    assert (tmp_path / "intents.npz").exists()
    assert not guarded.reached()


def test_the_demo_reaches_nothing_outside(guarded: Guarded) -> None:
    assert "Sample knowledge base" in guarded.command("demo", "--extractive")
    assert not guarded.reached()


@pytest.mark.weights
def test_the_embedded_model_reaches_nothing_outside(guarded: Guarded) -> None:
    folder = Path(os.environ.get("JIANXI_WEIGHTS", "~/.cache/jianxi/weights")).expanduser()
    if Weights(folder).located(QWEN_CODER_1_5B) is None:
        pytest.skip(f"the weights of {QWEN_CODER_1_5B.name} are not in {folder} (`jianxi doctor --fetch`)")
    guarded.environment.update({"JIANXI_CHAT": "gguf", "JIANXI_WEIGHTS": str(folder)})
    guarded.command("ingest", "a.md")
    answered = guarded.told("ask", "Where does AQP4 lie?")
    assert answered["kind"] in ("verified_text", "quotes"), answered
    guarded.command("doctor", "--fetch")
    assert not guarded.reached()


def test_the_service_reaches_nothing_outside(guarded: Guarded, tmp_path: Path) -> None:
    program = str(_OUTGOING / "use_service.py")
    guarded.program(sys.executable, program, str(free_port()), *documents(tmp_path))
    assert not guarded.reached()
