"""The shared regression separates what can be separated, and shrinks what is penalised."""

import numpy as np
from scipy.sparse import csr_matrix

from training.softmax_regression import softmax_regression

FEATURES = csr_matrix(np.array([[1.0, 0.0, 1.0], [1.0, 0.1, 1.0], [0.0, 1.0, 1.0], [0.1, 1.0, 1.0]]))
WANTED = ["b", "b", "a", "a"]


def test_each_row_gets_the_label_that_is_wanted() -> None:
    labels, weights = softmax_regression(FEATURES, WANTED, penalties=np.full(3, 0.01), steps=100)
    assert labels == ["a", "b"]
    assert [labels[n] for n in (FEATURES @ weights).argmax(axis=1)] == WANTED


def test_without_a_penalty_the_bias_tells_how_frequent_labels_are() -> None:
    bias_alone = csr_matrix(np.ones((4, 1)))
    _, weights = softmax_regression(bias_alone, ["a", "a", "a", "b"], penalties=np.zeros(1), steps=100)
    assert np.isclose(weights[0, 0] - weights[0, 1], np.log(3), atol=1e-4)


def test_a_greater_penalty_makes_smaller_weights() -> None:
    sizes = [
        np.abs(softmax_regression(FEATURES, WANTED, penalties=np.full(3, p), steps=100)[1]).max() for p in (0.01, 1.0)
    ]
    assert sizes[0] > sizes[1]
