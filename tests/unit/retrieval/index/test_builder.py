"""Indexes derived from the store."""

import asyncio
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kg.domain import DocumentId
from kg.ontology import Ontology
from kg.stores.sqlite.store import SqliteStore
from models.protocols import Vectors
from models.scripted import HashingEmbedder
from retrieval.errors import IndexCorrupt, IndexMismatch, IndexMissing
from retrieval.index.builder import Indexes
from retrieval.index.snapshots import Snapshots, checksum
from retrieval.index.vector_cache import VectorCache
from tests.unit.retrieval.conftest import paper


class CountingEmbedder(HashingEmbedder):
    """Counts the passages it is given; may stop after some, as a killed process does."""

    def __init__(self, *, stop_after: int | None = None) -> None:
        super().__init__()
        self.passages = 0
        self._stop_after = stop_after

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        if self._stop_after is not None and self.passages >= self._stop_after:
            raise KeyboardInterrupt
        self.passages += len(texts)
        return super().encode_passages(texts)


async def test_nothing_indexed_says_what_to_do(indexes: Indexes) -> None:
    with pytest.raises(IndexMissing, match="jianxi ingest"):
        await indexes.current()


async def test_catching_up_indexes_all_documents(indexes: Indexes, store: SqliteStore) -> None:
    snapshot = await indexes.catch_up()
    status = await indexes.status()
    assert len(snapshot.dense) == len(snapshot.lexical) == len(snapshot.walk) == 3
    assert (status.revision, status.documents, status.behind, status.problem) == (await store.head(), 3, False, None)


async def test_catching_up_twice_builds_once(indexes: Indexes) -> None:
    assert (await indexes.catch_up()) is (await indexes.catch_up())


async def test_a_removed_document_leaves_the_indexes(indexes: Indexes, store: SqliteStore) -> None:
    await indexes.catch_up()
    await store.remove([DocumentId("d-flow")], author="test", reason="gone")
    assert (await indexes.status()).behind
    snapshot = await indexes.catch_up()
    assert len(snapshot.dense) == 2
    assert not [h for h in snapshot.lexical.search("interstitial velocity", 5) if h.passage_id.startswith("d-flow")]


async def test_caught_up_equals_rebuilt(indexes: Indexes, store: SqliteStore) -> None:
    await store.remove([DocumentId("d-aqp4")], author="test", reason="later")
    await indexes.catch_up()
    await store.put([paper("aqp4")], author="test", reason="again")
    grown = (await indexes.catch_up()).manifest
    rebuilt = (await indexes.rebuild()).manifest
    assert {f: s for f, s in grown.files.items() if not f.startswith("lexical/segments")} == {
        f: s for f, s in rebuilt.files.items() if not f.startswith("lexical/segments")
    }


async def test_a_store_that_was_emptied_is_told_until_the_index_is_rebuilt(
    indexes: Indexes, tmp_path: Path, embedder: HashingEmbedder, ontology: Ontology
) -> None:
    await indexes.catch_up()
    emptied = SqliteStore(tmp_path / "emptied.sqlite")
    await emptied.open()
    other = Indexes(tmp_path / "indexes", store=emptied, embedder=embedder, ontology=ontology)
    for use in (other.current, other.catch_up):
        with pytest.raises(IndexMismatch, match=r"revision 2, the store is at 0 only.*jianxi index rebuild"):
            await use()
    head = await emptied.head()
    assert "emptied" in ((await other.status()).problem or "")
    assert other.ahead_of(head) == (await other.status()).problem
    snapshot = await other.rebuild()
    assert len(snapshot.dense) == 0
    assert other.ahead_of(head) is None
    assert indexes.ahead_of(head) is None
    assert (await other.status()).problem is None
    await emptied.close()


async def test_mentions_follow_the_graph(indexes: Indexes, store: SqliteStore) -> None:
    snapshot = await indexes.catch_up()
    mentions = await store.mentions(list(snapshot.catalogue.languages))
    assert ("d-aqp4:0", "G1") in {(m.passage_id, m.entity_id) for m in mentions}


