"""The numbered evidence of one answer: passages first, then facts, within the prompt's budget."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.answering.domain import Citation, Fact
from app.answering.messages import Messages
from kg.documents.sentences import sentences
from kg.documents.tokens import estimated_tokens
from kg.domain import Language, Polarity
from kg.ontology import Domain
from models.evidence_markup import NumberedEvidence
from retrieval.domain import EvidencePack, FactEvidence, PassageEvidence

FACTS_IN_PROMPT = 12
_FACT_SHARE = 0.25
_LONGEST_SOURCE = 200


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One numbered piece of evidence with the text that the model sees."""

    number: int
    text: str
    citation: Citation
    passage: PassageEvidence | None = None

    @property
    def text_hash(self) -> str:
        """What a replay compares."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    @property
    def key(self) -> str:
        """The id of the passage, of the relation, or of a whole document."""
        fact = self.citation.fact
        return fact.relation_id if fact else str(self.citation.passage_id or self.citation.document_id)

    def numbered(self) -> NumberedEvidence:
        """The item as written in a prompt; all sections of a paper have one source."""
        c = self.citation
        source = ", ".join(str(part) for part in (c.title or c.document_id, c.year) if part)
        return NumberedEvidence(c.number, c.kind, source[:_LONGEST_SOURCE], self.text)


Labels = Mapping[str, str]
"""A reader's word for each predicate."""


def items_of(
    pack: EvidencePack,
    *,
    labels: Labels,
    words: Messages,
    language: Language,
    budget_tokens: int,
) -> tuple[EvidenceItem, ...]:
    """Number the evidence; facts take at most a quarter of the budget where there are passages as well."""
    for_facts = budget_tokens * (_FACT_SHARE if pack.passages else 1.0)
    kept_facts: list[FactEvidence] = []
    used = 0.0
    for fact in pack.facts[:FACTS_IN_PROMPT]:
        cost = estimated_tokens(fact_text(fact, labels, words, language)) + 30
        if used + cost > for_facts:
            break
        kept_facts.append(fact)
        used += cost
    kept: list[PassageEvidence] = []
    for found in pack.passages:
        cost = estimated_tokens(found.passage.text) + 40
        if kept and used + cost > budget_tokens:
            break
        kept.append(found)
        used += cost
    numbered = [passage_item(n, p) for n, p in enumerate(kept, 1)]
    return (*numbered, *(fact_item(n, f, labels, words, language) for n, f in enumerate(kept_facts, len(numbered) + 1)))


def passage_item(number: int, found: PassageEvidence) -> EvidenceItem:
    """A passage as numbered evidence; its quote is its first sentence until a sentence is matched."""
    text = found.passage.text
    first = next(iter(sentences(text)), (0, len(text)))
    citation = Citation(
        number=number,
        kind="passage",
        title=found.document.title,
        quote=text[first[0] : first[1]],
        document_id=found.document.id,
        source_id=found.document.source_id,
        passage_id=found.passage.id,
        page=found.passage.page,
        year=found.document.year,
        heading_path=found.passage.heading_path,
    )
    return EvidenceItem(number, text, citation, found)


def fact_text(found: FactEvidence, labels: Labels, words: Messages, language: Language) -> str:
    """The fact as one line: subject, predicate, object, then polarity and grade."""
    relation = found.relation
    label = labels.get(relation.predicate, relation.predicate)
    line = f"{_both(found, 'subject', language)} {label} {_both(found, 'object', language)}"
    notes = [f"{k}: {v}" for k, v in relation.qualifiers.items()]
    if relation.polarity is not Polarity.NONE:
        notes.insert(0, words.graph["raises" if relation.polarity is Polarity.POSITIVE else "lowers"])
    if relation.grade:
        notes.append(relation.grade)
    return f"{line} ({'; '.join(notes)})" if notes else line


def fact_item(number: int, found: FactEvidence, labels: Labels, words: Messages, language: Language) -> EvidenceItem:
    """A relation as numbered evidence."""
    relation = found.relation
    text = fact_text(found, labels, words, language)
    sources = tuple(dict.fromkeys(e.source for e in relation.evidence if e.source))
    fact = Fact(
        relation_id=relation.id,
        subject_id=relation.subject,
        subject=found.subject.name(language),
        predicate=relation.predicate,
        label=labels.get(relation.predicate, relation.predicate),
        object_id=relation.object,
        object=found.object.name(language),
        polarity=relation.polarity.value,
        grade=relation.grade,
        sources=sources,
    )
    title = words.graph["source"]
    citation = Citation(
        number=number,
        kind="fact",
        title=f"{title}: {'; '.join(sources[:3])}" if sources else title,
        quote=text,
        source_id=sources[0] if sources else None,
        fact=fact,
    )
    return EvidenceItem(number, text, citation)


def labels_of(domain: Domain, language: Language) -> Labels:
    """A reader's word for each predicate."""
    ontology = domain.ontology
    return {name: predicate.label.in_(language) for name, predicate in ontology.predicates.items()} | {
        f"attribute:{key}": label.in_(language) for key, label in ontology.question_words.labels.items()
    }


def _both(found: FactEvidence, end: str, language: Language) -> str:
    entity = found.subject if end == "subject" else found.object
    name = entity.name(language)
    other = entity.name("en" if language == "zh" else "zh")
    return name if other == name else f"{name} ({other})"


def by_document(pack: EvidencePack) -> EvidencePack:
    """A document's passages together, where its best one stands: a list tells what each document concludes."""
    place: dict[str, int] = {}
    for found in pack.passages:
        place.setdefault(found.document.id, len(place))
    return replace(pack, passages=tuple(sorted(pack.passages, key=lambda p: (place[p.document.id], p.passage.ordinal))))
