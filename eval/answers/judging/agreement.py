"""How far two sets of judgements of the same things agree."""

from collections import Counter
from collections.abc import Hashable, Mapping


def agreement(name: str, first: Mapping[str, Hashable], second: Mapping[str, Hashable]) -> dict[str, float]:
    """Share of things judged alike and Cohen's kappa (1960), over the ids that are judged in both; empty without any.

    ``name`` has a place for "agreement" or "kappa". Kappa is agreement beyond chance; 1 where both use one and the same
    label throughout.
    """
    both = [(one, second[id_]) for id_, one in first.items() if None not in (one, second.get(id_))]
    if not both:
        return {}
    n = len(both)
    alike = sum(one == two for one, two in both) / n
    ours, theirs = (Counter(labels) for labels in zip(*both, strict=True))
    chance = sum(ours[label] * theirs[label] for label in ours) / n**2
    kappa = 1.0 if chance == 1.0 else (alike - chance) / (1 - chance)
    return {name.format("agreement"): alike, name.format("kappa"): kappa}
