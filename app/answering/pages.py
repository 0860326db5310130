"""The pages of the documents that an answer cites."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from app.answering.domain import Citation
from app.answering.evidence import EvidenceItem
from kg.documents.places import places_of_quote
from kg.domain import Block, DocumentId, Passage
from kg.errors import KnowledgeError

_log = logging.getLogger(__name__)


class ReadsContent(Protocol):
    """What the places of quotes are read from."""

    async def content(self, ids: Sequence[DocumentId]) -> Sequence[tuple[Sequence[Block], Sequence[Passage]]]:
        """Blocks and passages of each document, in order; raises NotFound."""


class Pages:
    """Finds where quotes stand; reads a document when it is first cited, for as long as one answer is made."""

    def __init__(self, library: ReadsContent | None) -> None:
        """Without a library, citations have the page of their passage and no boxes."""
        self._library = library
        self._read: dict[DocumentId, Sequence[Block]] = {}

    async def quoting(self, item: EvidenceItem, quote: str | None = None) -> Citation:
        """The citation of an item with a quote, its own if none is given, and the place of the quote."""
        citation = item.citation if quote is None else replace(item.citation, quote=quote)
        found = item.passage
        if found is None or found.passage.page is None:
            return citation
        boxes = places_of_quote(found.passage, await self._blocks(found.document.id), citation.quote)
        return replace(citation, page=boxes[0].page if boxes else citation.page, boxes=boxes)

    async def _blocks(self, id_: DocumentId) -> Sequence[Block]:
        """The blocks of a document; none where it cannot be read, which costs the places of its quotes alone."""
        if id_ not in self._read:
            self._read[id_] = ()
            try:
                if self._library is not None:
                    ((self._read[id_], _),) = await self._library.content([id_])
            except KnowledgeError as error:
                _log.warning("no place on the pages of a citation: %s", error)
        return self._read[id_]
