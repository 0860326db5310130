"""Personalised PageRank."""

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import spsolve

from eval.peers.pagerank import PageRank, with_passages


def test_two_nodes_by_hand() -> None:
    # x = .5 + .5 y and y = .5 x, so x = 2/3 and y = 1/3.
    graph = PageRank(2, sparse.csr_array(np.array([[0.0, 3.0], [0.0, 0.0]])))
    assert graph.ranks(np.array([7.0, 0.0])) == pytest.approx([2 / 3, 1 / 3])


def test_it_solves_the_linear_system() -> None:
    dice = np.random.default_rng(0)
    edges = np.triu(dice.random((30, 30)) * (dice.random((30, 30)) < 0.2), 1)
    both = edges + edges.T
    assert (both.sum(axis=0) > 0).all()
    restart = dice.random(30)
    step = both / both.sum(axis=0)
    expected = spsolve(sparse.csc_array(np.eye(30) - 0.85 * step), 0.15 * restart / restart.sum())
    found = PageRank(30, sparse.csr_array(edges), damping=0.85).ranks(restart)
    assert found == pytest.approx(expected, abs=1e-7)


def test_parallel_edges_add_up_and_loops_lead_nowhere() -> None:
    twice = sparse.csr_array(np.array([[5.0, 1.0, 2.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]))
    once = sparse.csr_array(np.array([[0.0, 2.0, 2.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]))
    restart = np.array([0.0, 1.0, 0.0])
    assert PageRank(3, twice).ranks(restart) == pytest.approx(PageRank(3, once).ranks(restart))


def test_names_stand_before_passages() -> None:
    names, holds = sparse.csr_array(np.array([[0.0, 4.0], [0.0, 0.0]])), sparse.csr_array(np.array([[1.0], [2.0]]))
    assert with_passages(names, holds).toarray().tolist() == [[0, 4, 1], [0, 0, 2], [0, 0, 0]]
