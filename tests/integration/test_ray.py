import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.bootstrap import build
from app.ingestion.selection import files_under
from app.settings import Settings
from eval.bench.commands import run
from models.scripted import HashingEmbedder
from tests.integration.inputs import sample_folder

pytestmark = pytest.mark.integration
CHOSEN = (
    "abbott-2004-isf-evidence.md",
    "abstracts.jsonl",
    "mestre-2018-aqp4-five-labs.xml",
    "zhang-2018-salvianolic-acid-a-bbb.txt",
)
_MISSING = "ray is not installed (pip install 'jianxi[ray]')"
_CLUSTER = """
import sys
import ray
ray.init(num_cpus=2, _memory=8 * 2**30, _node_ip_address="127.0.0.1", include_dashboard=False)
print("READY", ray.get_runtime_context().gcs_address, flush=True)
sys.stdin.read()
"""


async def ingested(home: Path, files: list[Path], engine: str) -> list[object]:
    """Documents with their passages, as the engine made them."""
    async with build(Settings(home=home, chat="extractive"), embedder=HashingEmbedder(), engine=engine) as app:
        jobs = await app.open_jobs()
        await jobs.start("a test")
        job = await jobs.finished(await jobs.submit(files))
        assert job.status == "succeeded", job
        assert job.summary is not None
        documents = await app.store.list_documents(limit=1000)
        contents = await app.store.content([d.id for d in documents])
        told = [(f["kind"], Path(f["path"]).name) for f in job.summary["failures"]]
        return [*((d.id, d, passages) for d, (_, passages) in zip(documents, contents, strict=True)), told]


@pytest.mark.filterwarnings("default")
async def test_ray_makes_the_same_documents_and_passages_as_this_machine_alone(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason=_MISSING)
    folder = sample_folder() / "documents"
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnot a PDF file\n")
    files = [*(f for f in files_under([folder]) if f.name in CHOSEN or f.suffix == ".pdf"), broken]
    local = await ingested(tmp_path / "local", files, "local")
    assert len(local) > len(CHOSEN)
    assert await ingested(tmp_path / "ray", files, "ray") == local


@contextmanager
def cluster(notes: Path) -> Iterator[str]:
    """The address of a cluster of two workers; the processes in which they load the parser are noted."""
    here = Path(__file__).parents[2]
    path = os.pathsep.join([str(Path(__file__).parent / "parsers"), str(here), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-c", _CLUSTER],
        env={**os.environ, "PYTHONPATH": path, "PARSER_NOTES": str(notes), "RAY_USAGE_STATS_ENABLED": "0"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if line.startswith("READY"):
                yield line.split()[1]
                return
        pytest.fail(f"the cluster did not start: it ended with {process.wait()}")
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(60)


def test_the_command_parses_on_both_workers_of_a_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray", reason=_MISSING)
    documents, notes = str(sample_folder() / "documents"), tmp_path / "notes"
    local = run(tmp_path / "local", "ingest", documents, "--json").json()
    with cluster(notes) as address:
        monkeypatch.setenv("RAY_ADDRESS", address)
        spread = run(tmp_path / "ray", "ingest", documents, "--engine", "ray", "--json").json()
    assert len(set(notes.read_text().split())) == 2
    for count in ("documents", "passages", "known"):
        assert spread[count] == local[count]
    assert spread["files"] == local["files"]
