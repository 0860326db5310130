"""What the indexes read from the store: documents, passages, and what these mention now."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TYPE_CHECKING

from kg.domain import Document, DocumentId, Passage
from kg.progress import Progress
from kg.protocols import Store
from retrieval.index.mentions import linked_mentions, refresh, stored_mentions
from retrieval.index.snapshot_contents import Content

if TYPE_CHECKING:
    from kg.names.linker import Linker

_PAGE = 500


async def read_all(store: Store, tell: Progress) -> tuple[list[Document], list[Passage]]:
    """All documents, and all passages in order of id."""
    documents: list[Document] = []
    passages: list[Passage] = []
    while page := await store.list_documents(after=documents[-1].id if documents else None, limit=_PAGE):
        passages += await _passages_of(store, page)
        documents += page
        tell("read", len(documents), len(documents))
    return documents, sorted(passages, key=lambda p: p.id)


async def read_some(store: Store, ids: Sequence[DocumentId]) -> tuple[list[Document], list[Passage]]:
    """Those of the documents that are there, and their passages in order of id."""
    documents: list[Document] = []
    passages: list[Passage] = []
    for start in range(0, len(ids), _PAGE):
        page = await store.documents(ids[start : start + _PAGE])
        passages += await _passages_of(store, page)
        documents += page
    return documents, sorted(passages, key=lambda p: p.id)


async def with_mentions(
    store: Store,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    linker_of: "Callable[[], Awaitable[Linker]]",
    tell: Progress,
    *,
    relink: Collection[DocumentId] | None = None,
) -> Content:
    """The content with its mentions; those of the documents in ``relink`` are found again, of all if it is None."""
    again = [p for p in passages if relink is None or p.document_id in relink]
    mentions = {} if len(again) == len(passages) else await stored_mentions(store, passages)
    if again:
        tell("link", 0, len(again))
        linker = await linker_of()
        linked = await asyncio.to_thread(lambda: {p.id: linked_mentions(linker, p) for p in again})
        await refresh(store, again, linked)
        mentions = {**mentions, **linked}
    return Content(documents, passages, mentions)


async def _passages_of(store: Store, documents: Sequence[Document]) -> list[Passage]:
    return [p for _, passages in await store.content([d.id for d in documents]) for p in passages]
