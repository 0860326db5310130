"""Whether the evidence can carry an answer, judged before any model is asked.

A question names things; evidence in which they do not occur cannot answer it. The judgement is one of names,
quantities and premises, because scores of an embedder tell how near a topic is, not whether the answer is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.coverage import coverage_of
from app.answering.domain import Answerability, Conflict
from app.answering.messages import Messages
from app.answering.verify import polarity
from app.answering.verify.quantities import kinds_with_numbers
from app.answering.verify.question_needs import YES_OR_NO, AskedName, QuestionNeeds, folded, needs_of, occurs
from kg.documents.sentences import sentences
from kg.domain import Language
from retrieval.domain import EvidencePack, LinkedEntity, PassageEvidence
from retrieval.graph_qa.query_result import QueryResult
from retrieval.question.requests import subject_of
from retrieval.text.words import words

_SOURCES_WITH_NUMBER = 3
_PREMISE_WORDS = 0.5


@dataclass(frozen=True, slots=True)
class Judgement:
    """The judgement with its reasons in the reader's words; ``missing`` names what was not found."""

    sufficiency: Answerability
    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Source:
    text: str
    folded: str


def judge_evidence(
    question: str, pack: EvidencePack, wording: Messages, *, language: Language, conflicts: Sequence[Conflict] = ()
) -> Judgement:
    """Judge a pack for a question that its passages, or passages and facts, should answer."""
    if not pack.passages and not pack.facts:
        return Judgement(Answerability.CANNOT_ANSWER, (wording.refusal["nothing"],))
    needs = needs_of(question)
    names = [_with_other_names(n, pack.entities, question) for n in needs.names]
    sources = _sources(pack)
    absent = [n for n in names if not any(occurs(n, s.text, s.folded) for s in sources)]
    strong = [n.text for n in absent if n.strong]
    if strong and (needs.one_source or 2 * len(strong) > sum(n.strong for n in names)):
        told = wording.refusal["absent"].format(names=wording.joined(strong))
        return Judgement(Answerability.CANNOT_ANSWER, (told,), tuple(strong))
    premise = _false_premise(question, pack.passages)
    if premise:
        return Judgement(Answerability.CANNOT_ANSWER, (wording.refusal["premise"].format(quote=premise),))
    together = _most_together(names, sources)
    apart = [n.text for n in names if n.strong and n not in absent]
    if needs.one_source and together < len(apart) and len(apart) > 1:
        told = wording.refusal["apart"].format(names=wording.joined(apart))
        return Judgement(Answerability.CANNOT_ANSWER, (told,), tuple(apart))
    if needs.wants is not None and needs.one_source and not _has_quantity(question, needs, names, pack.passages):
        told = wording.refusal["quantity"].format(kind=needs.wanted[0 if language == "en" else 1])
        return Judgement(Answerability.CANNOT_ANSWER, (told,), (needs.wanted[0 if language == "en" else 1],))
    met = 1 - len(absent) / len(names) if names else 1.0
    if needs.parts == 1 and not pack.facts and not coverage_of(subject_of(question), pack, names=met).enough:
        return Judgement(Answerability.CANNOT_ANSWER, (wording.refusal["uncovered"],))
    if conflicts:
        return Judgement(Answerability.CONFLICT)
    weak = [n.text for n in absent]
    if weak:
        told = wording.refusal["absent"].format(names=wording.joined(weak))
        return Judgement(Answerability.CAVEAT, (told,), tuple(weak))
    return Judgement(Answerability.ANSWER)


def unknown_names(question: str, graph: QueryResult, pack: EvidencePack) -> tuple[str, ...]:
    """Names in a question to the graph that no entity in it bears, so that a part of the question would be lost."""
    named = [*graph.mentions, *pack.entity_mentions]
    known = folded(" ; ".join(n.text for naming in named for e in naming.senses for n in e.names))
    surfaces = folded(" ".join(naming.surface for naming in named))
    unexplained = set(graph.rest)
    return tuple(
        n.text
        for n in needs_of(question).names
        if unexplained.intersection(words(n.text)) and not occurs(n, "", known) and folded(n.text) not in surfaces
    )


def _sources(pack: EvidencePack) -> list[_Source]:
    by_document: dict[str, list[str]] = {}
    for found in pack.passages:
        d = found.document
        head = by_document.setdefault(d.id, [d.title, " ".join(d.authors), str(d.year or ""), d.journal or ""])
        head.append(found.passage.searchable)
    texts = [" \n ".join(parts) for parts in by_document.values()]
    names = [
        " ".join(n.text for e in (f.subject, f.object) for n in e.names)
        + " "
        + " ".join(f.relation.qualifiers.values())
        for f in pack.facts
    ]
    if names:
        texts.append(" ; ".join(names))
    return [_Source(t, folded(t)) for t in texts]


def _with_other_names(name: AskedName, linked: Sequence[LinkedEntity], question: str) -> AskedName:
    for one in linked:
        if folded(name.text) in folded(one.surface) or folded(one.surface) == folded(name.text):
            return AskedName(name.text, name.kind, tuple(n.text for n in one.entity.names if len(n.text) > 1))
    return name


def _most_together(names: Sequence[AskedName], sources: Sequence[_Source]) -> int:
    strong = [n for n in names if n.strong]
    return max((sum(occurs(n, s.text, s.folded) for n in strong) for s in sources), default=0)


def _has_quantity(
    question: str, needs: QuestionNeeds, names: Sequence[AskedName], passages: Sequence[PassageEvidence]
) -> bool:
    def held(found: PassageEvidence) -> int:
        text = f"{found.document.title} {' '.join(found.document.authors)} {found.document.year} {found.passage.text}"
        return sum(occurs(n, text, folded(text)) for n in names)

    if not passages:
        return True
    best = sorted(passages, key=held, reverse=True)[:_SOURCES_WITH_NUMBER]
    for found in best:
        for a, b in sentences(found.passage.text):
            kinds = kinds_with_numbers(found.passage.text[a:b])
            measured = not needs.measured or needs.measured.lower() in found.passage.text[a:b].lower()
            if kinds and measured and (not needs.wants or kinds & set(needs.wants)):
                return True
    return False


def _false_premise(question: str, passages: Sequence[PassageEvidence]) -> str:
    """The sentence that compares the same two things the other way round."""
    if YES_OR_NO.match(question):
        return ""
    asked = frozenset(words(question))
    for found in passages[:3]:
        for a, b in sentences(found.passage.text):
            sentence = found.passage.text[a:b]
            shared = asked & frozenset(words(sentence))
            if len(shared) >= _PREMISE_WORDS * len(asked) and polarity.swapped(question, sentence):
                return sentence
    return ""
