"""The lock of a home: one process at a time runs its jobs."""

import errno
import json
import os
from pathlib import Path
from typing import Any

from kg.errors import StorageFull, StoreLocked, StoreUnavailable


class HomeLock:
    """An exclusive lock on a home's jobs; the kernel releases it when the process ends, even by kill -9."""

    def __init__(self, home: Path) -> None:
        self._path = home / "jobs.lock"
        self._note = home / "jobs.owner.json"
        self._lock: Any = None

    def acquire(self, role: str, timeout_s: float = 0.0) -> None:
        """Take the lock as ``role`` (``service``, ``an ingestion``); raises StoreLocked, which names the owner.

        Raises StorageFull and StoreUnavailable where the home cannot be written.
        """
        import filelock

        lock = filelock.FileLock(self._path)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=timeout_s)
            self.announce(role)
        except filelock.Timeout as error:
            owner = self.owner()
            raise StoreLocked(
                f"another process works on {self._path.parent}: {owner.get('role', 'unknown')} with process id "
                f"{owner.get('pid', '?')}; wait for it or stop it"
            ) from error
        except OSError as error:
            lock.release()
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull(f"no space left in {self._path.parent}; free some and do it again") from error
            raise StoreUnavailable(
                f"{self._path.parent} cannot be used: {error.strerror or error}; see the folder and its rights"
            ) from error
        self._lock = lock

    def announce(self, role: str) -> None:
        """Record the new role of the owner for other processes."""
        self._note.write_text(json.dumps({"pid": os.getpid(), "role": role}))

    def owner(self) -> dict[str, Any]:
        """The record that the owner wrote."""
        try:
            return dict(json.loads(self._note.read_text()))
        except (OSError, ValueError):
            return {}

    def owner_lives(self) -> bool:
        """Whether the process that wrote the record is still running."""
        try:
            os.kill(int(self.owner().get("pid", 0)) or os.getpid(), 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def release(self) -> None:
        """Let go."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None
