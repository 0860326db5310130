"""The rule by which a judge's probabilities become a verdict: the product and the training follow the same one."""

import numpy as np
import numpy.typing as npt

SUPPORTED, CONTRADICTED, UNSUPPORTED = 0, 1, 2
"""The places of the verdicts in a row of probabilities."""


def decided(p: npt.ArrayLike, *, supported: float, contradicted: float) -> npt.NDArray[np.int64]:
    """The place of each verdict; ``p`` has the shape (..., 3).

    A claim is supported from the probability ``supported`` on, unless contradicted is likelier. Any other claim is
    contradicted where that is likelier than unsupported times ``contradicted``.
    """
    for_it, against, silent = np.moveaxis(np.asarray(p, np.float64), -1, 0)
    passed = for_it >= np.maximum(supported, against)
    return np.where(passed, SUPPORTED, np.where(against > contradicted * silent, CONTRADICTED, UNSUPPORTED))
