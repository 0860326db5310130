"""SQLite's errors in the words of the knowledge."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import KnowledgeError, StorageFull, StoreLocked, StoreUnavailable


@contextmanager
def told_as_ours(path: Path) -> Iterator[None]:
    """Translate every error of SQLite and of the file system at ``path``."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(error, path) from error
    except OSError as error:
        raise StoreUnavailable(f"the store {path} cannot be used: {error}; check the folder and its rights") from error


def _translated(error: sqlite3.Error, path: Path) -> KnowledgeError:
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreLocked(f"another process is writing to {path} for too long; wait for it to end or stop it")
    if primary == sqlite3.SQLITE_FULL:
        return StorageFull(f"the disk that holds {path} is full; nothing of this was kept; free space, do it again")
    if primary == sqlite3.SQLITE_IOERR:
        return StorageFull(
            f"the disk that holds {path} refused a write or a read ({error}); nothing of this was kept; "
            "see that it is not full or failing, then do it again"
        )
    if primary in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return StoreUnavailable(f"{path} is not a valid SQLite file ({error}); restore it from a copy or move it away")
    if primary == sqlite3.SQLITE_CANTOPEN:
        return StoreUnavailable(f"{path} cannot be opened; see that its folder is there and may be written")
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return StoreUnavailable(f"{path} may not be written; change its rights or its owner")
    return StoreUnavailable(f"the store {path} failed: {error}")
