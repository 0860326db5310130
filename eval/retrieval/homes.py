"""A home of its own for each suite: its texts through the product's documents, store and indexes."""

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from eval.retrieval.domain import Suite, SuiteText
from kg.documents.language import language_of
from kg.domain import Block, BlockKind, Document, DocumentId, ParsedDocument, Passage, PassageId, Span
from kg.ontology import Ontology
from kg.protocols import Store
from models.protocols import Embedder
from retrieval.indexes import Indexes
from retrieval.pipeline import Retriever

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class SuiteHome:
    """An open home."""

    store: Store
    indexes: Indexes
    retriever: Retriever
    ontology: Ontology


@asynccontextmanager
async def open_home(
    folder: Path, suite: Suite, embedder: Embedder, progress: Callable[[str, int, int], None] | None = None
) -> AsyncIterator[SuiteHome]:
    """The suite's texts, stored and indexed; quick where an earlier run left them."""
    async with built_home(folder, embedder) as opened:
        for start in range(0, len(suite.texts), _BATCH):
            parsed = [as_document(t) for t in suite.texts[start : start + _BATCH]]
            known = {d.id for d in await opened.store.documents([p.document.id for p in parsed])}
            fresh = [p for p in parsed if p.document.id not in known]
            if fresh:
                await opened.store.put(fresh, author="evaluation", reason=f"suite {suite.name}")
        await opened.indexes.catch_up(progress)
        yield opened


@asynccontextmanager
async def built_home(folder: Path, embedder: Embedder) -> AsyncIterator[SuiteHome]:
    """The product on a folder of its own, its store in SQLite whatever the settings say of the service's."""
    from app.bootstrap import build
    from app.settings import Settings

    async with build(Settings(home=folder, store="sqlite"), embedder=embedder) as app:
        yield SuiteHome(app.store, app.indexes, app.retriever, app.domain.ontology)


def as_document(text: SuiteText) -> ParsedDocument:
    """A suite's text as a document of one passage, since a suite's unit of retrieval is its own."""
    digest = hashlib.sha256(f"{text.id}\n{text.title}\n{text.text}".encode()).hexdigest()
    id_ = DocumentId(f"{text.id}-{digest[:12]}")
    language = language_of(text.text)
    document = Document(id_, digest, text.id, text.title, text.id, "text/plain", language)
    passage = Passage(
        PassageId(f"{id_}:0"), id_, 0, text.text, language, (text.title,) if text.title else (), None,
        (Span(0, 0, len(text.text)),),
    )  # fmt: skip
    return ParsedDocument(document, (Block(BlockKind.PARAGRAPH, text.text),), (passage,))
