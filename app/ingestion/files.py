"""Original files stored by content hash, in a folder or in any fsspec filesystem."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.documents.file_names import shown
from kg.errors import StorageFull, when_full

_ENDING = 20


class FileStore:
    """Keeps files under ``<root>/ab/abcd....<suffix>``; the same bytes are kept once.

    ``notes`` is a local folder that remembers which documents each file became.
    """

    def __init__(self, root: str, notes: Path) -> None:
        self._root = root
        self._notes = notes

    def keep(self, path: Path) -> str:
        """Store a copy of a file; returns its hash. Raises StorageFull and leaves no partial file."""
        import fsspec

        filesystem, root = fsspec.core.url_to_fs(self._root)
        digest = content_hash(path)
        size = path.stat().st_size
        ending = path.suffix.lower()
        target = f"{root}/{digest[:2]}/{digest}{ending if ending.isascii() and len(ending) <= _ENDING else ''}"
        if filesystem.exists(target) and filesystem.size(target) == size:
            return digest
        partial = f"{target}.partial"
        try:
            with when_full(f"no space to keep {shown(path.name)} ({size} bytes) in {root}; free some and run again"):
                filesystem.makedirs(f"{root}/{digest[:2]}", exist_ok=True)
                filesystem.put_file(str(path), partial)
                filesystem.mv(partial, target)
        except (OSError, StorageFull):
            if filesystem.exists(partial):
                filesystem.rm(partial)
            raise
        return digest

    def note(self, digest: str, document_ids: Sequence[str], *, path: str, whole: bool = True) -> None:
        """Record the documents of a file after all of them are stored; ``whole`` is whether nothing was left out.

        All paths are remembered at which these bytes were read.
        """
        target = self._notes / f"{digest}.json"
        before = self._note(target)
        if path in before.paths and list(document_ids) == before.documents and whole == before.whole:
            return
        self._notes.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        paths = sorted({*before.paths, path})
        partial.write_text(json.dumps({"documents": list(document_ids), "whole": whole, "paths": paths}))
        partial.replace(target)

    def noted(self, digest: str) -> list[str]:
        """The documents of a file that was read whole; empty if they are not recorded."""
        note = self._note(self._notes / f"{digest}.json")
        return note.documents if note.whole else []

    def all_noted(self) -> dict[str, list[str]]:
        """The documents of every file, by its hash."""
        return {path.stem: self._note(path).documents for path in sorted(self._notes.glob("*.json"))}

    def places(self, document_ids: Collection[str]) -> dict[str, set[str]]:
        """The paths at which this home read these documents; "" is one that an older program did not note."""
        found: dict[str, set[str]] = {}
        for note in map(self._note, self._notes.glob("*.json")):
            for id_ in note.documents:
                if id_ in document_ids:
                    found.setdefault(id_, set()).update(note.paths or [""])
        return found

    def discard(self, digest: str) -> None:
        """Delete the bytes of a file, and its record."""
        import fsspec

        filesystem, root = fsspec.core.url_to_fs(self._root)
        for kept in filesystem.glob(f"{root}/{digest[:2]}/{digest}*"):
            filesystem.rm(kept)
        (self._notes / f"{digest}.json").unlink(missing_ok=True)

    @staticmethod
    def _note(path: Path) -> "_Note":
        try:
            told = json.loads(path.read_text())
            return _Note(list(told["documents"]), bool(told.get("whole", True)), list(told.get("paths", ())))
        except (OSError, ValueError, KeyError):
            return _Note([], whole=False, paths=[])


@dataclass(frozen=True, slots=True)
class _Note:
    """What became of a file; ``paths`` are empty where an older program noted it."""

    documents: list[str]
    whole: bool
    paths: list[str]


def content_hash(path: Path) -> str:
    """The sha256 of a file's bytes, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
