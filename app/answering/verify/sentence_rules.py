"""Verifies one sentence of an answer against the evidence by its words, numbers, names and direction."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.domain import Verdict
from app.answering.evidence import EvidenceItem
from app.answering.verify import polarity, quantities
from app.answering.verify.matching import Match, Matcher, cited, split_marks
from app.answering.verify.question_needs import YES_OR_NO
from app.answering.verify.sentence_checks import misread
from kg.documents.language import language_of
from kg.names.spelling import normalise
from retrieval.text.glossary import bundled_glossary
from retrieval.text.words import latin_words, words

_LEAST, _RELATED = 0.42, 0.35
_WORDING = 0.6
_MEANING = 0.6
_MEANING_ACROSS = 0.45
_SAME_SUBJECT = 0.45
_REPEATS = 0.9
_COMPARISON = re.compile(r"高于|低于|大于|小于|多于|少于|快于|慢于|强于|弱于|优于")
_ALTERNATIVES = re.compile(r"[、,，]\S{1,12}(?:和|与|或|还是)|还是|\bor\b|, and\b", re.IGNORECASE)
_PAIR = re.compile(
    r"(?:the\s+)?(?P<first>[A-Za-z][\w-]*(?:\s[\w-]+)?)\s+and\s+(?P<second>[A-Za-z][\w-]+)(?=\s)", re.IGNORECASE
)
_SYMBOL = re.compile(r"\b(?=[A-Za-z]*\d)[A-Za-z][A-Za-z0-9-]{1,}\b|\b[A-Z][A-Za-z]*[A-Z][A-Za-z0-9-]*\b")
_LATIN_IN_CHINESE = re.compile(r"[A-Za-z][A-Za-z0-9-]{2,}")


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence with what was found for it; ``quotes`` pairs each cited number with the evidence's own sentence."""

    text: str
    verdict: Verdict
    citations: tuple[int, ...]
    quotes: tuple[tuple[int, str], ...]
    reasons: tuple[str, ...]


def judge(sentence: str, matcher: Matcher, *, question: str = "") -> Judged:
    """Judge one sentence as the model wrote it, marks and all; blocks on the embedder.

    Names and numbers of the question may be repeated without being in the evidence: they claim nothing.
    """
    text, marks = split_marks(sentence, list(matcher.items))
    matches = matcher.match(text) if text else ()
    if not matches:
        return Judged(text, Verdict.UNSUPPORTED, (), (), ("no evidence",))
    chosen = cited(matches, marks, least=_LEAST)
    if not chosen:
        return Judged(text, Verdict.UNSUPPORTED, (), (), ("nothing in the evidence is near in wording or meaning",))
    numbers = tuple(sorted({m.sentence.number for m in chosen}))
    telling = _telling([m for m in matches if m.sentence.number in numbers and m.score >= _RELATED], text, question)
    quotes = tuple((m.sentence.number, telling.get(m.sentence.number, m).sentence.text) for m in chosen)
    items = [matcher.items[n] for n in numbers]
    against = _contradiction(text, chosen)
    if against:
        return Judged(text, Verdict.CONTRADICTED, numbers, quotes, (against,))
    problems = [
        *_restated(text, question, [*chosen, *telling.values()]),
        *_unsupported_terms(text, items, question),
        *_unsupported_numbers(text, items, question),
        *_unsupported_names(text, items, question),
    ]
    problems += _said_of_one_only(text, chosen, matches)
    sources = [s for s in matcher.sentences if s.number in numbers]
    if not any(text.rstrip(" .。") in s.text for s in sources):
        problems += misread(text, items, list(matcher.items.values()), sources)
    if _compared_otherwise(text, chosen):
        problems.append("the evidence does not compare these in this order")
    if not _supported(text, chosen, items):
        problems.append("too far from the evidence in wording and meaning")
    return Judged(text, Verdict.UNSUPPORTED if problems else Verdict.SUPPORTED, numbers, quotes, tuple(problems))


def _contradiction(text: str, chosen: Sequence[Match]) -> str:
    ways = polarity.ways(text)
    for match in chosen:
        evidence = match.sentence.text
        if text == evidence or max(match.wording, match.meaning) < _SAME_SUBJECT:
            continue
        agreeing = [m for m in chosen if m.score >= 0.9 * match.score and ways == polarity.ways(m.sentence.text)]
        if agreeing and not polarity.swapped(text, evidence):
            continue
        if polarity.opposed(text, evidence):
            return f"the evidence says the opposite: {evidence[:160]}"
        parity = (polarity.negations(text) - polarity.negations(evidence)) % 2
        if parity and match.wording >= 0.8 and not polarity.ways(text) and not polarity.ways(evidence):
            return f"negated otherwise than in the evidence: {evidence[:160]}"
    return ""


