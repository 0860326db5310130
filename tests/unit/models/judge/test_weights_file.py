from pathlib import Path

import numpy as np
import pytest

from models.e5.weights_file import Configuration
from models.errors import WeightsCorrupt
from models.judge.weights_file import Description, JudgeFile, read_description, write_judge_file

_SHAPE = Configuration(64, 1, 2, 128, 10, 8, 1e-12)


def test_matrices_come_back_within_a_hundredth_of_their_largest_weight(tmp_path: Path) -> None:
    matrix = np.random.default_rng(1).normal(size=(4, 128)).astype(np.float32)
    write_judge_file(tmp_path / "judge.npz", {"m.w": matrix}, {"v": np.ones(3, np.float32)}, Description("j", "e5"))
    file = JudgeFile(tmp_path / "judge.npz", _SHAPE)
    assert np.abs(file.values("m.w") - matrix).max() < 0.01 * np.abs(matrix).max()
    assert file.floats("v").tolist() == [1.0, 1.0, 1.0]
    assert file.description == Description("j", "e5")


def test_a_damaged_file_is_refused_with_its_path(tmp_path: Path) -> None:
    path = tmp_path / "judge.npz"
    path.write_bytes(b"PK not weights")
    with pytest.raises(WeightsCorrupt, match=r"judge\.npz"):
        JudgeFile(path, _SHAPE)


def test_the_description_is_read_alone(tmp_path: Path) -> None:
    about = Description("j", "e5", supported=0.6)
    write_judge_file(tmp_path / "judge.npz", {}, {"v": np.ones(3, np.float32)}, about)
    assert read_description(tmp_path / "judge.npz") == about
    with pytest.raises(WeightsCorrupt, match=r"absent\.npz"):
        read_description(tmp_path / "absent.npz")
