"""How far a mean of a few questions can be trusted."""

import math


def wilson(mean: float, n: int, *, z: float = 1.96) -> tuple[float, float]:
    """Wilson's score interval of a share of n (Wilson 1927), 95 % by default.

    For means of values between 0 and 1 that are not all 0 or 1 it is too wide, never too narrow, since no such values
    vary more than zeros and ones of the same mean.
    """
    if n < 1:
        raise ValueError("an interval needs at least one value")
    scale = 1 + z * z / n
    middle = (mean + z * z / (2 * n)) / scale
    half = z / scale * math.sqrt(max(0.0, mean * (1 - mean)) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)
