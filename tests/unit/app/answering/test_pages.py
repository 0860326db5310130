"""The places of quotes on pages, read from the documents that are cited."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.answering.evidence import EvidenceItem, passage_item
from app.answering.pages import Pages
from kg.documents.passages import split
from kg.domain import Block, BlockKind, Box, DocumentId, Passage
from kg.errors import KnowledgeError, NotFound, StoreUnavailable
from tests.unit.app.answering.library import passages


def blocks(text: str) -> tuple[Block, ...]:
    return (
        Block(BlockKind.PARAGRAPH, "Mice were kept in the dark for two days.", 1, Box(50, 700, 300, 712)),
        Block(BlockKind.PARAGRAPH, text, 2, Box(50, 60, 300, 84)),
    )


class Shelf:
    """Three documents on pages; keeps which were read."""

    def __init__(self, *, failing: KnowledgeError | None = None, of: str = "") -> None:
        self.read: list[DocumentId] = []
        self._failing, self._of = failing, of
        self._blocks = {p.document.id: blocks(p.passage.text) for p in passages()}

    async def content(self, ids: Sequence[DocumentId]) -> list[tuple[Sequence[Block], Sequence[Passage]]]:
        self.read += ids
        if self._failing is not None and self._of in ids:
            raise self._failing
        return [(self._blocks[id_], ()) for id_ in ids]

    def items(self) -> list[EvidenceItem]:
        cut = [replace(p, passage=split(p.document, self._blocks[p.document.id])[0]) for p in passages()]
        return [passage_item(number, found) for number, found in enumerate(cut, 1)]


async def test_a_document_is_read_once_and_only_if_it_is_cited() -> None:
    shelf = Shelf()
    pages, (one, other, _) = Pages(shelf), shelf.items()
    assert (await pages.quoting(one)).page == 1
    assert (await pages.quoting(one, passages()[0].passage.text)).page == 2
    await pages.quoting(other)
    assert shelf.read == [one.citation.document_id, other.citation.document_id]


@pytest.mark.parametrize("error", [NotFound("document", "d"), StoreUnavailable("the store is away")])
async def test_a_document_that_cannot_be_read_loses_its_own_places_alone(
    error: KnowledgeError, caplog: pytest.LogCaptureFixture
) -> None:
    shelf = Shelf(failing=error, of="d-PM-22896675")
    pages = Pages(shelf)
    cited = [
        await pages.quoting(item, found.passage.text) for item, found in zip(shelf.items(), passages(), strict=True)
    ]
    assert [(c.page, len(c.boxes)) for c in cited] == [(2, 1), (1, 0), (2, 1)]
    assert str(error) in caplog.text


async def test_a_document_without_pages_is_not_read() -> None:
    shelf = Shelf()
    item = passage_item(1, passages()[0])
    assert await Pages(shelf).quoting(item) == item.citation
    assert shelf.read == []
