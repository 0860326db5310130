"""Who works on a home: one process at a time runs its jobs."""

import json
import os
from pathlib import Path
from typing import Any

from kg.errors import StoreLocked


class HomeLock:
    """An exclusive lock on a home's jobs; the kernel lets go of it when the process dies, however it dies."""

    def __init__(self, home: Path) -> None:
        self._path = home / "jobs.lock"
        self._note = home / "jobs.owner.json"
        self._lock: Any = None

    def acquire(self, role: str, timeout_s: float = 0.0) -> None:
        """Take the lock as ``role`` (``service``, ``an ingestion``); raises StoreLocked, which names the owner."""
        import filelock

        self._path.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(self._path)
        try:
            lock.acquire(timeout=timeout_s)
        except filelock.Timeout as error:
            owner = self.owner()
            raise StoreLocked(
                f"another process works on {self._path.parent}: {owner.get('role', 'unknown')} with process id "
                f"{owner.get('pid', '?')}; wait for it or stop it"
            ) from error
        self._lock = lock
        self._note.write_text(json.dumps({"pid": os.getpid(), "role": role}))

    def owner(self) -> dict[str, Any]:
        """What the owner wrote of itself."""
        try:
            return dict(json.loads(self._note.read_text()))
        except (OSError, ValueError):
            return {}

    def owner_lives(self) -> bool:
        """Whether the process that wrote of itself last is still there."""
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
