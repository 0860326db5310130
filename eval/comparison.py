"""Two runs of a suite, item by item: which differs in what, beyond the noise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from eval.directions import Direction, direction_of
from eval.errors import NotComparable
from eval.runs import EvalRun, Item
from eval.statistics import Difference, binary, mcnemar, paired_difference

LEVEL = 0.05
"""A difference of a greater p is inside the noise."""

COLUMNS = ("metric", "a", "b", "b − a", "95 %", "p", "verdict")
"""The columns of a table of compared metrics."""


class ComparisonVerdict(StrEnum):
    """What b is against a; different where a metric has no better side."""

    BETTER = "better"
    WORSE = "worse"
    TIE = "tie"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class MetricComparison:
    """The means of a metric in both runs; ``p`` is McNemar's where values are 0 or 1 and items alone.

    Otherwise it is the bootstrap's.
    """

    metric: str
    n: int
    a: float
    b: float
    difference: float
    interval: tuple[float, float]
    p: float
    test: str
    verdict: ComparisonVerdict

    def cells(self) -> tuple[str, ...]:
        """The row of a table, in the order of ``COLUMNS``."""
        p = f"{self.p:.3f}" if self.p >= 0.001 else "< .001"
        means = (f"{self.a:.3f}", f"{self.b:.3f}", f"{self.difference:+.3f}")
        return (self.metric, *means, "{:+.3f} to {:+.3f}".format(*self.interval), p, str(self.verdict))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs over the items that both have."""

    a: str
    b: str
    suite: str
    n: int
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    metrics: tuple[MetricComparison, ...]

    @property
    def worse(self) -> tuple[str, ...]:
        """The metrics that fell outside the noise."""
        return tuple(m.metric for m in self.metrics if m.verdict is ComparisonVerdict.WORSE)

    @property
    def holds(self) -> bool:
        """Whether nothing fell and no item of a is missing in b."""
        return not self.worse and not self.only_a

    def alone(self, most: int) -> Iterator[tuple[str, str]]:
        """The name of each run with items of its own, and so many of them as text."""
        for name, ids in (("a", self.only_a), ("b", self.only_b)):
            if ids:
                more = f" and {len(ids) - most} more" if len(ids) > most else ""
                yield name, f"{', '.join(ids[:most])}{more}"


def compare(a: EvalRun, b: EvalRun, *, level: float = LEVEL) -> Comparison:
    """Run b against run a; raises NotComparable for other suites, other data, or no item in common."""
    _check(a, b)
    ours, theirs = {i.id: i for i in a.items}, {i.id: i for i in b.items}
    shared = [id_ for id_ in ours if id_ in theirs]
    if not shared:
        raise NotComparable(f"{a.id} and {b.id} have no item in common")
    pairs = [(ours[id_], theirs[id_]) for id_ in shared]
    names = [n for n in dict.fromkeys(n for i in a.items for n in i.metrics) if any(n in y.metrics for _, y in pairs)]
    compared = tuple(m for name in names if (m := _metric(name, pairs, level)) is not None)
    only_a, only_b = (tuple(i for i in one if i not in other) for one, other in ((ours, theirs), (theirs, ours)))
    return Comparison(a.id, b.id, a.suite, len(shared), only_a, only_b, compared)


def _check(a: EvalRun, b: EvalRun) -> None:
    if (a.kind, a.suite) != (b.kind, b.suite):
        raise NotComparable(f"{a.id} is {a.kind} on {a.suite}, {b.id} is {b.kind} on {b.suite}: not the same suite")
    for what in ("corpus", "questions"):
        one, two = a.manifest.get(what), b.manifest.get(what)
        if isinstance(one, str) and isinstance(two, str) and one != two:
            raise NotComparable(f"the {what} of {a.suite} changed between {a.id} and {b.id}; run one of them again")


def _metric(name: str, pairs: Sequence[tuple[Item, Item]], level: float) -> MetricComparison | None:
    both = [(x, y) for x, y in pairs if name in x.metrics and name in y.metrics]
    if not both:
        return None
    a, b = [x.metrics[name] for x, _ in both], [y.metrics[name] for _, y in both]
    clusters = [x.cluster or x.id for x, _ in both]
    found = paired_difference(a, b, clusters)
    exact = binary(a) and binary(b) and len(set(clusters)) == len(clusters)
    p, test = (mcnemar(a, b), "mcnemar") if exact else (found.p, "bootstrap")
    n, verdict = len(both), verdict_of(name, found, p, level)
    return MetricComparison(name, n, sum(a) / n, sum(b) / n, found.mean, (found.low, found.high), p, test, verdict)


def verdict_of(metric: str, found: Difference, p: float, level: float = LEVEL) -> ComparisonVerdict:
    """Better or worse where the difference is outside the noise, else a tie."""
    if p > level or found.mean == 0:
        return ComparisonVerdict.TIE
    direction = direction_of(metric)
    if direction is Direction.NEITHER:
        return ComparisonVerdict.DIFFERENT
    return ComparisonVerdict.BETTER if found.mean * direction.value > 0 else ComparisonVerdict.WORSE
