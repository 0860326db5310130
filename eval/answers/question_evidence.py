"""The evidence of a suite's questions: the passages that they bring with them, else what a library has for them."""

from collections.abc import Sequence
from dataclasses import replace

from app.answering.protocols import Retrieves
from eval.answers.ask import options_text
from eval.answers.domain import AnswerQuestion, GivenPassage
from kg.documents.language import language_of
from kg.domain import Document, DocumentId, Passage, PassageId, Revision
from retrieval.domain import EvidencePack, PassageEvidence, Query
from retrieval.signals import signals_of


class QuestionEvidence:
    """A retriever for the question that ``set_question`` set.

    Without ``library`` every query gets the passages that the question brings, in their order. With one, it is asked by
    the question without its options, which only the model is shown (MIRAGE's question-only retrieval).
    """

    def __init__(self) -> None:
        self.library: Retrieves | None = None
        self._given: tuple[GivenPassage, ...] = ()
        self._options = ""

    def set_question(self, question: AnswerQuestion) -> None:
        """Set whose evidence is retrieved next."""
        self._given = question.given or ()
        self._options = options_text(question)

    async def retrieve(self, query: Query) -> EvidencePack:
        """The evidence of the question; raises RetrievalError."""
        if self.library is not None:
            alone = query.text.removesuffix(self._options).rstrip() if self._options else query.text
            return await self.library.retrieve(replace(query, text=alone))
        found = tuple(_as_evidence(p, 1.0 / place) for place, p in enumerate(self._given, 1))
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
        """The whole texts of passages that the question brought, by their ids."""
        return {id_: p.text for p in self._given if (id_ := _passage_id(p)) in ids}


def _passage_id(given: GivenPassage) -> PassageId:
    return PassageId(f"{given.id}:0")


def _as_evidence(given: GivenPassage, score: float) -> PassageEvidence:
    language = language_of(given.text)
    id_ = DocumentId(given.id)
    heads = (given.title,) if given.title else ()
    document = Document(id_, "", given.id, given.title, given.id, "text/plain", language)
    return PassageEvidence(Passage(_passage_id(given), id_, 0, given.text, language, heads), document, score)
