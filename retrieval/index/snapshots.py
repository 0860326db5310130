"""Snapshots of the indexes on disk: a folder each, checked by sums, made current by one atomic rename."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from kg.domain import Revision
from retrieval.errors import IndexCorrupt, IndexMissing, reading

FORMAT = 3
"""Raised when the layout of a snapshot changes; another format is built again."""

BUILDING, REBUILDING = ".building", ".rebuilding"
"""What the folders of unfinished snapshots end with; a rebuild goes on beside other builders."""

SHARED = "lexical/"
"""Where the files begin that a change links from its parent."""

_KEPT = 2
_WHOLE_BYTES = 32 * 2**20
_SAMPLES, _SAMPLE_BYTES = 256, 64 * 2**10


@dataclass(frozen=True, slots=True)
class Manifest:
    """The description of a snapshot: its revision, embedder, counts (of all that it shows) and checksums."""

    format: int
    name: str
    revision: Revision
    embedder: str
    dimension: int
    dense: str
    documents: int
    passages: int
    edges: int
    files: Mapping[str, str]
    names: str = ""
    """A digest of the names of the graph that mentions were found by."""
    parent: str = ""
    """The snapshot that this one changes; none where it is whole."""
    changed: int = 0
    """Passages that came or went since the parent."""
    gone: int = 0
    """Those of them that went."""


class Snapshots:
    """The folder of snapshots of one home, shared by processes; ``dropping`` is called before a deletion."""

    def __init__(self, folder: Path, *, dropping: Callable[[Path], None] = lambda folder: None) -> None:
        self._folder = folder
        self._dropping = dropping

    def folder_of(self, name: str) -> Path:
        """The folder of a snapshot."""
        return self._folder / "snapshots" / name

    def current_name(self) -> str | None:
        """The current snapshot; cheap enough to call before every search."""
        try:
            return (self._folder / "CURRENT").read_text("utf-8").strip() or None
        except FileNotFoundError:
            return None

    def manifest(self, name: str | None = None, *, whole: Collection[str] = ()) -> Manifest:
        """The manifest of a snapshot, the current one if none is named; raises IndexMissing, IndexCorrupt.

        Its files are checked by their sums, except if its name is in ``whole``; of one that is not current those are
        left out that later ones share.
        """
        shared = SHARED if name else None
        name = name or self.current_name()
        if name is None:
            raise IndexMissing("nothing has been indexed; add documents with `jianxi ingest`")
        path = self.folder_of(name) / "manifest.json"
        with reading(path):
            manifest = Manifest(**json.loads(path.read_text("utf-8")))
        if manifest.format != FORMAT:
            raise IndexCorrupt(f"{path} has format {manifest.format}, not {FORMAT}; run `jianxi index rebuild`")
        if name not in whole:
            self._check(manifest, shared)
        return manifest

    def chain(self, *, whole: Collection[str] = ()) -> list[Manifest]:
        """The current manifest and those that it changes, the whole one first; raises IndexMissing, IndexCorrupt."""
        chain = [self.manifest(whole=whole)]
        while chain[0].parent:
            chain.insert(0, self.manifest(chain[0].parent, whole=whole))
        return chain

    def begin(self, name: str, ending: str = BUILDING) -> Path:
        """An empty folder to build a snapshot in."""
        folder = self._folder / "snapshots" / f".{name}{ending}"
        for left in [folder, *folder.parent.glob(f".*{REBUILDING}" if ending == REBUILDING else folder.name)]:
            self._dropping(left)
            shutil.rmtree(left, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def publish(self, building: Path, manifest: Manifest) -> None:
        """Make a snapshot current, and delete old ones."""
        self.place(building, manifest)
        self.point_at(manifest.name)

    def place(self, building: Path, manifest: Manifest) -> None:
        """Write the manifest, flush to disk, rename the folder; the current snapshot stays current."""
        (building / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1), "utf-8")
        for path in [*building.rglob("*"), building]:
            if path.is_dir() or path.stat().st_nlink == 1:
                _sync(path)
        target = self.folder_of(manifest.name)
        building.rename(target)
        _sync(target.parent)

    def point_at(self, name: str) -> None:
        """Make a placed snapshot current by one rename, and delete old ones."""
        pointer = self._folder / "CURRENT.next"
        pointer.write_text(name + "\n", "utf-8")
        _sync(pointer)
        pointer.replace(self._folder / "CURRENT")
        _sync(self._folder)
        self._drop_old(name)

    def drop_others(self) -> None:
        """Delete every snapshot that the current one does not need."""
        if name := self.current_name():
            self._drop_old(name, kept=1)

    def acquire(self, name: str = "build") -> IO[str]:
        """Take a lock of this home, waiting while another process holds it; closing the file lets it go.

        ``build`` is for what changes the current snapshot, ``rebuild`` for making a whole one beside it. A crash lets
        a lock go as well.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = (self._folder / f"{name}.lock").open("a")
        fcntl.flock(lock, fcntl.LOCK_EX)
        return lock

    def free_name(self, wanted: str) -> str:
        """A name that no snapshot has: one in use is never written over."""
        names = [wanted, *(f"{wanted}-{n}" for n in range(2, 1000))]
        return next(n for n in names if not self.folder_of(n).exists())

    def _drop_old(self, current: str, *, kept: int = _KEPT) -> None:
        folders = [p for p in (self._folder / "snapshots").iterdir() if p.is_dir()]
        shown = [p for p in folders if not p.name.startswith(".") and p.name != current]
        newest_first = sorted(shown, key=lambda p: (p.stat().st_mtime_ns, p.name), reverse=True)
        needed = {name for p in [self.folder_of(current), *newest_first[: kept - 1]] for name in self._lineage(p.name)}
        for folder in folders:
            if folder.name not in needed and not folder.name.endswith(REBUILDING):
                self._dropping(folder)
                shutil.rmtree(folder, ignore_errors=True)

    def _lineage(self, name: str) -> list[str]:
        """A snapshot and those that it changes, as far as they can be read."""
        lineage = [name]
        with suppress(OSError, ValueError):
            while parent := json.loads((self.folder_of(lineage[-1]) / "manifest.json").read_text("utf-8")).get(
                "parent"
            ):
                lineage.append(parent)
        return lineage

    def _check(self, manifest: Manifest, shared: str | None) -> None:
        folder = self.folder_of(manifest.name)
        for name, expected in manifest.files.items():
            if shared is not None and name.startswith(shared):
                continue
            with reading(folder / name):
                actual = checksum(folder / name)
            if actual != expected:
                raise IndexCorrupt(f"{folder / name} is damaged; run `jianxi index rebuild`")


def revision_of(name: str) -> Revision:
    """The revision that the name of a snapshot begins with."""
    return Revision(int(name.partition("-")[0]))


def checksums(folder: Path, linked: Mapping[str, str] | None = None) -> dict[str, str]:
    """Sums of all files in a folder, by their path in it; those of files that another folder has too may be known."""
    sums: dict[str, str] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = str(path.relative_to(folder))
        known = (linked or {}).get(name) if path.stat().st_nlink > 1 else None
        sums[name] = known or checksum(path)
    return sums


def checksum(path: Path) -> str:
    """SHA-256 of a file, with its size; of 256 evenly spread samples where the file is large."""
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        if size <= _WHOLE_BYTES:
            digest.update(file.read())
        else:
            for sample in range(_SAMPLES):
                file.seek(sample * (size - _SAMPLE_BYTES) // (_SAMPLES - 1))
                digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
