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
Places = npt.NDArray[np.int64]

BUNDLED = Path(__file__).with_name("activation_ranges.npz")
SITES = ("qkv", "ao", "fi", "fo")
"""The matrices in 8 bits: attention's three together, its output, the two of the feed-forward."""
_ONE_EXACT_IN = 6
"""One of so many channels before the feed-forward's second matrix stays in 32 bits: behind the GELU a few are so large
that the others would be rounded away (LLM.int8, Dettmers and others, 2022; `docs/decisions/0227`)."""


@dataclass(frozen=True, slots=True)
class Rounding:
    """How the rows before a matrix are rounded: a factor for each channel, and the range of the quotients."""

    factors: Floats
    lowest: np.float32
    highest: np.float32


@dataclass(frozen=True, slots=True)
class ActivationRanges:
    """Of each layer and site: factors by channel, the least and the largest value of a channel divided by its factor.

    ``factors`` (layers, sites but the last, hidden), ``inner_factors`` (layers, rounded channels), ``lowest`` and
    ``highest`` (layers, sites). ``exact`` (layers, channels) names those between the two matrices of the feed-forward
    that stay in 32 bits. ``weights`` is the fingerprint of the weights they belong to.
    """

    factors: Floats
    inner_factors: Floats
    lowest: Floats
    highest: Floats
    exact: Places
    weights: str

    def of(self, layer: int, site: str) -> Rounding:
        """How the rows before a matrix are rounded."""
        place = SITES.index(site)
        factors = self.inner_factors[layer] if site == "fo" else self.factors[layer, place]
        return Rounding(factors, self.lowest[layer, place], self.highest[layer, place])

    def inner(self, layer: int) -> tuple[Places, Places]:
        """The channels within the feed-forward that are rounded, and those that are not."""
        exact = self.exact[layer]
        return np.setdiff1d(np.arange(self.inner_factors.shape[1] + len(exact)), exact), exact

    def save(self, path: Path) -> None:
        """Write them, whole or not at all."""
        write_arrays(path, {**{name: getattr(self, name) for name in _ARRAYS}, "weights": np.array(self.weights)})


_ARRAYS = ("factors", "inner_factors", "lowest", "highest", "exact")


def exact_channels(inner: int) -> int:
    """How many of the channels within the feed-forward stay in 32 bits."""
    return inner // _ONE_EXACT_IN


def read_ranges(path: Path, weights: Path, *, cure: str) -> ActivationRanges | None:
    """The ranges of a file, None where they were measured with other weights; raises WeightsCorrupt with the cure."""
    its = fingerprint(weights)
    try:
        with path.open("rb") as file, np.load(file) as stored:
            if stored["weights"].item() != its:
                return None
            return ActivationRanges(**{name: stored[name] for name in _ARRAYS}, weights=its)
    except (OSError, EOFError, KeyError, ValueError, BadZipFile) as error:
        raise WeightsCorrupt(f"{path} cannot be read ({error}); cure: {cure}") from error
