import errno
from pathlib import Path
from typing import Any

import pytest

from app.ingestion.files import FileStore, content_hash
from kg.errors import StorageFull


def store_in(folder: Path) -> FileStore:
    return FileStore(str(folder / "files"), folder / "files" / "notes")


def test_the_same_bytes_are_kept_once_under_their_hash(tmp_path: Path) -> None:
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text("间隙")
    second.write_text("间隙")
    store = store_in(tmp_path)
    kept = store.keep(first)
    assert kept == store.keep(second)
    assert kept.content_hash == content_hash(first)
    assert Path(kept.url).read_bytes() == first.read_bytes()
    assert [p for p in (tmp_path / "files").rglob("*") if p.is_file()] == [Path(kept.url)]


def test_a_kept_file_is_found_by_its_hash(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("x")
    store = store_in(tmp_path)
    assert store.find(content_hash(source)) is None
    kept = store.keep(source)
    assert store.find(kept.content_hash) == kept.url


def test_what_a_file_became_is_remembered(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("x")
    store = store_in(tmp_path)
    kept = store.keep(source)
    assert store.noted(kept) == []
    store.note(kept, ["d1", "d2"])
    assert store_in(tmp_path).noted(kept) == ["d1", "d2"]


def test_a_full_disk_is_told_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("x" * 100)
    store = store_in(tmp_path)
    filesystem, _ = store._open()

    class Full:
        def __init__(self, real: Any) -> None:
            self._real = real

        def __enter__(self) -> "Full":
            return self

        def __exit__(self, *_: object) -> None:
            self._real.close()

        def write(self, piece: bytes) -> int:
            self._real.write(piece[:10])
            raise OSError(errno.ENOSPC, "No space left on device")

    class FullDisk:
        def __getattr__(self, name: str) -> Any:
            return getattr(filesystem, name)

        def open(self, path: str, mode: str) -> Full:
            return Full(filesystem.open(path, mode))

    store._filesystem = (FullDisk(), str(tmp_path / "files"))
    with pytest.raises(StorageFull, match=r"no space to keep a\.txt"):
        store.keep(source)
    assert [p for p in (tmp_path / "files").rglob("*") if p.is_file()] == []
