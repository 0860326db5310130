"""The locks of a home: one process at a time runs its jobs, beside a service or without one."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.home_folder import writing_in
from kg.errors import KnowledgeError, StoreLocked


class HomeLock:
    """An exclusive lock on a home's jobs; the kernel releases it when the process ends, even by kill -9."""

    def __init__(self, home: Path) -> None:
        self._path = home / "jobs.lock"
        self._note = home / "jobs.owner.json"
        self._service_path = home / "service.lock"
        self._lock: Any = None
        self._service: Any = None

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

    def begin_service(self) -> None:
        """Let other processes know that a service, whose worker takes their jobs, lives; until this process ends."""
        import filelock

        lock = filelock.FileLock(self._service_path)
        with writing_in(self._path.parent), suppress(filelock.Timeout):
            lock.acquire(timeout=0)
            self._service = lock

    def service_lives(self) -> bool:
        """Whether a process serves this home, though its worker may only be starting."""
        import filelock

        if self._service is not None or not self._service_path.exists():
            return self._service is not None
        lock = filelock.FileLock(self._service_path)
        with writing_in(self._path.parent):
            try:
                lock.acquire(timeout=0)
            except filelock.Timeout:
                return True
        lock.release()
        return False

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
