"""Personalised PageRank on an undirected weighted graph, by power iteration (Page, Brin et al., 1999)."""

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float64]

_ROUNDS = 100
_CHANGE = 1e-9


class PageRank:
    """Walks over the edges (i, j) of weight w, each given once; parallel edges add up."""

    def __init__(self, nodes: int, edges: "sparse.csr_array", *, damping: float = 0.5) -> None:
        both = sparse.csr_array(edges + edges.T)
        both.setdiag(0.0)
        both.eliminate_zeros()
        leaving = np.asarray(both.sum(axis=0)).ravel()
        shares = np.divide(1.0, leaving, out=np.zeros(nodes), where=leaving > 0.0)
        self._step = sparse.csr_array(both @ sparse.diags_array(shares))
        self._damping = damping

    def ranks(self, restart: Floats) -> Floats:
        """Probabilities of the nodes where ``restart`` says how likely each is to be begun from, in any scale.

        A walker at a node without edges begins anew, which leaves the order as it is.
        """
        start: Floats = restart / restart.sum()
        at: Floats = start
        for _ in range(_ROUNDS):
            then = (1.0 - self._damping) * start + self._damping * (self._step @ at)
            change = float(np.abs(then - at).sum())
            at = then
            if change < _CHANGE:
                break
        return at


def with_passages(
    names: "sparse.csr_array", holds: "sparse.csr_array", passages: "sparse.csr_array | None" = None
) -> "sparse.csr_array":
    """Edges of a graph whose nodes are names, then passages; ``holds`` is name by passage, each edge stands once."""
    count = holds.shape[1]
    beside = sparse.csr_array((count, count)) if passages is None else passages
    upper = sparse.hstack([names, holds])
    lower = sparse.hstack([sparse.csr_array((count, names.shape[0])), beside])
    return sparse.csr_array(sparse.vstack([upper, lower]))
