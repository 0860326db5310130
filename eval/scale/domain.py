"""The nouns of a measurement of scale: what a corpus of one size costs, and how a cost grows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import linregress

from eval.retrieval.metrics import percentile


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of a question on the thread that answers it."""

    p50_ms: float
    p95_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What a corpus of one size costs: seconds of building, MiB on the disk and in memory, latencies by part.

    ``recall_at_10`` is that of the dense index against comparing every vector; ``serving_mib`` is what a process holds
    that has the indexes open and has answered, pages of mapped files left out.
    """

    passages: int
    edges: int
    made_s: float
    build_s: Mapping[str, float]
    build_cpu_s: float
    disk_mib: Mapping[str, float]
    build_peak_mib: float
    open_s: float
    serving_mib: float
    recall_at_10: float
    latency: Mapping[str, Latency]

    def figures(self) -> dict[str, float]:
        """All of it by name."""
        flat = {
            "passages": float(self.passages),
            "walk_edges": float(self.edges),
            "made_s": self.made_s,
            "build_s": sum(self.build_s.values()),
            "build_cpu_s": self.build_cpu_s,
            **{f"{part}_build_s": s for part, s in self.build_s.items()},
            **{f"{part}_disk_mib": s for part, s in self.disk_mib.items()},
            "build_peak_mib": self.build_peak_mib,
            "open_s": self.open_s,
            "serving_mib": self.serving_mib,
            "dense_recall@10": self.recall_at_10,
        }
        for part, latency in self.latency.items():
            flat |= {
                f"{part}_p50_ms": latency.p50_ms,
                f"{part}_p95_ms": latency.p95_ms,
                f"{part}_p99_ms": latency.p99_ms,
            }
        return {name: round(value, 4) for name, value in flat.items()}


def latency_of(times_ms: Sequence[float]) -> Latency:
    """Percentiles of some times."""
    return Latency(*(round(percentile(list(times_ms), share), 3) for share in (0.5, 0.95, 0.99)))


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float | None:
    """The power of the size with which a cost grows: the slope of a straight line through the logarithms.

    None where there are fewer than two sizes or a cost is nothing.
    """
    if len(set(sizes)) < 2 or min(costs) <= 0.0:
        return None
    return float(linregress(np.log(sizes), np.log(costs)).slope)
