"""What every dense index promises."""

import importlib.util
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from kg.domain import PassageId
from models.protocols import Vectors
from retrieval.errors import IndexCorrupt, IndexMismatch
from retrieval.index.dense_layers import DenseLayer, LayeredDense
from retrieval.index.faiss_index import FaissEngine, FaissIndex
from retrieval.protocols import DenseEngine, DenseIndex

DIMENSION = 32


class _Compressed:
    """FAISS with codes and exact rerank, however few the passages."""

    name = "faiss"

    def build(self, folder: Path, ids: Sequence[PassageId], vectors: Vectors, *, snapshot: str) -> None:
        FaissIndex(ids, vectors, exact_below=1, gpu=False).save(folder)

    def load(self, folder: Path) -> DenseIndex:
        return FaissIndex.load(folder, exact_below=1, gpu=False)

    def drop(self, folder: Path) -> None:
        pass


class _Layered:
    """An engine's index in two layers; the first holds passages that are hidden, some of them in the second again."""

    def __init__(self, engine: DenseEngine) -> None:
        self._engine = engine
        self.name = engine.name

    def build(self, folder: Path, ids: Sequence[PassageId], vectors: Vectors, *, snapshot: str) -> None:
        half = len(ids) // 2
        again = ids[half : half + 3]
        stale = [*ids[:half], *again, *_STALE]
        spoilt = np.concatenate([vectors[:half], _unit(len(stale) - half, seed=9, dimension=vectors.shape[1])])
        self._engine.build(folder / "first", stale, spoilt, snapshot=f"{snapshot}-first")
        self._engine.build(folder / "second", ids[half:], vectors[half:], snapshot=f"{snapshot}-second")
        (folder / "again.json").write_text(json.dumps([len(ids), again]), "utf-8")

    def load(self, folder: Path) -> DenseIndex:
        count, again = json.loads((folder / "again.json").read_text("utf-8"))
        first = DenseLayer(self._engine.load(folder / "first")).without([*again, *_STALE])
        return LayeredDense([first, DenseLayer(self._engine.load(folder / "second"))], count)

    def drop(self, folder: Path) -> None:
        pass


_STALE = [PassageId(f"stale{n:02d}") for n in range(40)]


