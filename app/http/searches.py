"""Searches in flight: of one key and of all keys only so many at once, as of questions."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.answering.runs.service import RunLimits

SEARCHES = frozenset({("POST", "/v1/search"), ("GET", "/v1/graph/paths"), ("POST", "/v1/answers/{run}/replay")})
"""The routes that search; what others read takes moments, and a question is a run."""


class Searches:
    """Counts the searches in flight by their key."""

    def __init__(self, limits: RunLimits) -> None:
        self._limits = limits
        self._owners: list[str | None] = []

    @contextmanager
    def admitted(self, owner: str | None) -> Iterator[None]:
        """One more search until the block ends; raises TooManyRuns, ServiceFull."""
        self._limits.admit(owner, self._owners, what="searches")
        self._owners.append(owner)
        try:
            yield
        finally:
            self._owners.remove(owner)
