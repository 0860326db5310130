"""A compressed file of arrays, whole or not there."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt


def write_arrays(path: Path, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
    """Write beside and rename, so that a training that is cut leaves the weights before it."""
    partial = path.with_name(f"{path.stem}.partial.npz")
    np.savez_compressed(partial, allow_pickle=False, **dict(arrays))
    partial.replace(path)
