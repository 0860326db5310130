"""The places to read where a question is not answered."""

import asyncio
from collections.abc import Sequence

from app.answering.domain import Citation
from app.answering.evidence import EvidenceItem
from app.answering.excerpts import excerpts_of
from app.answering.pages import Pages
from app.answering.prepare import Prepared
from models.protocols import Judge

_MOST = 2


async def nearest_of(
    prepared: Prepared, judge: Judge | None, pages: Pages, pointed: Sequence[tuple[int, str]] = ()
) -> tuple[Citation, ...]:
    """At most two places, one a paper: passages by their relevance, then facts about what the question names.

    First come those that a model ``pointed`` at (number and sentence of the evidence) by what could not be verified.
    Without a judge the others come in the order in which they were found.
    """
    excerpts = prepared.excerpts
    if excerpts is None:
        excerpts = await asyncio.to_thread(excerpts_of, prepared.pack.query.text, prepared.items, judge)
    items = {item.number: item for item in prepared.items}
    read: list[tuple[EvidenceItem, str | None]] = [(e.item, e.text) for e in excerpts or ()]
    named_first = [(items[number], text) for number, text in pointed if number in items]
    candidates = [*named_first, *(read or [(item, None) for item in prepared.items])]
    passages = [one for one in candidates if one[0].citation.fact is None]
    named = {linked.entity.id for linked in prepared.pack.entities}
    facts = [one for one in candidates if (fact := one[0].citation.fact) and {fact.subject_id, fact.object_id} & named]
    chosen: dict[str, tuple[EvidenceItem, str | None]] = {}
    for item, quote in (*passages, *facts):
        chosen.setdefault(item.citation.document_id or item.citation.title, (item, quote))
    return tuple([await pages.quoting(item, quote) for item, quote in [*chosen.values()][:_MOST]])
