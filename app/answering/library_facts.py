"""Counts the contents of the library and the graph, for replies about the service."""

from app.answering.replies import LibraryFacts
from kg.protocols import Store
from kg.records import RecordField, RecordFilter, RecordOrder


async def library_facts(store: Store) -> LibraryFacts:
    """The facts as the store stands; raises StoreUnavailable."""
    stats = await store.stats()
    everything = RecordFilter()
    languages = await store.record_counts(RecordField.LANGUAGE, everything)
    years = [
        page.documents[0].year
        for order in (RecordOrder.OLDEST, RecordOrder.NEWEST)
        if (page := await store.records(everything, order=order, limit=1)).documents
    ]
    known = [y for y in years if y is not None]
    return LibraryFacts(
        documents=stats.documents,
        entities=sum(stats.entities.values()),
        relations=sum(stats.relations.values()),
        years=(min(known), max(known)) if known else None,
        languages=tuple(found.value for found in languages),
    )
