"""Vectors are computed once."""

from pathlib import Path

import numpy as np

from eval.peers.string_vectors import StringVectors
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
