"""A retriever of the passages that a question brings with it."""

from collections.abc import Sequence

from eval.answers.domain import GivenPassage
from kg.documents.language import language_of
from kg.domain import Document, DocumentId, Passage, PassageId, Revision
from retrieval.domain import EvidencePack, PassageEvidence, Query
from retrieval.signals import signals_of


class GivenEvidence:
    """Gives every query the same passages in the same order, whatever it asks; ``give`` changes them."""

    def __init__(self) -> None:
        self._passages: tuple[GivenPassage, ...] = ()

    def give(self, passages: Sequence[GivenPassage]) -> None:
        """Set what the next query gets."""
        self._passages = tuple(passages)

    async def retrieve(self, query: Query) -> EvidencePack:
        """The passages as evidence, each a document of its own."""
        found = tuple(as_evidence(p, 1.0 / place) for place, p in enumerate(self._passages, 1))
        return EvidencePack(
            query=query,
            language=language_of(query.text),
            passages=found,
            facts=(),
            entities=(),
            revision=Revision(0),
            snapshot="given",
            embedder="none",
            reranker=None,
            signals=signals_of(query.text, (), found, (), (), {}, ()),
        )

    async def texts(self, ids: Sequence[PassageId]) -> dict[PassageId, str]:
        """The whole texts of passages by their ids."""
        known = {passage_id(p): p.text for p in self._passages}
        return {i: known[i] for i in ids if i in known}


def passage_id(given: GivenPassage) -> PassageId:
    """The id under which a given passage is cited."""
    return PassageId(f"{given.id}:0")


def as_evidence(given: GivenPassage, score: float) -> PassageEvidence:
    """The passage as retrieval gives it."""
    language = language_of(given.text)
    id_ = DocumentId(given.id)
    heads = (given.title,) if given.title else ()
    document = Document(id_, "", given.id, given.title, given.id, "text/plain", language)
    return PassageEvidence(Passage(passage_id(given), id_, 0, given.text, language, heads), document, score)
