"""The head of a fused ranking, put in order as a set."""

from collections.abc import Mapping, Sequence

import numpy as np

from retrieval.domain import Hit
from retrieval.evidence_set.features import Candidates
from retrieval.evidence_set.scorer import SetScorer
from retrieval.index.snapshot_contents import Snapshot
from retrieval.sources.corpus_kind import linked_share
from retrieval.sources.domain import SourceQuery

CANDIDATES = 60
"""Passages of the fused ranking that are looked at."""

_HALF = 0.5

TAKEN = 10
"""Passages that are chosen one after another; the rest stays in the fused order behind them."""


def candidates_of(
    snapshot: Snapshot, query: SourceQuery, fused: Sequence[Hit], hits: Mapping[str, Sequence[Hit]]
) -> Candidates | None:
    """The head of a fused ranking with what its features are made of.

    None where nothing is embedded, and in a corpus of papers: its passages repeat each other, and what adds no new
    words may answer all the same.
    """
    if query.vector is None or not leads_on(snapshot):
        return None
    head = fused[:CANDIDATES]
    rows = [row for h in head if (row := snapshot.walk.position(h.passage_id)) is not None]
    vectors = snapshot.dense.vectors_of([h.passage_id for h in head])
    if not head or len(rows) < len(head) or len(vectors) < len(head):
        return None
    rarity = snapshot.lexical.rarity(query.searched) if query.rarity is None else query.rarity
    names = snapshot.walk.names_in(query.text, query.entities) if query.linking else []
    return Candidates(
        fused=head,
        hits=hits,
        vectors=vectors,
        vector=query.vector,
        rarity=np.array(list(rarity.values()), np.float64),
        words=snapshot.words.overlap(rows, rarity),
        names=snapshot.walk.overlap(rows, names),
    )


def leads_on(snapshot: Snapshot) -> bool:
    """Whether passages name each other's titles as in an encyclopaedia, so that one leads to the next."""
    return linked_share(snapshot.walk.link_density, unknown=0.0) > _HALF


def in_order_of_a_set(found: Candidates, scorer: SetScorer, fused: Sequence[Hit]) -> list[Hit]:
    """The fused ranking with its head in the order in which the scorer takes it.

    The scores stay what they were, each at its place, so that whatever reads their size still can.
    """
    first = scorer.order(found, TAKEN)
    taken = set(first)
    order = [*first, *(at for at in range(len(found)) if at not in taken)]
    head = [Hit(found.fused[at].passage_id, hit.score) for at, hit in zip(order, found.fused, strict=True)]
    return [*head, *fused[len(found) :]]
