"""A lock that is had in turn."""

import threading
from types import TracebackType


class Turns:
    """A lock whose waiting threads come next.

    A thread that lets go of a plain lock and takes it again at once, batch after batch, leaves others waiting for ever.
    """

    def __init__(self) -> None:
        self._next = threading.Lock()
        self._held = threading.Lock()

    @property
    def awaited(self) -> bool:
        """Whether a thread waits to be next."""
        return self._next.locked()

    def __enter__(self) -> None:
        with self._next:
            self._held.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.release()
