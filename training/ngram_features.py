"""Character n-grams of texts as features of a training."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from retrieval.question.ngrams import BUCKETS, ngram_counts, ngram_vector


def rarity_of(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """How rare each bucket is, shape (BUCKETS,)."""
    met = np.zeros(BUCKETS)
    for text in texts:
        met[list(ngram_counts(text))] += 1
    return (np.log((1 + len(texts)) / (1 + met)) + 1).astype(np.float16).astype(np.float32)


def ngram_matrix(texts: Sequence[str], rarity: npt.NDArray[np.float32]) -> csr_matrix:
    """One row a text, shape (texts, BUCKETS)."""
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        buckets, found = ngram_vector(text, rarity)
        rows += [row] * len(buckets)
        columns += buckets.tolist()
        values += found.tolist()
    return csr_matrix((values, (rows, columns)), (len(texts), BUCKETS))
