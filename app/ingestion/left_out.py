"""Documents that a file held when it was read before, and does not hold any more."""

from collections.abc import Collection

from kg.domain import Document, DocumentId
from kg.protocols import Store
from kg.records import RecordFilter

_PAGE = 5000
_NAMED = 3


async def left_out(store: Store, path: str, held: Collection[DocumentId]) -> list[Document]:
    """The stored documents of the file at a path, but not those that are held now, by it or by another file."""
    found: list[Document] = []
    offset = total = 0
    while offset == 0 or offset < total:
        page = await store.records(RecordFilter(identifiers=(path,)), limit=_PAGE, offset=offset)
        found += [document for document in page.documents if document.path == path and document.id not in held]
        offset, total = offset + _PAGE, page.total
    return found


def told_removed(gone: Collection[Document], revision: int) -> str:
    """That documents of a file were removed, because it does not hold them any more."""
    return f"{_told(gone)} are removed; `jianxi kg undo {revision}` brings them back"


def told_kept(gone: Collection[Document]) -> str:
    """That documents of a file stay, because parts of it could not be read."""
    return f"{_told(gone)} stay, because a part of it could not be read"


def _told(gone: Collection[Document]) -> str:
    named = ", ".join(f"{document.title!r} ({document.id})" for document in list(gone)[:_NAMED])
    return (
        f"{len(gone)} documents that it held before and holds no more ({named}{', ...' if len(gone) > _NAMED else ''})"
    )
