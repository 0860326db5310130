"""Examples for the scorer: a question, passages that are chosen already, and which of the others belong to them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retrieval.arrays import Floats
from retrieval.evidence_set.features import Beside, Candidates, alone

_MOST_CHOSEN = 4


@dataclass(frozen=True, slots=True)
class Example:
    """Features of the candidates that are left, a row each, and which of them are gold: one at least."""

    features: Floats
    gold: npt.NDArray[np.bool_]


def examples_of(found: Candidates, gold: Collection[int]) -> Iterator[Example]:
    """One example for each set that may be chosen already: the best so far, gold ones, and both."""
    is_gold = np.isin(np.arange(len(found)), list(gold))
    fixed = alone(found)
    for chosen in _chosen_sets(len(found), sorted(gold)):
        beside = Beside(found)
        for candidate in chosen:
            beside.choose(candidate)
        left = np.ones(len(found), np.bool_)
        left[list(chosen)] = False
        if (is_gold & left).any():
            yield Example(np.concatenate([fixed, beside.columns()], axis=1)[left], is_gold[left])


def _chosen_sets(count: int, gold: Sequence[int]) -> list[tuple[int, ...]]:
    sets: list[tuple[int, ...]] = [()]
    for size in range(1, min(_MOST_CHOSEN, count) + 1):
        sets.append(tuple(range(size)))
        if len(gold) >= size:
            sets.append(tuple(gold[:size]))
        sets.append(tuple(dict.fromkeys([*gold[:1], *range(size - 1)])) if gold else tuple(range(size)))
    return sets