@pytest.fixture(params=["faiss", "faiss-compressed", "milvus", "faiss-layered", "compressed-layered", "milvus-layered"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> DenseEngine:
    engine = _engine(request.param, tmp_path)
    return _Layered(engine) if request.param.endswith("-layered") else engine


def _engine(name: str, tmp_path: Path) -> DenseEngine:
    if name.startswith("milvus"):
        for package in ("pymilvus", "milvus_lite"):
            if importlib.util.find_spec(package) is None:
                pytest.skip(f"{package} is not installed; cure: pip install 'jianxi[milvus]'")
        from retrieval.index.milvus_index import MilvusEngine

        return MilvusEngine(str(tmp_path / "milvus.db"))
    return _Compressed() if "compressed" in name else FaissEngine()


def _unit(count: int, seed: int = 1, dimension: int = DIMENSION) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _ids(count: int) -> list[PassageId]:
    return [PassageId(f"p{n:04d}") for n in range(count)]


@pytest.fixture
def filled(engine: DenseEngine, tmp_path: Path) -> DenseIndex:
    engine.build(tmp_path / "filled", _ids(200), _unit(200), snapshot="00000001-test")
    return engine.load(tmp_path / "filled")


def test_finds_the_same_as_comparing_every_vector(filled: DenseIndex) -> None:
    vectors, query = _unit(200), _unit(1, seed=2)[0]
    expected = [f"p{row:04d}" for row in np.argsort(-(vectors @ query))[:10]]
    assert [h.passage_id for h in filled.search(query, 10)] == expected


def test_scores_are_inner_products(filled: DenseIndex) -> None:
    best = filled.search(_unit(200)[7], 1)[0]
    assert best.passage_id == "p0007"
    assert best.score == pytest.approx(1.0, abs=1e-4)


def test_equal_scores_come_in_order_of_id(engine: DenseEngine, tmp_path: Path) -> None:
    same = np.repeat(_unit(1), 3, axis=0)
    engine.build(tmp_path / "ties", [PassageId("c"), PassageId("a"), PassageId("b")], same, snapshot="ties")
    index = engine.load(tmp_path / "ties")
    assert [h.passage_id for h in index.search(same[0], 3)] == ["a", "b", "c"]


@pytest.mark.parametrize("made", [FaissEngine, _Compressed, lambda: _Layered(FaissEngine())])
def test_a_passage_has_the_same_score_in_any_company(made: Callable[[], DenseEngine], tmp_path: Path) -> None:
    ids, vectors, engine = _ids(200), _unit(200), made()
    engine.build(tmp_path / "all", ids, vectors, snapshot="00000001-test")
    engine.build(tmp_path / "some", ids[::3], vectors[::3], snapshot="00000002-test")
    both = [engine.load(tmp_path / name) for name in ("all", "some")]
    for query in _unit(20, seed=3):
        alone = [list(index.search(query, 200, allowed=ids[::3])) for index in both]
        assert alone[0] == alone[1] == list(both[1].search(query, 200))


def test_of_many_equal_passages_the_first_by_id_are_found(tmp_path: Path) -> None:
    far, query = _unit(60), _unit(1, seed=2)[0]
    far -= np.outer(far @ query, query)
    vectors = np.concatenate([far, far[:1] * 0 + query])
    order = np.random.default_rng(4).permutation(61)
    engine = FaissEngine()
    engine.build(tmp_path / "a", [_ids(61)[n] for n in order], vectors[order].astype(np.float32), snapshot="1-test")
    found = engine.load(tmp_path / "a").search(query, 5)
    assert [h.passage_id for h in found] == ["p0060", "p0000", "p0001", "p0002", "p0003"]


def test_only_allowed_passages_are_found(filled: DenseIndex) -> None:
    allowed = {PassageId("p0003"), PassageId("p0150"), PassageId("unknown")}
    assert {h.passage_id for h in filled.search(_unit(1, seed=3)[0], 10, allowed=allowed)} == {"p0003", "p0150"}


def test_nothing_allowed_finds_nothing(filled: DenseIndex) -> None:
    assert list(filled.search(_unit(1)[0], 5, allowed=set())) == []


def test_a_wrong_dimension_is_refused_with_the_cure(filled: DenseIndex) -> None:
    with pytest.raises(IndexMismatch, match="index rebuild"):
        filled.search(np.ones(DIMENSION + 1, np.float32), 1)
    with pytest.raises(IndexMismatch, match="dimensions"):
        filled.search(np.ones(DIMENSION - 1, np.float32), 1, allowed={PassageId("p0003")})


def test_an_empty_index_finds_nothing(engine: DenseEngine, tmp_path: Path) -> None:
    engine.build(tmp_path / "empty", [], np.empty((0, DIMENSION), np.float32), snapshot="empty")
    assert list(engine.load(tmp_path / "empty").search(_unit(1)[0], 5)) == []


def test_it_knows_how_many_passages_it_has(filled: DenseIndex) -> None:
    assert len(filled) == 200


def test_no_file_of_it_is_a_pickle(filled: DenseIndex, tmp_path: Path) -> None:
    assert not [p for p in (tmp_path / "filled").rglob("*") if p.is_file() and p.read_bytes()[:2] == b"\x80\x04"]


@pytest.mark.parametrize("spoil", [lambda p: p.unlink(), lambda p: p.write_bytes(b"nonsense")])
def test_a_damaged_faiss_index_names_the_cure(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    FaissIndex(_ids(3), _unit(3)).save(tmp_path / "saved")
    spoil(tmp_path / "saved" / "vectors.npy")
    with pytest.raises(IndexCorrupt, match="jianxi index rebuild"):
        FaissIndex.load(tmp_path / "saved")


def test_lists_of_codes_find_the_ten_nearest_of_clustered_vectors(tmp_path: Path) -> None:
    generator = np.random.default_rng(11)
    vectors = np.repeat(_unit(300, seed=4), 20, axis=0) + generator.normal(0.0, 0.12, (6000, DIMENSION))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    exact = FaissIndex(_ids(6000), vectors, gpu=False)
    FaissIndex(_ids(6000), vectors, exact_below=1000, gpu=False).save(tmp_path / "saved")
    assert (tmp_path / "saved" / "lists.faiss").exists()
    loaded = FaissIndex.load(tmp_path / "saved", exact_below=1000, gpu=False)
    shared = [
        len({h.passage_id for h in loaded.search(q, 10)} & {h.passage_id for h in exact.search(q, 10)})
        for q in _unit(50, seed=4)
    ]
    assert sum(shared) / 500 >= 0.99


def test_vectors_come_back_in_the_order_asked(filled: DenseIndex) -> None:
    asked = [PassageId("p0007"), PassageId("nobody"), PassageId("p0003")]
    np.testing.assert_allclose(filled.vectors_of(asked), _unit(200)[[7, 3]], atol=1e-6)
    assert filled.vectors_of([]).shape == (0, DIMENSION)
