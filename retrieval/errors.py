"""What can go wrong in retrieval.

RetrievalError
├── IndexMissing        nothing has been indexed
├── IndexMismatch       the index was built by another embedder or has another dimension; prints the cure
├── IndexCorrupt        a file of the index is damaged; prints the cure
├── IndexUnavailable    an index server cannot be reached now
└── InvalidQuery        empty, over-long, punctuation only, or an unknown mode
"""

from collections.abc import Iterator
from contextlib import contextmanager

from kg.errors import is_full


class RetrievalError(Exception):
    """Something went wrong in retrieval."""


class IndexMissing(RetrievalError):
    """Nothing has been indexed."""


class IndexMismatch(RetrievalError):
    """The index was built by another embedder."""


class IndexCorrupt(RetrievalError):
    """A file of the index is damaged."""


class IndexUnavailable(RetrievalError):
    """An index server cannot be reached now."""


class InvalidQuery(RetrievalError):
    """The question cannot be asked; ``code`` is ``empty``, ``too_long``, ``punctuation`` or ``mode``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@contextmanager
def reading(what: object) -> Iterator[None]:
    """Raise IndexCorrupt where ``what`` cannot be read, whichever engine says so; a full disk stays an OSError."""
    try:
        yield
    except (OSError, ValueError, TypeError, EOFError, KeyError, AttributeError, RuntimeError) as error:
        if is_full(error):
            raise
        raise IndexCorrupt(f"{what} cannot be read: {error}; run `jianxi index rebuild`") from error
