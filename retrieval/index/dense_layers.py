"""Dense indexes of any engine, one over the other: the first holds most passages, later ones what came since."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from kg.domain import PassageId
from models.protocols import Vectors
from retrieval.domain import Hit
from retrieval.protocols import DenseIndex

_SPARE = 8


@dataclass(frozen=True, slots=True)
class DenseLayer:
    """An index, and its passages that were removed or came again in a later layer."""

    index: DenseIndex
    hidden: frozenset[PassageId] = frozenset()

    def without(self, ids: Collection[PassageId]) -> "DenseLayer":
        """The layer with more of its passages hidden."""
        return DenseLayer(self.index, self.hidden | frozenset(ids))


class LayeredDense:
    """Finds what one index of all shown passages finds."""

    def __init__(self, layers: Sequence[DenseLayer], shown: int) -> None:
        """``shown`` is the number of passages that are not hidden."""
        self._layers = list(layers)
        self._shown = shown

    def search(self, vector: Vectors, k: int, *, allowed: Collection[PassageId] | None = None) -> Sequence[Hit]:
        """The k best, ties by id; only among ``allowed`` where given. Raises IndexMismatch for a wrong dimension."""
        hits = [hit for layer in self._layers for hit in _shown(layer, vector, k, allowed)]
        return sorted(hits, key=lambda h: (-h.score, h.passage_id))[: max(0, k)]

    def vectors_of(self, ids: Sequence[PassageId]) -> Vectors:
        """The vectors of passages that are shown, in the order asked; others are left out."""
        found: dict[PassageId, Vectors] = {}
        parts = []
        for layer in self._layers:
            wanted = [i for i in ids if i not in layer.hidden]
            vectors = layer.index.vectors_of(wanted)
            parts.append(vectors)
            there = wanted if len(vectors) == len(wanted) else [i for i in wanted if len(layer.index.vectors_of([i]))]
            found.update(zip(there, vectors, strict=True))
        rows = [found[i] for i in ids if i in found]
        return np.stack(rows) if rows else np.empty((0, parts[0].shape[1]), np.float32)

    def __len__(self) -> int:
        return self._shown


def _shown(layer: DenseLayer, vector: Vectors, k: int, allowed: Collection[PassageId] | None) -> Sequence[Hit]:
    """The k best of a layer that are not hidden: more are asked for until that many are there."""
    if allowed is not None:
        return layer.index.search(vector, k, allowed=set(allowed) - layer.hidden)
    if not layer.hidden:
        return layer.index.search(vector, k)
    limit = k + _SPARE
    while True:
        hits = layer.index.search(vector, limit)
        shown = [h for h in hits if h.passage_id not in layer.hidden]
        if len(hits) < limit or len(shown) >= k:
            return shown[:k]
        limit *= 2
