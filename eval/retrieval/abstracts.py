"""The 563 glymphatic abstracts in an evaluation home."""

from pathlib import Path

from kg.documents.parsing import parse
from kg.documents.passages import split
from kg.domain import ParsedDocument
from kg.protocols import ParseLimits, Store


async def put_abstracts(store: Store, data: Path) -> None:
    """The abstracts, stored where the home is empty."""
    if not await store.list_documents(limit=1):
        parsed = parse(data / "papers/glymphatic_abstracts/corpus.jsonl", ParseLimits()).documents
        documents = [ParsedDocument(d, blocks, split(d, blocks)) for d, blocks in parsed]
        await store.put(documents, author="evaluation", reason="the abstracts")
