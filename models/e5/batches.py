"""Token ids grouped into padded batches of about equal work."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of ids padded to the longest; ``places`` are the rows' positions in the input."""

    places: npt.NDArray[np.int64]
    ids: npt.NDArray[np.int32]
    lengths: npt.NDArray[np.int32]

    @property
    def present(self) -> npt.NDArray[np.bool_]:
        """Which places hold a token (n, tokens)."""
        return np.arange(self.ids.shape[1]) < self.lengths[:, None]


def batches(rows: Sequence[Sequence[int]], *, pad: int, padded_tokens: int, multiple: int) -> Iterator[Batch]:
    """Batches of at most ``padded_tokens`` (one row at least), longest rows first.

    Widths are rounded up to ``multiple``, so that few different shapes occur.
    """
    order = sorted(range(len(rows)), key=lambda i: (-len(rows[i]), i))
    start = 0
    while start < len(order):
        longest = len(rows[order[start]])
        width = -(-longest // multiple) * multiple
        places = order[start : start + max(1, padded_tokens // width)]
        ids = np.full((len(places), width), pad, np.int32)
        for row, place in zip(ids, places, strict=True):
            row[: len(rows[place])] = rows[place]
        lengths = np.array([len(rows[place]) for place in places], np.int32)
        yield Batch(np.array(places), ids, lengths)
        start += len(places)
