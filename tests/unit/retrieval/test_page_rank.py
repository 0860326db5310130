"""The walk by pushing against the walk by rounds."""

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from kg.domain import PassageId
from retrieval.domain import Hit
from retrieval.page_rank import PageRank, Restart
from retrieval.walk import WalkGraph
from retrieval.walk_names import WalkPassage


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


def test_pushed_rows_come_once_and_in_order(weights: "sparse.csr_array") -> None:
    rows, _ = PageRank(weights, pushed_from=0).walk(RESTART)
    assert rows.tolist() == sorted(set(rows.tolist()))


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
