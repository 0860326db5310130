from pathlib import Path

import pytest

from app.bootstrap import build
from app.ingestion.selection import files_under
from app.settings import Settings
from models.scripted import HashingEmbedder
from tests.integration.inputs import sample_folder

pytestmark = pytest.mark.integration
CHOSEN = (
    "abbott-2004-isf-evidence.md",
    "abstracts.jsonl",
    "mestre-2018-aqp4-five-labs.xml",
    "zhang-2018-salvianolic-acid-a-bbb.txt",
)


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
    pytest.importorskip("ray", reason="ray is not installed (pip install 'jianxi[ray]')")
    folder = sample_folder() / "documents"
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnot a PDF file\n")
    files = [*(f for f in files_under([folder]) if f.name in CHOSEN or f.suffix == ".pdf"), broken]
    local = await ingested(tmp_path / "local", files, "local")
    assert len(local) > len(CHOSEN)
    assert await ingested(tmp_path / "ray", files, "ray") == local
