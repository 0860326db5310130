"""Personalised PageRank on a bipartite graph of passages and names: exact where it is small, by forward push beyond.

Page, Brin et al., 1999; forward push: Andersen, Chung and Lang, 2006. Half of the rounds of a power iteration are for
nothing on a bipartite graph, since passages hear from names only and names from passages only; they are left out.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from retrieval.arrays import Floats, Indices

PUSHED_FROM = 200_000
"""Edges from which the walk touches only what is near its start."""

_DAMPING = 0.5
_ROUNDS = 6
_LEAST_AN_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Restart:
    """Where the walk starts and returns to: passages and names with their probabilities."""

    passages: Indices
    passage_mass: Floats
    names: Indices
    name_mass: Floats


class PageRank:
    """Walks over ``weights``, which has a row a passage and a column a name."""

    def __init__(self, weights: "sparse.csr_array", *, pushed_from: int = PUSHED_FROM) -> None:
        self._shape = weights.shape
        self._pushes = weights.nnz >= pushed_from
        to_names, to_passages = _rows_to_one(weights), _rows_to_one(sparse.csr_array(weights.T))
        if self._pushes:
            self._from_passages, self._from_names = _Edges(to_names), _Edges(to_passages)
            self._spare: list[tuple[_Side, _Side]] = []
        else:
            self._to_names, self._to_passages = _narrow(to_names.T), _narrow(to_passages.T)

    def walk(self, restart: Restart) -> tuple[Indices, Floats]:
        """Passages that are reached, each once, with their probabilities."""
        return self._pushed(restart) if self._pushes else self._iterated(restart)

    def _iterated(self, restart: Restart) -> tuple[Indices, Floats]:
        passages, names = np.zeros(self._shape[0]), np.zeros(self._shape[1])
        np.add.at(passages, restart.passages, restart.passage_mass)
        np.add.at(names, restart.names, restart.name_mass)
        back_to_passages, back_to_names = (1 - _DAMPING) * passages, (1 - _DAMPING) * names
        for _ in range(_ROUNDS):
            names = back_to_names + _DAMPING * (self._to_names @ passages)
            passages = back_to_passages + _DAMPING * (self._to_passages @ names)
        rows = np.flatnonzero(passages)
        return rows, passages[rows]

    def _pushed(self, restart: Restart) -> tuple[Indices, Floats]:
        """What waits at a node goes on only where it is more than a millionth an edge.

        The error of a passage is at most that times the passage's edges.
        """
        passages, names = self._sides()
        passages.wait(restart.passages, restart.passage_mass)
        names.wait(restart.names, restart.name_mass)
        for _ in range(_ROUNDS):
            passages.push_to(names)
            names.push_to(passages)
            if not len(passages.fresh):
                break
        reached = passages.reached()
        passages.clear()
        names.clear()
        self._spare.append((passages, names))
        return reached

    def _sides(self) -> "tuple[_Side, _Side]":
        """Those that another walk has left clear, which spares a walk the writing of noughts at every node."""
        try:
            return self._spare.pop()
        except IndexError:
            return _Side(self._shape[0], self._from_passages), _Side(self._shape[1], self._from_names)


class _Edges:
    """Edges by their start, with the share of the start's probability that goes along each."""

    def __init__(self, matrix: "sparse.csr_array") -> None:
        self.starts = matrix.indptr.astype(np.int64)
        self.ends = matrix.indices.astype(np.int32)
        self.shares = matrix.data

    def of(self, nodes: Indices) -> tuple[Indices, Floats, Indices]:
        """Ends and shares of all edges of some nodes, and how many edges each node has."""
        first, counts = self.starts[nodes], self.starts[nodes + 1] - self.starts[nodes]
        last = np.cumsum(counts)
        places = np.repeat(first - (last - counts), counts) + np.arange(last[-1])
        return self.ends[places].astype(np.int64), self.shares[places], counts


class _Side:
    """Passages or names during a push: what waits at each, and what has gone on."""

    def __init__(self, size: int, edges: _Edges) -> None:
        self._edges = edges
        self._waiting = np.zeros(size)
        self._gone = np.zeros(size)
        self._mark = np.zeros(size, np.int32)
        self._touched: list[Indices] = []
        self.fresh: Indices = np.empty(0, np.int64)

    def wait(self, nodes: Indices, mass: Floats) -> None:
        """More waits at some nodes, which may be named more than once."""
        np.add.at(self._waiting, nodes, mass)
        new = self._distinct(nodes)
        self._touched.append(new)
        self.fresh = self._distinct(np.concatenate([self.fresh, new])) if len(self.fresh) else new

    def push_to(self, other: "_Side") -> None:
        """Send on what waits at the nodes that were touched since the last time, where it is worth it."""
        nodes, self.fresh = self.fresh, self.fresh[:0]
        worth = _LEAST_AN_EDGE * (self._edges.starts[nodes + 1] - self._edges.starts[nodes])
        nodes = nodes[self._waiting[nodes] > worth]
        if not len(nodes):
            return
        mass = self._waiting[nodes]
        self._waiting[nodes] = 0.0
        self._gone[nodes] += mass
        ends, shares, counts = self._edges.of(nodes)
        if len(ends):
            other.wait(ends, _DAMPING * shares * np.repeat(mass, counts))

    def reached(self) -> tuple[Indices, Floats]:
        """Every touched node once, with its probability."""
        nodes = self._distinct(np.concatenate(self._touched))
        return nodes, (1 - _DAMPING) * (self._gone[nodes] + self._waiting[nodes])

    def clear(self) -> None:
        """Clear the values for another push; marks may stay."""
        for nodes in self._touched:
            self._waiting[nodes] = self._gone[nodes] = 0.0
        self._touched.clear()
        self.fresh = self.fresh[:0]

    def _distinct(self, nodes: Indices) -> Indices:
        """Each node once, without sorting: the last to sign keeps its place."""
        places = np.arange(len(nodes), dtype=np.int32)
        self._mark[nodes] = places
        once: Indices = nodes[self._mark[nodes] == places]
        return once


def _narrow(matrix: "sparse.csc_array") -> "sparse.csr_array":
    """By rows, with places of four bytes: a round reads every one of them."""
    rows = sparse.csr_array(matrix)
    parts = (rows.data, rows.indices.astype(np.int32), rows.indptr.astype(np.int32))
    return sparse.csr_array(parts, rows.shape)


def _rows_to_one(matrix: "sparse.csr_array") -> "sparse.csr_array":
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    sums[sums == 0.0] = 1.0
    return sparse.csr_array(sparse.diags_array(1.0 / sums) @ matrix)
