"""A home whose dense index is a Milvus in a file, beside one with the default: the same search results."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from eval.bench.commands import run
from tests.integration.inputs import sample_folder, write_papers

pytestmark = pytest.mark.integration
_QUERIES = ("clearance of amyloid-beta without aquaporin-4", "脑细胞外间隙的引流", "electroacupuncture and sleep")


@pytest.fixture
def milvus(tmp_path: Path) -> str:
    """JIANXI_DENSE for a Milvus in a file."""
    for package in ("pymilvus", "milvus_lite"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed (pip install 'jianxi[milvus]')")
    return f"milvus:{tmp_path / 'milvus.db'}"


def searched(home: Path, dense: str) -> list[tuple[str, str, list[tuple[str, float]]]]:
    """What searches find in a home, with their scores."""
    found = []
    for mode in ("dense", "hybrid"):
        for query in _QUERIES:
            told: dict[str, Any] = run(
                home, "search", query, "--mode", mode, "--json", settings={"dense": dense}
            ).json()
            found.append((mode, query, [(r["passage_id"], r["score"]) for r in told["results"]]))
    return found


def test_searches_find_the_same_in_milvus_as_by_default(milvus: str, tmp_path: Path) -> None:
    documents = sample_folder() / "documents"
    papers = write_papers(tmp_path / "papers", files=2, records=4)
    given = {"faiss": tmp_path / "faiss", milvus: tmp_path / "milvus"}
    for dense, home in given.items():
        run(home, "ingest", str(documents), "--json", settings={"dense": dense}).json()
        run(home, "ingest", str(papers), "--json", settings={"dense": dense}).json()
        run(home, "documents", "delete", "MADE-0003", "--json", settings={"dense": dense}).json()
    ours, theirs = (searched(home, dense) for dense, home in given.items())
    for (mode, query, expected), (_, _, found) in zip(ours, theirs, strict=True):
        assert [id_ for id_, _ in found] == [id_ for id_, _ in expected], (mode, query)
        assert [s for _, s in found] == pytest.approx([s for _, s in expected], abs=1e-4), (mode, query)
        assert expected
    status = run(given[milvus], "index", "status", "--json", settings={"dense": milvus}).json()
    assert status["dense"] == "milvus"
