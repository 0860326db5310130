"""Documents of the library that the graph links to what a question names: by identifiers they share."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from kg.domain import DocumentId, PassageId, Relation
from retrieval.graph_qa.joins import Slot
from retrieval.index.catalogue import Catalogue


def linked_passages(
    catalogue: Catalogue, relations: Iterable[Relation], slots: Sequence[Slot]
) -> Mapping[PassageId, float]:
    """First passages of documents whose PMID or DOI is an entity beside the question's entities.

    The score is in (0, 1]: a document linked to all of them has most, and links of something that has few documents
    count more than those of something that has many.
    """
    by_slot: dict[int, set[DocumentId]] = defaultdict(set)
    for relation in relations:
        for near, far in ((relation.subject, relation.object), (relation.object, relation.subject)):
            document = catalogue.by_identifier.get(far.lower())
            if document is not None:
                for number, slot in enumerate(slots):
                    if near in slot:
                        by_slot[number].add(document)
    if not by_slot:
        return {}
    scores: dict[DocumentId, float] = defaultdict(float)
    for documents in by_slot.values():
        weight = math.log1p(len(catalogue.documents) / len(documents))
        for document in documents:
            scores[document] += weight
    most = sum(math.log1p(len(catalogue.documents) / len(d)) for d in by_slot.values())
    return {
        passage: score / most
        for id_, score in sorted(scores.items())
        for passage in catalogue.documents[id_].passages[:3]
    }
