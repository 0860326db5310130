"""The ranges in which the rows before a matrix lie, measured on texts: with them a row is rounded to 8 bits.

Rows have a few channels that are much larger than the others. As in SmoothQuant (Xiao and others, 2023), a channel is
divided by a factor before it is rounded, and the matrix multiplied by it: ``factor = a**alpha / w**(1 - alpha)``, with
``a`` the largest value of the channel and ``w`` the largest weight it meets.
"""

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from models.arrays_file import write_arrays
from models.e5.weights_file import fingerprint
from models.errors import WeightsCorrupt

Floats = npt.NDArray[np.float32]

BUNDLED = Path(__file__).with_name("activation_ranges.npz")
SITES = ("qkv", "ao", "fi")
"""The matrices in 8 bits: attention's three together, its output, the first of the feed-forward.

The second of the feed-forward stays in 32 bits: its rows, behind the GELU, lose most by rounding, and it would save a
twentieth of the time (`docs/decisions/0224`).
"""


@dataclass(frozen=True, slots=True)
class ActivationRanges:
    """Of each layer and site: factors by channel (layers, sites, hidden), and the least and largest value of a channel
    divided by its factor (layers, sites); ``weights`` is the fingerprint of the weights they belong to."""

    factors: Floats
    lowest: Floats
    highest: Floats
    weights: str

    def save(self, path: Path) -> None:
        """Write them, whole or not at all."""
        arrays = {"factors": self.factors, "lowest": self.lowest, "highest": self.highest}
        write_arrays(path, {**arrays, "weights": np.array(self.weights)})


def read_ranges(path: Path, weights: Path, *, cure: str) -> ActivationRanges | None:
    """The ranges of a file, None where they were measured with other weights; raises WeightsCorrupt with the cure."""
    try:
        with path.open("rb") as file, np.load(file) as stored:
            ranges = ActivationRanges(stored["factors"], stored["lowest"], stored["highest"], stored["weights"].item())
    except (OSError, EOFError, KeyError, ValueError, BadZipFile) as error:
        raise WeightsCorrupt(f"{path} cannot be read ({error}); cure: {cure}") from error
    return ranges if ranges.weights == fingerprint(weights) else None
