import numpy as np
import pytest

from training.judge.mean import mean_of


def test_each_parameter_is_the_mean_of_the_networks() -> None:
    made = mean_of([{"inner": np.array([1.0, 2.0])}, {"inner": np.array([3.0, 6.0])}])
    assert made["inner"].tolist() == [2.0, 4.0]


def test_networks_with_other_parameters_are_refused() -> None:
    with pytest.raises(ValueError, match="only one network has position"):
        mean_of([{"inner": np.ones(1)}, {"inner": np.ones(1), "position": np.ones(1)}])


def test_networks_of_other_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="inner has the shape"):
        mean_of([{"inner": np.ones(1)}, {"inner": np.ones(2)}])
