"""How far two sets of judgements of the same things agree."""

from collections import Counter
from collections.abc import Sequence


def agreement(first: Sequence[str], second: Sequence[str]) -> float:
    """Share of things judged alike; raises ValueError where there are none."""
    if not first or len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} judgements; give the same number of both, at least one")
    return sum(a == b for a, b in zip(first, second, strict=True)) / len(first)


def kappa(first: Sequence[str], second: Sequence[str]) -> float:
    """Cohen's kappa (1960): agreement beyond chance; 1 where both use one and the same label throughout."""
    seen = agreement(first, second)
    n = len(first)
    a, b = Counter(first), Counter(second)
    chance = sum(a[label] * b[label] for label in a) / n**2
    return 1.0 if chance == 1.0 else (seen - chance) / (1 - chance)
