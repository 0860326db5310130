"""What the library already has of files, before they are read."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.ingestion.files import FileStore, content_hash
from kg.documents.file_names import shown
from kg.domain import DocumentId
from kg.protocols import Store
from kg.records import RecordFilter

_LOOKED_AT = 20
"""Records of one path: whether there is one is all that counts."""


@dataclass(frozen=True, slots=True)
class StoredBefore:
    """The files whose bytes are stored, and the others of whose path an earlier version is.

    An earlier version under another path is known by its identifiers or its text only, once the file is read.
    """

    known: tuple[Path, ...]
    changed: tuple[Path, ...]


async def stored_before(store: Store, files: FileStore, paths: Iterable[Path]) -> StoredBefore:
    """Compare files with what is stored; files that cannot be opened are neither."""
    known: list[Path] = []
    changed: list[Path] = []
    for path in paths:
        noted = await asyncio.to_thread(_noted, files, path)
        if noted and len(await store.documents([DocumentId(id_) for id_ in noted])) == len(noted):
            known.append(path)
            continue
        page = await store.records(RecordFilter(identifier=shown(path)), limit=_LOOKED_AT)
        if any(document.path == shown(path) for document in page.documents):
            changed.append(path)
    return StoredBefore(tuple(known), tuple(changed))


def _noted(files: FileStore, path: Path) -> list[str]:
    try:
        return files.noted(content_hash(path))
    except OSError:
        return []
