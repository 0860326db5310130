"""Vectors are computed once."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from eval.peers.string_vectors import StringVectors
from models.protocols import Vectors
from tests.unit.eval.peers.conftest import TableEmbedder


def test_vectors_stand_in_the_order_of_the_strings(tmp_path: Path) -> None:
    embedder = TableEmbedder({"b": (0, 1, 0, 0), "long": (0, 0, 1, 0)})
    found = StringVectors(tmp_path, embedder).passages(["a", "long", "b"])
    assert found.tolist() == [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]]


def test_what_is_known_is_not_embedded_again(tmp_path: Path) -> None:
    embedder = TableEmbedder()
    strings = [f"s{n}" for n in range(5000)]
    first = StringVectors(tmp_path, embedder).passages(strings)
    asked = len(embedder.asked)
    again = StringVectors(tmp_path, embedder).passages(strings)
    assert len(embedder.asked) == asked == 5000
    assert np.array_equal(first, again)


def test_a_string_that_is_asked_is_another_than_one_that_stands(tmp_path: Path) -> None:
    embedder = TableEmbedder()
    vectors = StringVectors(tmp_path, embedder)
    vectors.passages(["a"])
    vectors.questions(["a"])
    assert embedder.asked == ["a", "a"]


def test_nothing_has_no_vectors_of_the_right_length(tmp_path: Path) -> None:
    assert StringVectors(tmp_path, TableEmbedder()).passages([]).shape == (0, 4)


def test_a_build_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    class Failing(TableEmbedder):
        def encode_passages(self, texts: Sequence[str]) -> Vectors:
            if len(self.asked) >= 1500:
                raise RuntimeError("cut off")
            return super().encode_passages(texts)

    strings = [f"s{n}" for n in range(3000)]
    with pytest.raises(RuntimeError, match="cut off"):
        StringVectors(tmp_path, Failing()).passages(strings)
    embedder = TableEmbedder()
    assert StringVectors(tmp_path, embedder).passages(strings).shape == (3000, 4)
    assert len(embedder.asked) == 3000 - 1024
