"""Indexes that are changed document by document, against indexes that are built whole."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from eval.bench.index_differences import differences
from eval.bench.index_orders import measure
from kg.domain import (
    Block,
    DocumentId,
    Entity,
    EntityId,
    Name,
    ParsedDocument,
    Passage,
    PassageId,
    Relation,
    relation_id,
)
from kg.ontology import Ontology
from kg.stores.sqlite.store import SqliteStore
from models.scripted import HashingEmbedder
from retrieval.domain import Hit
from retrieval.errors import IndexCorrupt
from retrieval.index.builder import Indexes
from retrieval.index.snapshots import Snapshots
from tests.unit.retrieval.conftest import paper


async def test_any_order_of_additions_and_deletions_equals_a_rebuild(ontology: Ontology) -> None:
    result = await measure(orders=50, seed=1, ontology=ontology, steps=3)
    assert result.unequal == []
    assert (result.changes, result.settled) == (150, 25)
    assert result.whole < 25
    assert result.mentions > 1000


@pytest.fixture
def changing(tmp_path: Path, store: SqliteStore, embedder: HashingEmbedder, ontology: Ontology) -> Indexes:
    """Indexes that are changed, however few the passages."""
    return _indexes(tmp_path, store, embedder, ontology)


def _indexes(folder: Path, store: SqliteStore, embedder: HashingEmbedder, ontology: Ontology) -> Indexes:
    return Indexes(folder / "indexes", store=store, embedder=embedder, ontology=ontology, whole_below=0)


async def _remove(store: SqliteStore, name: str) -> None:
    await store.remove([DocumentId(f"d-{name}")], author="test", reason="gone")


async def _put(store: SqliteStore, document: ParsedDocument) -> None:
    await store.put([document], author="test", reason="come")


async def test_another_process_reads_what_was_changed(
    changing: Indexes, store: SqliteStore, tmp_path: Path, embedder: HashingEmbedder, ontology: Ontology
) -> None:
    await changing.catch_up()
    reader = _indexes(tmp_path, store, embedder, ontology)
    assert len((await reader.current()).dense) == 3
    await _remove(store, "flow")
    shown = await changing.catch_up()
    await _put(store, paper("flow"))
    await changing.catch_up()
    fresh = _indexes(tmp_path, store, embedder, ontology)
    whole = Indexes(tmp_path / "whole", store=store, embedder=embedder, ontology=ontology)
    expected = await whole.rebuild()
    assert shown.manifest.parent != ""
    for indexes in (reader, fresh, changing):
        assert differences(await indexes.current(), expected, ["velocity of interstitial fluid"], embedder) == []


async def test_nothing_of_a_deleted_document_is_found_or_walked(changing: Indexes, store: SqliteStore) -> None:
    await changing.catch_up()
    await _remove(store, "flow")
    shown = await changing.catch_up()
    gone = PassageId("d-flow:0")
    assert shown.manifest.parent != ""
    assert gone not in {h.passage_id for h in shown.lexical.search("velocity of interstitial fluid", 9)}
    assert "veloc" not in {w for w, rarity in shown.lexical.rarity("velocity").items() if rarity < 1.0}
    assert shown.walk.position(gone) is None
    assert shown.walk.walk([Hit(gone, 1.0)], []) == []
    assert len(shown.dense.vectors_of([gone])) == 0
    assert gone not in shown.catalogue.document_of
    assert "pmid:111" not in shown.catalogue.by_identifier


async def test_vectors_of_a_deleted_document_leave_the_disk(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    changing = _indexes(tmp_path, store, _SHORT, ontology)
    await changing.catch_up()
    assert _vector_of("flow") in _cache(tmp_path)
    await _remove(store, "flow")
    await changing.catch_up()
    assert _vector_of("flow") not in _cache(tmp_path)
    assert _vector_of("aqp4") in _cache(tmp_path)


async def test_nothing_that_was_made_of_removed_documents_is_left_in_a_file(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    changing = _indexes(tmp_path, store, _SHORT, ontology)
    await changing.catch_up()
    await _remove(store, "flow")
    shown = await changing.catch_up()
    assert shown.manifest.parent != "", "the earlier snapshot is still there, with the stems of the document"
    await changing.erase_removed()
    (folder,) = (tmp_path / "indexes" / "snapshots").iterdir()
    assert folder.name == (await changing.current()).manifest.name
    files = [path.read_bytes() for path in (tmp_path / "indexes").rglob("*") if path.is_file()]
    assert not [1 for data in files if _vector_of("flow") in data or b"d-flow" in data]
    assert _vector_of("aqp4") in _cache(tmp_path)


async def test_a_text_that_another_document_has_too_keeps_its_vector(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    changing = _indexes(tmp_path, store, _SHORT, ontology)
    twin, twin_id = paper("flow"), DocumentId("d-twin")
    passage = replace(twin.passages[0], id=PassageId("d-twin:0"), document_id=twin_id)
    await _put(store, replace(twin, document=replace(twin.document, id=twin_id), passages=(passage,)))
    await changing.catch_up()
    await _remove(store, "flow")
    await changing.catch_up()
    assert _vector_of("flow") in _cache(tmp_path)


_SHORT = HashingEmbedder(32)
"""Its vectors lie in one piece on the disk."""


def _vector_of(name: str) -> bytes:
    return bytes(_SHORT.encode_passages([paper(name).passages[0].searchable])[0].tobytes())


def _cache(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (folder / "indexes").glob("vectors.sqlite*"))


async def test_a_document_that_went_and_came_with_another_text_is_indexed_anew(
    changing: Indexes, store: SqliteStore
) -> None:
    await changing.catch_up()
    await _remove(store, "flow")
    text = "Zebrafish larvae were imaged."
    whole = paper("flow")
    await _put(store, replace(whole, passages=(replace(whole.passages[0], text=text),)))
    shown = await changing.catch_up()
    assert [h.passage_id for h in shown.lexical.search("zebrafish", 3)] == ["d-flow:0"]
    assert list(shown.lexical.search("micrometers", 3)) == []
    assert len(shown.dense) == 3


async def test_what_comes_during_a_rebuild_is_found_before_and_after_it(
    changing: Indexes, store: SqliteStore, tmp_path: Path, embedder: HashingEmbedder, ontology: Ontology
) -> None:
    await _remove(store, "flow")
    await changing.catch_up()

    async def come() -> None:
        await _put(store, paper("flow"))
        assert len((await changing.catch_up()).dense) == 3

    slow = _Interrupted(tmp_path / "knowledge.sqlite", come)
    await slow.open()
    other = _indexes(tmp_path, slow, embedder, ontology)
    shown = await other.rebuild()
    await slow.close()
    assert [h.passage_id for h in shown.lexical.search("velocity", 3)] == ["d-flow:0"]
    assert len(shown.dense) == 3
    assert shown.manifest.revision == await store.head()


async def test_a_crash_before_the_swap_leaves_the_earlier_snapshot(
    changing: Indexes, store: SqliteStore, tmp_path: Path, embedder: HashingEmbedder, ontology: Ontology,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    before = await changing.catch_up()
    await _remove(store, "flow")

    def crash(snapshots: Snapshots, name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Snapshots, "point_at", crash)
    with pytest.raises(KeyboardInterrupt):
        await changing.catch_up()
    monkeypatch.undo()
    fresh = _indexes(tmp_path, store, embedder, ontology)
    assert (await fresh.current()).manifest.name == before.manifest.name
    assert len((await fresh.catch_up()).dense) == 2


async def test_a_damaged_change_names_the_cure(
    changing: Indexes, store: SqliteStore, tmp_path: Path, embedder: HashingEmbedder, ontology: Ontology
) -> None:
    await changing.catch_up()
    await _remove(store, "flow")
    shown = await changing.catch_up()
    (tmp_path / "indexes" / "snapshots" / shown.manifest.name / "removed.json").write_text("{}")
    fresh = _indexes(tmp_path, store, embedder, ontology)
    with pytest.raises(IndexCorrupt, match="jianxi index rebuild"):
        await fresh.current()
    assert len((await fresh.rebuild()).dense) == 2


async def test_the_dictionary_is_kept_while_only_documents_change(changing: Indexes, store: SqliteStore) -> None:
    await changing.catch_up()
    linker = await changing.linker()
    await _remove(store, "flow")
    await changing.catch_up()
    assert await changing.linker() is linker


async def test_facts_without_new_names_build_nothing_again(changing: Indexes, store: SqliteStore) -> None:
    await changing.catch_up()
    linker = await changing.linker()
    related = Relation(relation_id("F2", "formula_has_herb", "H1"), EntityId("F2"), "formula_has_herb", EntityId("H1"))
    await store.load([], [[related]], author="test", reason="a fact")
    await _remove(store, "flow")
    shown = await changing.catch_up()
    assert shown.manifest.parent != ""
    assert await changing.linker() is linker


async def test_new_names_are_found_in_all_documents(changing: Indexes, store: SqliteStore) -> None:
    await changing.catch_up()
    fluid = Entity(EntityId("G9"), "Gene", (Name("amyloid", "en", True),))
    await store.load([[fluid]], [], author="test", reason="a name")
    shown = await changing.catch_up()
    assert shown.manifest.parent == ""
    assert list(await store.passages_naming([fluid.id])) == ["d-aqp4:0"]


async def test_many_changes_are_worth_a_rebuild(changing: Indexes, store: SqliteStore) -> None:
    await changing.catch_up()
    assert not await changing.worth_rebuilding()
    await _remove(store, "flow")
    await changing.catch_up()
    assert await changing.worth_rebuilding()
    await changing.rebuild()
    assert not await changing.worth_rebuilding()


async def test_changes_upon_changes_are_gathered_and_old_ones_dropped(
    changing: Indexes, store: SqliteStore, tmp_path: Path
) -> None:
    await changing.catch_up()
    for _ in range(10):
        await _remove(store, "flow")
        await changing.catch_up()
        await _put(store, paper("flow"))
        shown = await changing.catch_up()
    assert len(shown.dense) == 3
    assert len(list((tmp_path / "indexes" / "snapshots").iterdir())) < 20


class _Interrupted(SqliteStore):
    """A store that is changed once while all of it is read."""

    def __init__(self, path: Path, change: Callable[[], Awaitable[None]]) -> None:
        super().__init__(path)
        self._change: Callable[[], Awaitable[None]] | None = change

    async def content(self, ids: Sequence[DocumentId]) -> list[tuple[Sequence[Block], Sequence[Passage]]]:
        found = await super().content(ids)
        change, self._change = self._change, None
        if change is not None:
            await change()
        return found