def _restated(text: str, question: str, chosen: Sequence[Match]) -> list[str]:
    """An answer that only repeats the question is none, unless yes or no or one of several named things was asked.

    A word that the question lacks and the evidence has is what an answer adds.
    """
    mine, asked = Counter(words(text)), Counter(words(question))
    if not mine or YES_OR_NO.match(question) or len(mine.keys() & asked.keys()) < _REPEATS * len(mine):
        return []
    added = _added(text, question)
    if any(added & match.sentence.words for match in chosen):
        return []
    if _ALTERNATIVES.search(question) and mine - asked:
        return []
    return ["says only what the question says"]


def _added(text: str, question: str) -> set[str]:
    """Words that a sentence adds to the question, Chinese terms in English as well."""
    added = set(words(text)) - set(words(question))
    terms, known = bundled_glossary().terms(text), bundled_glossary().terms(question)
    return added | {word for term, english in terms.items() if term not in known for word in words(english)}


def _telling(matches: Sequence[Match], text: str, question: str) -> dict[int, Match]:
    """For each number the sentence that holds most of what the text adds, where the nearest sentence holds none.

    An answer in the question's own words is near to the sentence that the question is near to, which seldom answers.
    """
    added = _added(text, question)
    found: dict[int, Match] = {}
    for number in {m.sentence.number for m in matches}:
        own = [m for m in matches if m.sentence.number == number]
        best = max(own, key=lambda m: (len(added & m.sentence.words), m.score))
        if added & best.sentence.words and not added & own[0].sentence.words:
            found[number] = best
    return found


def _unsupported_terms(text: str, items: Sequence[EvidenceItem], question: str) -> list[str]:
    """Terms that a Chinese sentence adds to the question must be in the evidence, in either language."""
    if language_of(text) != "zh":
        return []
    evidence = " ".join(f"{i.text} {i.citation.title}" for i in items)
    held = set(words(evidence))
    glossary = bundled_glossary()
    asked = glossary.terms(question)
    return [
        f"term not in the evidence: {term}"
        for term, english in glossary.terms(text).items()
        if term not in asked and normalise(term) not in normalise(evidence) and not set(words(english)) & held
    ]


def _unsupported_numbers(text: str, items: Sequence[EvidenceItem], question: str) -> list[str]:
    evidence = "\n".join(f"{i.text}\n{i.citation.title}\n{i.citation.year or ''}" for i in items) + "\n" + question
    return [f"number not in the evidence: {n}" for n in quantities.missing(text, evidence)]


def _unsupported_names(text: str, items: Sequence[EvidenceItem], question: str) -> list[str]:
    pattern = _LATIN_IN_CHINESE if language_of(text) == "zh" else _SYMBOL
    evidence = " ".join(f"{i.text} {i.citation.title}" for i in items).lower()
    known = set(latin_words(evidence)) | set(latin_words(question))
    absent = []
    for match in pattern.finditer(text):
        name = match[0]
        if (
            name.lower() not in evidence
            and name.lower() not in question.lower()
            and not set(latin_words(name)) <= known
        ):
            absent.append(f"name not in the evidence: {name}")
    return absent


def _said_of_one_only(text: str, chosen: Sequence[Match], matches: Sequence[Match]) -> list[str]:
    """What "X and Y rise" claims of a thing of which no cited sentence tells that direction, though others name it."""
    pair, ways = _PAIR.match(text), polarity.ways(text)
    if pair is None or not ways:
        return []
    telling = [m.sentence.words for m in chosen if ways <= polarity.ways(m.sentence.text)]
    every = [m.sentence.words for m in matches]
    problems = []
    for name in (pair["first"], pair["second"]):
        said = set(words(name))
        if said and any(said <= held for held in every) and not any(said <= held for held in telling):
            problems.append(f"the evidence does not say this of: {name}")
    return problems


def _compared_otherwise(text: str, chosen: Sequence[Match]) -> bool:
    """Whether a Chinese comparison is not in the order of the English one: before 高于, before "than"."""
    compared = _COMPARISON.search(text)
    english = [m.sentence.text for m in chosen if m.sentence.english]
    if compared is None or not english:
        return False
    glossary = bundled_glossary()
    left, right = glossary.terms(text[: compared.start()]), glossary.terms(text[compared.end() :])
    lesser = [set(words(e)) for term, e in right.items() if term not in left]
    greater = [set(words(e)) for term, e in left.items() if term not in right]
    if not lesser or not greater:
        return True
    for sentence in english:
        before, than, after = sentence.partition(" than ")
        head, tail = set(words(before)), set(words(after))
        if than and all(term & tail for term in lesser[:1]) and greater[-1] & head:
            return False
    return True


def _supported(text: str, chosen: Sequence[Match], items: Sequence[EvidenceItem]) -> bool:
    best = max(chosen, key=lambda m: m.score)
    across = language_of(text) != language_of(best.sentence.text)
    meaning = max(m.meaning for m in chosen)
    return best.wording >= _WORDING or meaning >= (_MEANING_ACROSS if across else _MEANING)
