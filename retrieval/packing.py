"""Choosing the passages that go into an evidence pack."""

from collections.abc import Callable, Mapping, Sequence

from kg.domain import DocumentId, Passage
from retrieval.domain import Hit

REPEATED = 0.5
"""Factor on a passage's score for each better passage of the same document: other documents get their turn."""


def spread(hits: Sequence[Hit], document_of: Mapping[str, DocumentId]) -> list[Hit]:
    """The hits in order of score, a document's second and later passages discounted."""
    seen: dict[DocumentId, int] = {}
    discounted: list[Hit] = []
    for hit in hits:
        document = document_of[hit.passage_id]
        discounted.append(Hit(hit.passage_id, hit.score * REPEATED ** seen.get(document, 0)))
        seen[document] = seen.get(document, 0) + 1
    return sorted(discounted, key=lambda h: (-round(h.score, 9), h.passage_id))


def within(passages: Sequence[Passage], budget_tokens: int | None, count: Callable[[str], int]) -> list[Passage]:
    """The first passages that fit into a budget together; one too long is passed over, the best one always stays."""
    if budget_tokens is None:
        return list(passages)
    kept: list[Passage] = []
    spent = 0
    for passage in passages:
        cost = count(passage.searchable)
        if not kept or spent + cost <= budget_tokens:
            kept.append(passage)
            spent += cost
    return kept
