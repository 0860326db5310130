"""Fitting the scorer's weights."""

import numpy as np

from training.retrieval.examples import Example
from training.retrieval.fit import fitted


def _examples(count: int) -> list[Example]:
    """The gold candidate has the largest first feature; the second tells nothing, the third is always the same."""
    random = np.random.default_rng(3)
    made = []
    for _ in range(count):
        features = np.concatenate([random.normal(size=(12, 2)), np.ones((12, 1))], axis=1)
        gold = np.zeros(12, np.bool_)
        gold[features[:, 0].argmax()] = True
        made.append(Example(features, gold))
    return made


def test_the_feature_that_tells_gets_the_weight() -> None:
    weights = fitted(_examples(60), penalty=0.01)
    assert weights[0] > 10 * abs(weights[1])
    assert weights[2] == 0.0


def test_fitting_twice_gives_the_same() -> None:
    assert fitted(_examples(20), penalty=0.03).tolist() == fitted(_examples(20), penalty=0.03).tolist()


def test_a_larger_penalty_gives_smaller_weights() -> None:
    strict, mild = (fitted(_examples(40), penalty=p) for p in (1.0, 0.01))
    assert abs(strict[0]) < abs(mild[0])
