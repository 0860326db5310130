"""The walk by pushing against the walk by rounds."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from kg.domain import PassageId
from retrieval.domain import Hit
from retrieval.sources.walk.graph import WalkGraph
from retrieval.sources.walk.names import WalkPassage
from retrieval.sources.walk.page_rank import PageRank, Restart


@pytest.fixture
def weights() -> "sparse.csr_array":
    generator = np.random.default_rng(5)
    rows, columns = generator.integers(2000, size=9000), generator.zipf(1.4, size=9000) % 700
    found = sparse.coo_array((np.ones(9000), (rows, columns)), (2000, 700)).tocsr()
    return sparse.csr_array(found)


RESTART = Restart(np.array([3, 40]), np.array([0.5, 0.25]), np.array([11]), np.array([0.25]))


def test_pushing_reaches_what_rounds_reach(weights: "sparse.csr_array") -> None:
    exact, pushed = PageRank(weights), PageRank(weights, pushed_from=0)
    every, probability = exact.walk(RESTART)
    rows, near = pushed.walk(RESTART)
    dense = np.zeros(2000)
    dense[rows] = near
    known = np.zeros(2000)
    known[every] = probability
    edges = np.diff(weights.indptr)
    assert np.all(np.abs(dense - known) <= 1e-3 * known.max() + 1e-6 * edges)
    assert set(np.argsort(-dense)[:20]) == set(np.argsort(-known)[:20])


def test_pushed_rows_come_once(weights: "sparse.csr_array") -> None:
    rows, _ = PageRank(weights, pushed_from=0).walk(RESTART)
    assert len(rows) == len(set(rows.tolist()))


def test_a_walk_leaves_nothing_to_the_next(weights: "sparse.csr_array") -> None:
    other = Restart(np.array([7]), np.array([0.5]), np.array([2, 5]), np.array([0.25, 0.25]))
    rank = PageRank(weights, pushed_from=0)
    alone = [PageRank(weights, pushed_from=0).walk(r) for r in (RESTART, other)]
    for restart, (rows, probability) in zip((RESTART, other, RESTART), (*alone, alone[0]), strict=True):
        walked = rank.walk(restart)
        assert walked[0].tolist() == rows.tolist()
        assert walked[1].tolist() == probability.tolist()


def test_walks_at_the_same_time_do_not_meet(weights: "sparse.csr_array") -> None:
    rank = PageRank(weights, pushed_from=0)
    known = rank.walk(RESTART)[1].tolist()
    with ThreadPoolExecutor(4) as threads:
        walked = list(threads.map(lambda _: rank.walk(RESTART)[1].tolist(), range(24)))
    assert walked == [known] * 24


def test_a_walk_from_nowhere_reaches_nothing(weights: "sparse.csr_array") -> None:
    nowhere = Restart(np.empty(0, np.int64), np.empty(0), np.empty(0, np.int64), np.empty(0))
    assert len(PageRank(weights, pushed_from=0).walk(nowhere)[0]) == 0


def test_both_ways_rank_passages_alike(tmp_path: Path) -> None:
    graph = WalkGraph.build(
        [
            WalkPassage(PassageId(f"p{n}"), f"River {n}", f"River {n} meets River {n // 2} near Victoria Falls.")
            for n in range(200)
        ]
    )
    graph.save(tmp_path)
    pushed = WalkGraph.load(tmp_path, pushed_from=0)
    seeds, names = [Hit(PassageId("p40"), 1.0), Hit(PassageId("p3"), 0.99)], graph.names_in("Where does River 20 end?")
    best = [h.passage_id for h in graph.walk(seeds, names)[:8]]
    assert [h.passage_id for h in pushed.walk(seeds, names)[:8]] == best
