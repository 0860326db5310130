"""Documents that the graph links to the entities of a question, by shared identifiers."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from kg.domain import DocumentId
from retrieval.domain import Hit, Mode
from retrieval.fusion import ranked
from retrieval.index.catalogue import Catalogue
from retrieval.sources.domain import SourceQuery, SourceRole

LINKED_WEIGHT = 0.25
"""What a passage gains whose document the graph links to all that the question names."""


@dataclass(frozen=True, slots=True)
class LinkedDocuments:
    """Follows relations of the graph to documents of the library."""

    catalogue: Catalogue
    name: ClassVar[str] = "linked"
    role: ClassVar[SourceRole] = SourceRole.ADDS
    reason: ClassVar[str] = "the graph links its document to what the question names"
    weight: ClassVar[float] = LINKED_WEIGHT

    def serves(self, query: SourceQuery) -> bool:
        """Where the question names something that has relations."""
        return query.linking and query.mode in (Mode.HYBRID, Mode.GRAPH) and bool(query.relations)

    def find(self, query: SourceQuery, seeds: Sequence[Hit]) -> Sequence[Hit]:
        """First passages of documents whose PMID or DOI is an entity beside the question's entities.

        The score is in (0, 1]: a document linked to all of them has most, and links of something that has few
        documents count more than those of something that has many.
        """
        by_slot: dict[int, set[DocumentId]] = defaultdict(set)
        for relation in query.relations:
            for near, far in ((relation.subject, relation.object), (relation.object, relation.subject)):
                document = self.catalogue.by_identifier.get(far.lower())
                if document is not None:
                    for number, slot in enumerate(query.slots):
                        if near in slot:
                            by_slot[number].add(document)
        scores: dict[DocumentId, float] = defaultdict(float)
        most = 0.0
        for documents in by_slot.values():
            weight = math.log1p(len(self.catalogue.documents) / len(documents))
            most += weight
            for document in documents:
                scores[document] += weight
        return ranked(
            {
                passage: score / most
                for id_, score in sorted(scores.items())
                for passage in self.catalogue.documents[id_].passages[:3]
                if query.allowed is None or passage in query.allowed
            }
        )
