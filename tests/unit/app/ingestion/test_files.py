import errno
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem

from app.ingestion.files import FileStore, content_hash
from kg.errors import StorageFull


def store_in(folder: Path) -> FileStore:
    return FileStore(str(folder / "files"), folder / "files" / "notes")


def test_the_same_bytes_are_kept_once_under_their_hash(tmp_path: Path) -> None:
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text("间隙")
    second.write_text("间隙")
    store = store_in(tmp_path)
    assert store.keep(first) == store.keep(second) == content_hash(first)
    (kept,) = [p for p in (tmp_path / "files").rglob("*") if p.is_file()]
    assert kept.name == f"{content_hash(first)}.txt"
    assert kept.read_bytes() == first.read_bytes()


def test_what_a_file_became_is_remembered(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("x")
    store = store_in(tmp_path)
    kept = store.keep(source)
    assert store.noted(kept) == []
    store.note(kept, ["d1", "d2"], path="/a.txt")
    assert store_in(tmp_path).noted(kept) == ["d1", "d2"]
    assert store.places(["d1"]) == {"d1": {"/a.txt"}}
    store.note(kept, ["d1", "d2"], path="/b.txt")
    assert store.places(["d1", "d3"]) == {"d1": {"/a.txt", "/b.txt"}}
    (tmp_path / "files" / "notes" / "0.json").write_text('{"documents": ["d1"]}')
    assert store.places(["d1"]) == {"d1": {"/a.txt", "/b.txt", ""}}, "an older program noted no path"


def test_a_file_read_in_part_is_not_taken_for_known_and_a_discarded_one_is_gone(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("x")
    store = store_in(tmp_path)
    kept = store.keep(source)
    store.note(kept, ["d1"], path="/a.txt", whole=False)
    assert store.noted(kept) == []
    assert store.all_noted() == {kept: ["d1"]}
    store.discard(kept)
    assert [p for p in (tmp_path / "files").rglob("*") if p.is_file()] == []


class FullDisk(LocalFileSystem):  # type: ignore[misc]
    protocol = "fulldisk"

    def put_file(self, path1: str, path2: str, callback: Any = None, **kwargs: Any) -> None:
        Path(path2).write_bytes(Path(path1).read_bytes()[:10])
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_told_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("x" * 100)
    fsspec.register_implementation("fulldisk", FullDisk, clobber=True)
    store = FileStore(f"fulldisk://{tmp_path / 'files'}", tmp_path / "notes")
    with pytest.raises(StorageFull, match=r"no space to keep a\.txt"):
        store.keep(source)
    assert [p for p in (tmp_path / "files").rglob("*") if p.is_file()] == []
