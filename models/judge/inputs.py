"""What the judge's network is given for a batch of pairs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.e5.batches import Batch
from models.e5.word_vectors import WordVectors
from models.judge.pairs import Pair

Floats = npt.NDArray[np.float32]


class PairInputs(NamedTuple):
    """The summed vectors (n, tokens, hidden); 1 where a place holds a token, 1 where that is of the second side."""

    summed: Floats
    present: Floats
    second: Floats


def pair_inputs(words: WordVectors, pairs: Sequence[Pair], batch: Batch) -> PairInputs:
    """The inputs of a batch; its places are those of its rows in ``pairs``."""
    begins = np.array([pairs[place].second_at for place in batch.places])
    second = batch.present & (np.arange(batch.ids.shape[1]) >= begins[:, None])
    return PairInputs(words.of(batch), batch.present.astype(np.float32), second.astype(np.float32))
