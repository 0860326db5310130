"""Where sources say opposite things of the same, or give other numbers for it; both sides are then shown."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from app.answering.domain import Conflict, Side
from app.answering.evidence import EvidenceItem
from app.answering.selection import tells_a_method
from app.answering.verify.amounts import Amount, all_but_one, amount_of, differ
from app.answering.verify.direction_of_effect import Effect, Sense, content, effects, opposite
from app.answering.verify.quantities import quantities
from app.answering.verify.study_context import StudyContext, study_context_of
from kg.documents.language import language_of
from kg.documents.sentences import sentences
from kg.domain import Language, Polarity
from retrieval.text.glossary import bundled_glossary

_MOST = 2
_LONGEST = 500
_EXTRA_WORDS = 6
_SHARED = 2
_OF_THE_QUESTION = 0.5
_OF_THE_QUESTION_FOR_A_NUMBER = 0.7
_ALIKE = 0.6
_WORDS_ALIKE, _WORD_FOR_WORD = 4, 0.8
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class _QuestionTerms:
    """What the question names: words in one language, and circumstances."""

    words: frozenset[str]
    named: frozenset[tuple[str, str]]

    def share(self, terms: frozenset[str], context: StudyContext) -> float:
        """How much of it the terms and the scope name."""
        return (len(self.words & terms) + len(self.named & context.named)) / ((len(self.words) + len(self.named)) or 1)


@dataclass(frozen=True, slots=True)
class _Told:
    """A sentence of a passage with what it tells; ``asked`` are the question's words in its language."""

    item: EvidenceItem
    text: str
    language: Language
    asked: "_QuestionTerms"
    effects: tuple[Effect, ...]
    amount: Amount | None
    terms: frozenset[str]
    context: StudyContext


def conflicts_of(question: str, items: Sequence[EvidenceItem]) -> tuple[Conflict, ...]:
    """Conflicts of what the question asks for, at most two; a document is not held against itself.

    A conflict shown wrongly is worse than one missed: both sentences must name the same acting thing, the same
    quantity and the same circumstances, and neither may have words of its own where the other has some too.
    """
    return (*_between_facts(items), *_between_passages(question, items))[:_MOST]


def placed(
    conflicts: Sequence[Conflict], before: Sequence[EvidenceItem], kept: Sequence[EvidenceItem]
) -> tuple[Conflict, ...]:
    """The conflicts with the numbers that their evidence now has; those that lost a side are left out."""
    keys = {item.number: item.key for item in before}
    numbers = {item.key: item.number for item in kept}
    found = []
    for conflict in conflicts:
        sides = [replace(s, number=numbers[keys[s.number]]) for s in conflict.sides if keys[s.number] in numbers]
        if len(sides) == len(conflict.sides):
            found.append(replace(conflict, sides=tuple(sides)))
    return tuple(found)


def _between_facts(items: Sequence[EvidenceItem]) -> Iterator[Conflict]:
    seen: dict[tuple[str, str], dict[str, Side]] = {}
    for item in items:
        fact = item.citation.fact
        if fact is not None and fact.polarity != Polarity.NONE.value:
            sides = seen.setdefault((fact.subject_id, fact.object_id), {})
            sides.setdefault(fact.polarity, Side(item.number, item.text))
    for sides in seen.values():
        if len(sides) > 1:
            yield Conflict("direction", tuple(sides.values()))


def _between_passages(question: str, items: Sequence[EvidenceItem]) -> Iterator[Conflict]:
    texts = {"zh": question, "en": f"{question} {bundled_glossary().english(question)}"}
    asked = {language: _QuestionTerms(content(text), study_context_of(text).named) for language, text in texts.items()}
    told = [t for item in items if item.passage is not None for t in _told(item, question, asked)]
    used: set[frozenset[str | None]] = set()
    for one, other in combinations(told, 2):
        documents = frozenset((one.item.citation.document_id, other.item.citation.document_id))
        if len(documents) == 1 or documents in used or one.language != other.language:
            continue
        kind = _disagreement(one, other, question)
        if kind is not None:
            used.add(documents)
            yield Conflict(kind, (Side(one.item.number, one.text), Side(other.item.number, other.text)))


def _told(item: EvidenceItem, question: str, asked: dict[str, _QuestionTerms]) -> Iterator[_Told]:
    if item.passage is None:
        return
    text = item.passage.passage.text
    for a, b in sentences(text):
        sentence = " ".join(text[a:b].split())
        language = language_of(sentence)
        wanted = asked["zh" if language == "zh" else "en"]
        if not wanted.words or len(sentence) > _LONGEST or tells_a_method(sentence):
            continue
        found, numbered = effects(sentence), bool(quantities(sentence))
        if found or numbered:
            amount = amount_of(sentence, question) if numbered else None
            context = study_context_of(_DIGITS.sub(" ", sentence))
            yield _Told(item, sentence, language, wanted, found, amount, content(sentence), context)


def _disagreement(one: _Told, other: _Told, question: str) -> Literal["direction", "number"] | None:
    for mine in one.effects:
        for theirs in other.effects:
            if opposite(mine, theirs) and _same_thing(mine, theirs, one.asked):
                return "direction"
    if one.amount and other.amount and differ(one.amount, other.amount) and _same_amount(one, other):
        return "number"
    if _alike(one, other) and all_but_one(one.text, other.text, question):
        return "number"
    return None


def _same_thing(one: Effect, other: Effect, asked: _QuestionTerms) -> bool:
    if one.against != other.against or not one.context.meets(other.context):
        return False
    if (one.terms - other.terms and other.terms - one.terms) or len(one.terms ^ other.terms) > _EXTRA_WORDS:
        return False
    straight = len(one.before & other.before) + len(one.after & other.after)
    crossed = len(one.before & other.after) + len(one.after & other.before)
    symmetric = {Sense.TOGETHER, Sense.APART} & (one.senses | other.senses)
    if crossed > straight and not symmetric:
        return False
    shared = one.terms & other.terms
    apart = bool(one.before) == bool(other.before) and bool(one.after) == bool(other.after)
    if not apart and len(one.terms ^ other.terms) > 1:
        return False
    if len(shared) + len(one.context.named) < _SHARED or not shared & asked.words:
        return False
    return asked.share(shared, one.context) >= _OF_THE_QUESTION


def _same_amount(one: _Told, other: _Told) -> bool:
    mine, theirs = one.amount, other.amount
    if mine is None or theirs is None or not mine.context.meets(theirs.context):
        return False
    if len(one.asked.words) + len(one.asked.named) < _SHARED:
        return False
    if min(one.asked.share(t.terms, t.context) for t in (one, other)) < _OF_THE_QUESTION_FOR_A_NUMBER:
        return False
    return len(one.terms & other.terms) >= _ALIKE * min(len(one.terms), len(other.terms))


def _alike(one: _Told, other: _Told) -> bool:
    """Whether one sentence is the other's wording all but word for word, and speaks of what is asked."""
    shared, either = one.terms & other.terms, one.terms | other.terms
    if len(shared) + len(one.context.named) < _WORDS_ALIKE or len(shared) < _WORD_FOR_WORD * len(either):
        return False
    titles = content(f"{one.item.citation.title} {other.item.citation.title}")
    return one.context.meets(other.context) and one.asked.share(shared | titles, one.context) >= _OF_THE_QUESTION
