"""The locks of a home: one process at a time runs its jobs, beside a service or without one."""

import fcntl
import json
import os
import time
from pathlib import Path
from typing import IO, Any

from app.home_folder import writing_in
from kg.errors import KnowledgeError, StoreLocked

_TRIES, _TRY_S = 20, 0.01


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

    def announce(self, role: str, problem: str = "") -> None:
        """Record the role of the owner, or what prevents it, for other processes.

        Raises StorageFull, StoreUnavailable.
        """
        with writing_in(self._path.parent):
            self._note.write_text(json.dumps({"pid": os.getpid(), "role": role, "problem": problem}))

    def begin_service(self) -> None:
        """Let other processes know that a service, whose worker takes their jobs, lives; until this process ends.

        Does nothing where another service of this home does so already. Raises StorageFull, StoreUnavailable.
        """
        if self._service is None:
            with writing_in(self._path.parent):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                file = self._service_path.open("a")
            if _held(file, fcntl.LOCK_EX):
                self._service = file
            else:
                file.close()

    def service_lives(self) -> bool:
        """Whether a process serves this home, though its worker may only be starting."""
        try:
            with self._service_path.open("a") as file:
                return self._service is not None or not _held(file, fcntl.LOCK_SH)
        except OSError:
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
            os.kill(int(self.owner()["pid"]), 0)
        except (KeyError, ValueError):
            return False
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


def _held(file: IO[str], kind: int) -> bool:
    """Whether the lock was got; tried for a moment, as those who only look hold it for one."""
    for _ in range(_TRIES):
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except OSError:
            if kind == fcntl.LOCK_SH:
                return False
            time.sleep(_TRY_S)
        else:
            return True
    return False
