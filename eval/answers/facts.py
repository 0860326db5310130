"""Which gold facts an answer states, by its words alone.

A fact is found where one sentence of the answer, or two that follow each other, hold all its numbers and enough of its
words: half of those that the fact adds to the question, or three in ten of those with six in ten of all, the question's
being granted. Words are compared by stem. It does not read: a fact turned round counts as found, a free paraphrase or
an answer in another language does not. How much it finds in the gold answers themselves is reported beside it.
"""

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache
from math import ceil

from eval.answers.citations import cited_evidence, triples_of
from eval.answers.domain import Answered, AnswerQuestion
from eval.answers.tokens import holds, tokens
from kg.documents.language import han_count
from kg.documents.sentences import sentences
from models.han import HAN
from retrieval.text.words import words

_HALF, _THIRD, _MOST_OF_ALL = 0.5, 0.3, 0.6
_LEAD = re.compile(
    r"^\s*[A-Z][\w'’-]+(?:\s+(?:et al\.?|and\s+[A-Z][\w'’-]+|& [A-Z][\w'’-]+))?"
    r"(?:,?\s*\(?(?:19|20)\d\d[a-z]?\)?)?\s*[:：]\s+"
)
_IDENTIFIER = re.compile(r"\b(?:PMID:?\s*)?\d{7,9}\b")
_NAME_IN_BRACKETS = re.compile(rf"(?<=[{HAN}])\s*[(（][A-Za-z][^()（）]*[)）]")

_TELLING = frozenset(
    """
    study studi find found show shown observ reveal demonstr indic suggest report paper author result conclud conclus
    research article abstract publish describ investig evid data collect common work group
    """.split()  # noqa: SIM905
)
"""Stems of words that tell of a finding and are none."""


def facts_found(facts: Sequence[str], text: str, *, question: str = "", cited: Sequence[str] = ()) -> list[bool]:
    """Which of the facts the text states; ``cited`` are the ids of its sources, which an answer need not say."""
    lines = [line[a:b] for line in text.splitlines() for a, b in sentences(line)]
    windows = [*lines, *(f"{a} {b}" for a, b in itertools.pairwise(lines))]
    return [any(states(window, fact, question=question, cited=cited) for window in windows) for fact in facts]


def states(window: str, fact: str, *, question: str = "", cited: Sequence[str] = ()) -> bool:
    """Whether one or two sentences state a fact; who said it is told by a citation and not asked of the words."""
    claim = _NAME_IN_BRACKETS.sub(" ", _LEAD.sub("", fact))
    identified = [i for i in _IDENTIFIER.findall(claim) if any(re.sub(r"\D", "", i) in source for source in cited)]
    for identifier in identified:
        claim = claim.replace(identifier, " ")
    have, asked = _words_of(window), _words_of(question)
    wanted = _words_of(claim) - _TELLING
    if any(w[0].isdigit() and w not in have | asked for w in wanted):
        return False
    added = frozenset(w for w in wanted if not _has(asked, w))
    if not added:
        return bool(identified) or (bool(wanted) and _share(have, wanted) >= _HALF)
    share = _share(have, added)
    return share >= _HALF or (share >= _THIRD and _share(have | asked, wanted) >= _MOST_OF_ALL)


def facts_given(question: AnswerQuestion, answered: Answered) -> list[bool]:
    """One truth a fact: stated in words, or by the source's own sentence, or by the triples of the graph.

    Quotes and facts go in pairs where there are as many, else all facts are given where all quotes are. The facts of a
    question to the graph alone only put its triples into words, so all triples give all facts.
    """
    cited = [e.source for e in cited_evidence(answered)]
    found = facts_found(question.facts, answered.claimed, question=question.text, cited=cited)
    if question.triples and not question.sources and set(question.triples) <= triples_of(answered):
        return [True] * len(found)
    quoted = [holds(answered.claimed, quote) for quote in question.quotes]
    if quoted and len(quoted) == len(found):
        return [a or b for a, b in zip(found, quoted, strict=True)]
    return [True] * len(found) if quoted and all(quoted) else found


def _share(have: frozenset[str], wanted: frozenset[str]) -> float:
    return sum(_has(have, word) for word in wanted) / len(wanted)


def _has(have: frozenset[str], word: str) -> bool:
    """Whether a word is there, or one that shares three quarters of its letters from the start."""
    if word in have or len(word) <= 4 or word[0].isdigit():
        return word in have
    starts = ((w, ceil(0.75 * max(len(w), len(word)))) for w in have)
    return any(w[:size] == word[:size] for w, size in starts if size <= min(len(w), len(word)))


@lru_cache(maxsize=512)
def _words_of(text: str) -> frozenset[str]:
    """Stems and numbers; Chinese by words, in simplified characters."""
    plain = tokens(text)
    numbers = {t for t in plain if t[0].isdigit()}
    latin = set(words(" ".join(t for t in plain if t[0].isascii() and not t[0].isdigit())))
    han = {w for w in words(text) if han_count(w)} if han_count(text) else set()
    return frozenset(numbers | latin | han)