async def test_a_stranger_embedder_is_refused_with_the_cure(
    indexes: Indexes, store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    await indexes.catch_up()
    other = Indexes(tmp_path / "indexes", store=store, embedder=HashingEmbedder(64), ontology=ontology)
    with pytest.raises(IndexMismatch, match="jianxi index rebuild"):
        await other.current()
    with pytest.raises(IndexMismatch, match="jianxi index rebuild"):
        await other.catch_up()
    assert (await other.status()).problem
    assert (await other.rebuild()).manifest.dimension == 64


@pytest.mark.parametrize("name", ["dense/vectors.npy", "walk/names.json", "catalogue.json", "manifest.json"])
async def test_a_damaged_file_is_noticed_and_rebuilt(
    indexes: Indexes, store: SqliteStore, tmp_path: Path, ontology: Ontology, embedder: HashingEmbedder, name: str
) -> None:
    snapshot = await indexes.catch_up()
    path = tmp_path / "indexes" / "snapshots" / snapshot.manifest.name / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    fresh = Indexes(tmp_path / "indexes", store=store, embedder=embedder, ontology=ontology)
    with pytest.raises(IndexCorrupt, match="jianxi index rebuild"):
        await fresh.current()
    assert len((await fresh.rebuild()).dense) == 3


async def test_rebuilding_embeds_nothing_twice(store: SqliteStore, tmp_path: Path, ontology: Ontology) -> None:
    embedder = CountingEmbedder()
    indexes = Indexes(tmp_path / "counted", store=store, embedder=embedder, ontology=ontology)
    await indexes.embed_early(paper("flow").passages)
    await indexes.catch_up()
    await indexes.rebuild()
    assert embedder.passages == 3


def test_a_crash_while_embedding_keeps_what_was_done(tmp_path: Path) -> None:
    passages = [paper(name).passages[0] for name in ("flow", "aqp4", "zhen")]
    first = CountingEmbedder()
    VectorCache(tmp_path / "v.sqlite", first).vectors_of(passages[:2])
    with pytest.raises(KeyboardInterrupt):
        VectorCache(tmp_path / "v.sqlite", CountingEmbedder(stop_after=0)).vectors_of(passages)
    second = CountingEmbedder()
    vectors = VectorCache(tmp_path / "v.sqlite", second).vectors_of(passages)
    assert second.passages == 1
    assert np.allclose(vectors, HashingEmbedder().encode_passages([p.searchable for p in passages]))


def test_a_damaged_vector_cache_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "v.sqlite").write_bytes(b"this is no database at all" * 100)
    cache = VectorCache(tmp_path / "v.sqlite", HashingEmbedder())
    assert cache.vectors_of(paper("flow").passages).shape == (1, 256)


async def test_readers_notice_a_swap_by_another_process(
    indexes: Indexes, store: SqliteStore, tmp_path: Path, ontology: Ontology, embedder: HashingEmbedder
) -> None:
    before = await indexes.catch_up()
    other = Indexes(tmp_path / "indexes", store=store, embedder=embedder, ontology=ontology)
    after = await other.rebuild()
    assert (await indexes.current()).manifest.name == before.manifest.name, "it answers while the other is opened"
    async with asyncio.timeout(30):
        while (await indexes.current()).manifest.name == before.manifest.name:
            await asyncio.sleep(0.01)
    assert (await indexes.current()).manifest.name == after.manifest.name


async def test_readers_wait_for_a_later_revision(
    indexes: Indexes, store: SqliteStore, tmp_path: Path, ontology: Ontology, embedder: HashingEmbedder
) -> None:
    await indexes.catch_up()
    await store.remove([DocumentId("d-flow")], author="test", reason="gone")
    after = await Indexes(tmp_path / "indexes", store=store, embedder=embedder, ontology=ontology).catch_up()
    assert (await indexes.current()).manifest.name == after.manifest.name


async def test_builders_wait_for_each_other(indexes: Indexes, store: SqliteStore) -> None:
    await asyncio.gather(indexes.rebuild(), indexes.catch_up(), indexes.rebuild())
    assert (await indexes.status()).problem is None


async def test_builders_of_one_process_leave_threads_for_the_one_that_builds(indexes: Indexes) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(3))
    async with asyncio.timeout(120):
        await asyncio.gather(*(indexes.rebuild() for _ in range(4)))


async def test_only_two_snapshots_are_kept(indexes: Indexes, tmp_path: Path) -> None:
    for _ in range(4):
        await indexes.rebuild()
    assert len(list((tmp_path / "indexes" / "snapshots").iterdir())) == 2


async def test_what_a_crash_left_half_built_is_ignored_and_cleared(indexes: Indexes, tmp_path: Path) -> None:
    await indexes.catch_up()
    left = tmp_path / "indexes" / "snapshots" / ".00000009-left.building"
    left.mkdir()
    (left / "manifest.json").write_text("{")
    assert (await indexes.status()).problem is None
    await indexes.rebuild()
    assert not left.exists()


async def test_another_format_must_be_rebuilt(indexes: Indexes, tmp_path: Path) -> None:
    snapshot = await indexes.catch_up()
    path = tmp_path / "indexes" / "snapshots" / snapshot.manifest.name / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 0}))
    with pytest.raises(IndexCorrupt, match="format 0"):
        Snapshots(tmp_path / "indexes").manifest()


async def test_a_snapshot_of_an_earlier_version_is_rebuilt_as_any_other(indexes: Indexes, tmp_path: Path) -> None:
    name = (await indexes.catch_up()).manifest.name
    path = tmp_path / "indexes" / "snapshots" / name / "manifest.json"
    earlier = {key: value for key, value in json.loads(path.read_text("utf-8")).items() if key != "parent"}
    path.write_text(json.dumps({**earlier, "format": 1}), "utf-8")
    assert (await indexes.rebuild()).manifest.name != name


def test_large_files_are_checked_by_samples(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(40 * 2**20))
    before = checksum(path)
    with path.open("r+b") as file:
        file.seek(0)
        file.write(b"x")
    assert checksum(path) != before
