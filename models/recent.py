"""The values of the keys that were used last."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from models.protocols import Vectors

Key = TypeVar("Key", bound=Hashable)


class Recent(Generic[Key]):
    """Remembers computed arrays of the ``most`` keys used last; safe to share between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Key, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, keys: Sequence[Key], compute: Callable[[Sequence[Key]], Vectors]) -> list[Vectors]:
        """The value of each key; ``compute`` is asked once for those that are not known, one row a key."""
        with self._lock:
            found = {key: self._known[key] for key in keys if key in self._known}
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        if missing:
            found |= dict(zip(missing, compute(missing), strict=True))
        with self._lock:
            for key in keys:
                self._known[key] = found[key]
                self._known.move_to_end(key)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return [found[key] for key in keys]
