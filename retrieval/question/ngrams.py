"""Character n-grams of a question as a hashed vector."""

import math
import zlib
from collections import Counter

import numpy as np
import numpy.typing as npt

from kg.names.spelling import normalise

BUCKETS = 8192
LONGEST = 4
"""Characters of the longest n-gram."""


def ngram_counts(text: str) -> Counter[int]:
    """How often each bucket is met by the 1- to 4-grams of the words, each word between blanks."""
    counts: Counter[int] = Counter()
    for word in normalise(text).split():
        padded = f" {word} "
        for size in range(1, LONGEST + 1):
            grams = (padded[i : i + size] for i in range(len(padded) - size + 1))
            counts.update(zlib.crc32(gram.encode()) % BUCKETS for gram in grams if gram != " ")
    return counts


def ngram_vector(text: str, rarity: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Buckets and their values: sublinear frequency by rarity, of length 1 together."""
    counts = ngram_counts(text)
    buckets = np.fromiter(counts, np.int64, len(counts))
    values = np.array([1 + math.log(n) for n in counts.values()], np.float32) * rarity[buckets]
    return buckets, values / max(float(np.linalg.norm(values)), 1e-9)
