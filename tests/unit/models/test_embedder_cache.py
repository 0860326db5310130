"""Vectors are computed once and stay what they are."""

from collections.abc import Sequence

import numpy as np

from models.embedder_cache import CachingEmbedder
from models.protocols import Vectors
from models.scripted import HashingEmbedder


class Counting(HashingEmbedder):
    """Counts what it computes."""

    def __init__(self) -> None:
        super().__init__()
        self.computed: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.computed += texts
        return super().encode_passages(texts)


def test_a_text_is_computed_once_however_often_it_is_asked_for() -> None:
    counting = Counting()
    embedder = CachingEmbedder(counting)
    first = embedder.encode_passages(["间隙", "space", "间隙"])
    again = embedder.encode_passages(["space", "sleep"])
    assert counting.computed == ["间隙", "space", "sleep"]
    assert np.array_equal(first, HashingEmbedder().encode_passages(["间隙", "space", "间隙"]))
    assert np.array_equal(again, HashingEmbedder().encode_passages(["space", "sleep"]))


def test_the_oldest_text_is_forgotten_first() -> None:
    counting = Counting()
    embedder = CachingEmbedder(counting, most=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        embedder.encode_passages([text])
    assert counting.computed == ["a", "b", "c", "b"]


def test_nothing_asked_is_nothing_computed() -> None:
    assert CachingEmbedder(HashingEmbedder()).encode_passages([]).shape == (0, HashingEmbedder().dimension)
