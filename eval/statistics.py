"""How far means can be trusted, and what two runs differ by beyond chance; resampling and tests are SciPy's."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest, bootstrap

Floats = npt.NDArray[np.float64]

RESAMPLES = 10_000
CONFIDENCE = 0.95
_TINY = 1e-9
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with the bounds that hold it at the given confidence."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference(Interval):
    """The mean of b less that of a over the same items; ``p`` is two-sided."""

    p: float


def mean_interval(
    values: Sequence[float],
    clusters: Sequence[str] | None = None,
    *,
    groups: Sequence[str] | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """Percentile interval of a mean by bootstrap over clusters (Field and Welsh, 2007); items alone by default.

    With ``groups``, one a value, the mean is that of the groups' means; a resample leaves out a group that it lacks.
    Raises ValueError without values, or with clusters or groups of another number.
    """
    return _bootstrapped(*_by_cluster(values, clusters, groups), resamples, seed)[0]


def wilson(mean: float, n: int) -> Interval:
    """Wilson's score interval of a share of n (Wilson 1927), 95 %; raises ValueError where n is 0.

    Unlike a bootstrap it has a width where all values are 0 or all are 1. For means of values between 0 and 1 that are
    not all 0 or 1 it is too wide, never too narrow, since no such values vary more than zeros and ones of the same
    mean. SciPy has it for whole counts only.
    """
    if n < 1:
        raise ValueError("an interval needs at least one value")
    z = 1.96
    scale = 1 + z * z / n
    middle = (mean + z * z / (2 * n)) / scale
    half = z / scale * math.sqrt(max(0.0, mean * (1 - mean)) / n + z * z / (4 * n * n))
    return Interval(mean, max(0.0, middle - half), min(1.0, middle + half))


def paired_difference(
    a: Sequence[float],
    b: Sequence[float],
    clusters: Sequence[str] | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Difference:
    """Bootstrap of the differences of pairs, whole clusters drawn together.

    ``p`` is twice the smaller share of resamples on one side of 0, so that it agrees with the interval; it is never
    below what a sign test could give over the clusters that differ at all, as a bootstrap of few is too sure.
    Raises ValueError where the lengths differ or nothing is given.
    """
    sums, counts = _by_cluster([y - x for x, y in _pairs(a, b)], clusters)
    differing = int((abs(sums) > _TINY).sum())
    found, means = _bootstrapped(sums, counts, resamples, seed)
    below, above = int((means <= _TINY).sum()), int((means >= -_TINY).sum())
    share = 2.0 * (min(below, above) + 1) / (len(means) + 1)
    return Difference(found.mean, found.low, found.high, min(1.0, max(share, 2.0 ** (1 - differing))))


def mcnemar(a: Sequence[float], b: Sequence[float]) -> float:
    """Two-sided exact p that right and wrong change sides as often both ways (McNemar, 1947).

    Values are 0 or 1; raises ValueError for others and where the lengths differ.
    """
    pairs = _pairs(a, b)
    if not binary(a) or not binary(b):
        raise ValueError("McNemar's test is for values that are 0 or 1")
    gained, lost = sum(y > x for x, y in pairs), sum(y < x for x, y in pairs)
    return float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0


def binary(values: Sequence[float]) -> bool:
    """Whether all values are 0 or 1."""
    return all(value in (0.0, 1.0) for value in values)


def _pairs(a: Sequence[float], b: Sequence[float]) -> list[tuple[float, float]]:
    if len(a) != len(b):
        raise ValueError(f"{len(a)} and {len(b)} values are no pairs")
    return list(zip(a, b, strict=True))


def _by_cluster(
    values: Sequence[float], clusters: Sequence[str] | None, groups: Sequence[str] | None = None
) -> tuple[Floats, Floats]:
    """Sum and number of the values of each group in each cluster, shapes (groups, clusters)."""
    if not values:
        raise ValueError("no values are given")
    for name, given in (("clusters", clusters), ("groups", groups)):
        if given is not None and len(given) != len(values):
            raise ValueError(f"{len(given)} {name} for {len(values)} values")
    rows = np.zeros(len(values), np.int64) if groups is None else np.unique(groups, return_inverse=True)[1]
    columns = np.arange(len(values)) if clusters is None else np.unique(clusters, return_inverse=True)[1]
    sums, counts = np.zeros((2, rows.max() + 1, columns.max() + 1))
    np.add.at(sums, (rows, columns), values)
    np.add.at(counts, (rows, columns), 1)
    return sums, counts


def _bootstrapped(sums: Floats, counts: Floats, resamples: int, seed: int) -> tuple[Interval, Floats]:
    """The interval of the mean of the groups' means, and the means of samples of as many clusters."""

    def mean(drawn: npt.NDArray[np.int64], axis: int = -1) -> Floats:
        with np.errstate(invalid="ignore"):
            means: Floats = np.nanmean(sums[:, drawn].sum(axis) / counts[:, drawn].sum(axis), axis=0)
        return means

    clusters = np.arange(sums.shape[1])
    means = mean(clusters)[None]
    if len(clusters) > 1:
        drawn = bootstrap(
            (clusters,),
            mean,
            vectorized=True,
            n_resamples=resamples,
            batch=_BATCH,
            method="percentile",
            rng=np.random.default_rng(seed),
        )
        means = np.asarray(drawn.bootstrap_distribution, np.float64)
    low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(float(mean(clusters)), float(low), float(high)), means
