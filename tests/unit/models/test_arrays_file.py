from pathlib import Path

import numpy as np
import pytest

from models.arrays_file import write_arrays


def test_a_file_that_could_not_be_written_whole_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "weights.npz"
    write_arrays(path, {"v": np.ones(3)})
    with pytest.raises(ValueError, match="allow_pickle"):
        write_arrays(path, {"v": np.zeros(3), "worse": np.array([object()])})
    with np.load(path) as file:
        assert file["v"].tolist() == [1, 1, 1]
