"""The lock of a home: one process at a time runs its jobs."""

import json
import os
from pathlib import Path
from typing import Any

from app.home_folder import writing_in
from kg.errors import KnowledgeError, StoreLocked


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
            with writing_in(self._path.parent):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                try:
                    lock.acquire(timeout=timeout_s)
                except filelock.Timeout as error:
                    raise self._locked() from error
            self.announce(role)
        except KnowledgeError:
            lock.release()
            raise
        self._lock = lock

    def announce(self, role: str) -> None:
        """Record the new role of the owner for other processes; raises StorageFull, StoreUnavailable."""
        with writing_in(self._path.parent):
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

    def _locked(self) -> StoreLocked:
        owner = self.owner()
        return StoreLocked(
            f"another process works on {self._path.parent}: {owner.get('role', 'unknown')} with process id "
            f"{owner.get('pid', '?')}; wait for it or stop it"
        )
