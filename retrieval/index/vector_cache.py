"""Vectors that were computed once: a SQLite file keyed by the embedder's identity and the passage's content.

Rebuilding an index or starting again after a crash never embeds a passage twice.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from kg.domain import Passage, PassageId
from kg.errors import StorageFull
from models.protocols import Embedder, Vectors

_BATCH = 256
_ASKED = 500
_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (embedder TEXT, content BLOB, vector BLOB, PRIMARY KEY (embedder, content))
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS passages (id TEXT, content BLOB, PRIMARY KEY (id, content)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS passages_content ON passages (content);
"""

Done = Callable[[int, int], None]


class VectorCache:
    """Sync and safe for threads and processes: every call opens the file for itself."""

    def __init__(self, path: Path, embedder: Embedder) -> None:
        self._path = path
        self._embedder = embedder

    def vectors_of(self, passages: Sequence[Passage], done: Done | None = None) -> Vectors:
        """One row a passage, in order; unknown texts are embedded in batches of similar length and stored at once."""
        keys = [content_key(p) for p in passages]
        with self._opened() as file:
            known = self._known(file, keys)
            missing = {key: p.searchable for key, p in zip(keys, passages, strict=True) if key not in known}
            order = sorted(missing, key=lambda key: (-len(missing[key]), key))
            for start in range(0, len(order), _BATCH):
                batch = order[start : start + _BATCH]
                vectors = np.ascontiguousarray(self._embedder.encode_passages([missing[k] for k in batch]), np.float32)
                self._keep(file, batch, vectors)
                known.update(zip(batch, vectors, strict=True))
                if done is not None:
                    done(min(start + _BATCH, len(order)), len(order))
            with file:
                uses = [(p.id, key) for p, key in zip(passages, keys, strict=True)]
                file.executemany("INSERT OR IGNORE INTO passages VALUES (?, ?)", uses)
        return np.array([known[k] for k in keys], np.float32).reshape(len(keys), self._embedder.dimension)

    def forget(self, ids: Collection[PassageId]) -> None:
        """Delete the vectors of passages that are gone, but not those of texts that another passage has too."""
        if not ids:
            return
        gone = json.dumps(sorted(ids))
        among = "IN (SELECT value FROM json_each(?))"
        with self._opened() as file:
            with file:
                used = "content IN (SELECT content FROM passages)"
                theirs = f"SELECT content FROM passages WHERE id {among}"
                contents = [content for (content,) in file.execute(theirs, (gone,))]
                file.execute(f"DELETE FROM passages WHERE id {among}", (gone,))
                file.executemany(f"DELETE FROM vectors WHERE content = ? AND NOT {used}", [(c,) for c in contents])
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def keep_only(self, ids: Collection[PassageId]) -> None:
        """Delete all vectors but those of these passages, which must have been asked for."""
        with self._opened() as file:
            with file:
                kept = json.dumps(sorted(ids))
                file.execute("DELETE FROM passages WHERE id NOT IN (SELECT value FROM json_each(?))", (kept,))
                file.execute("DELETE FROM vectors WHERE content NOT IN (SELECT content FROM passages)")
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _known(self, file: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        known: dict[bytes, Vectors] = {}
        size = 4 * self._embedder.dimension
        for start in range(0, len(keys), _ASKED):
            asked = keys[start : start + _ASKED]
            marks = ",".join("?" * len(asked))
            query = f"SELECT content, vector FROM vectors WHERE embedder = ? AND content IN ({marks})"
            for key, blob in file.execute(query, (self._embedder.identity, *asked)):
                if len(blob) == size:
                    known[key] = np.frombuffer(blob, np.float32)
        return known

    def _keep(self, file: sqlite3.Connection, keys: Sequence[bytes], vectors: Vectors) -> None:
        rows = [(self._embedder.identity, k, v.tobytes()) for k, v in zip(keys, vectors, strict=True)]
        with file:
            file.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(self._connected()) as file:
                yield file
        except sqlite3.OperationalError as error:
            if "full" in str(error):
                raise StorageFull(
                    f"no space left for {self._path}; free some and run `jianxi index rebuild`"
                ) from error
            raise

    def _connected(self) -> sqlite3.Connection:
        try:
            return self._prepared()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            # A damaged cache holds nothing that cannot be computed again.
            for name in (self._path.name, f"{self._path.name}-wal", f"{self._path.name}-shm"):
                self._path.with_name(name).unlink(missing_ok=True)
            return self._prepared()

    def _prepared(self) -> sqlite3.Connection:
        file = sqlite3.connect(self._path, timeout=30.0)
        try:
            file.execute("PRAGMA journal_mode=WAL")
            file.execute("PRAGMA synchronous=NORMAL")
            file.execute("PRAGMA secure_delete=ON")
            file.executescript(_SCHEMA)
        except sqlite3.DatabaseError:
            file.close()
            raise
        return file


def content_key(passage: Passage) -> bytes:
    """The hash of a passage's embedded text."""
    return hashlib.sha256(passage.searchable.encode()).digest()[:16]
