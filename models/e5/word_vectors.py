"""What goes into the network: the sum of the vectors of words, places and kind."""

import numpy as np
import numpy.typing as npt

from models.e5.batches import Batch
from models.e5.weights_file import WeightsFile, values

Floats = npt.NDArray[np.float32]


class WordVectors:
    """The words' vectors stay in 4 bits; those of a batch are unpacked, each once."""

    def __init__(self, weights: WeightsFile, position: Floats | None = None) -> None:
        """``position`` (places, hidden) stands for the embedder's own vectors of places and kind."""
        self._word = weights.blocks("emb.word")
        self._position = _position(weights) if position is None else position

    def of(self, batch: Batch) -> Floats:
        """The summed vectors (n, tokens, hidden)."""
        words, places = np.unique(batch.ids, return_inverse=True)
        summed = values(self._word[words])[places.reshape(batch.ids.shape)]
        summed += self._position[: batch.ids.shape[1]]
        return summed


def _position(weights: WeightsFile) -> Floats:
    hidden = weights.configuration.hidden
    own: Floats = weights.floats("emb.pos").reshape(-1, hidden) + weights.floats("emb.type")[:hidden]
    return own
