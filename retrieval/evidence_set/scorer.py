"""The trained scorer: how much a candidate adds to the passages that are chosen already."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np

from retrieval.evidence_set.features import ALONE, FEATURES, Beside, Candidates, alone

WEIGHTS = "weights.json"
"""Written by ``jianxi train retrieval``."""


@dataclass(frozen=True, slots=True)
class SetScorer:
    """A weight a feature; the score of a candidate is their sum."""

    weights: Mapping[str, float]

    def order(self, found: Candidates, count: int) -> list[int]:
        """The first ``count`` candidates to take, each by its score beside those taken before it; ties by place."""
        weights = np.array([self.weights[name] for name in FEATURES])
        fixed = alone(found) @ weights[: len(ALONE)]
        moving = weights[len(ALONE) :]
        beside = Beside(found)
        taken: list[int] = []
        while len(taken) < min(count, len(found)):
            scores = np.round(fixed + beside.columns() @ moving, 9)
            scores[taken] = -np.inf
            taken.append(int(scores.argmax()))
            beside.choose(taken[-1])
        return taken


@lru_cache(maxsize=1)
def bundled_scorer() -> SetScorer:
    """The scorer that ships with the program."""
    stored = json.loads((files("retrieval.evidence_set") / WEIGHTS).read_text("utf-8"))
    return SetScorer({name: float(stored["weights"][name]) for name in FEATURES})
