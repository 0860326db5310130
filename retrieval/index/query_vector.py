"""The vector of a question as an index compares it."""

import numpy as np

from models.protocols import Vectors
from retrieval.errors import IndexMismatch


def query_vector(vector: Vectors, dimension: int) -> Vectors:
    """The vector in 32 bits, shape (dimension,); raises IndexMismatch where it has another length."""
    query = np.ascontiguousarray(vector, np.float32).reshape(-1)
    if len(query) != dimension:
        raise IndexMismatch(
            f"a question's vector has {len(query)} dimensions, the index {dimension}; run `jianxi index rebuild`"
        )
    return query
