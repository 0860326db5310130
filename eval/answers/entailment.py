"""Entailment without a model of inference: the service's own verdict, asked again on the cited evidence alone.

It is the judge that let the sentence pass, so it finds citations that are missing or superfluous, not its own errors.
"""

from collections.abc import Sequence

from app.answering.domain import Citation, Verdict
from app.answering.evidence import EvidenceItem
from app.answering.verify.matching import Matcher
from app.answering.verify.sentence_rules import judge
from eval.answers.domain import Evidence
from eval.answers.tokens import holds, tokens, within
from kg.documents.language import language_of
from kg.domain import Document, DocumentId, Passage, PassageId
from models.protocols import Embedder
from retrieval.domain import PassageEvidence


class ByVerdict:
    """The product's verdict as entailment; a list of the graph by the names of its facts."""

    name = "service's verdict"

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def entails(self, evidence: Sequence[Evidence], sentence: str, question: str) -> bool:
        """Blocks on the embedder; a sentence that stands in the evidence word for word needs no judgement."""
        said = tokens(sentence)
        if any(within(said, tokens(e.text)) for e in evidence):
            return True
        if all(e.kind == "fact" for e in evidence) and len(evidence) > 1:
            return all(e.names and any(holds(sentence, name) for name in e.names) for e in evidence)
        matcher = Matcher([as_item(e) for e in evidence], self._embedder)
        return judge(sentence, matcher, question=question).verdict is Verdict.SUPPORTED


def as_item(evidence: Evidence) -> EvidenceItem:
    """The evidence as answering has it."""
    citation = Citation(evidence.number, evidence.kind, evidence.title, evidence.quote, source_id=evidence.source)
    if evidence.kind == "fact":
        return EvidenceItem(evidence.number, evidence.text, citation)
    language = language_of(evidence.text)
    id_ = DocumentId(evidence.source)
    document = Document(id_, "", evidence.source, evidence.title, evidence.source, "text/plain", language)
    passage = Passage(PassageId(f"{evidence.source}:{evidence.number}"), id_, 0, evidence.text, language)
    return EvidenceItem(evidence.number, evidence.text, citation, PassageEvidence(passage, document, 1.0))
