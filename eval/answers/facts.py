"""Which gold facts an answer states, by its words.

A fact is found where one sentence of the answer, or two that follow each other, hold at least half of the words that
the fact adds to the question, all its numbers, and do not go the other way. Words are compared by stem, and across
languages by the glossary. It is a measure without a judge: it misses free paraphrase, and it does not read.
"""

import itertools
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from app.answering import polarity
from app.answering.quantities import missing
from eval.answers.tokens import tokens
from kg.documents.sentences import sentences
from retrieval.glossary import bundled_glossary
from retrieval.words import is_han, words

LEAST = 0.5
_LEAD = re.compile(
    r"^\s*[A-Z][\w'’-]+(?:\s+(?:et al\.?|and\s+[A-Z][\w'’-]+|& [A-Z][\w'’-]+))?"
    r"(?:,?\s*\(?(?:19|20)\d\d[a-z]?\)?)?\s*[:：]\s+"
)
_WORD = re.compile(r"[A-Za-zα-ωÀ-ɏ0-9.]+")


def facts_found(facts: Sequence[str], text: str, *, question: str = "") -> list[bool]:
    """Which of the facts the text states."""
    windows = _windows(text)
    return [any(states(window, fact, question=question) for window in windows) for fact in facts]


def states(window: str, fact: str, *, question: str = "") -> bool:
    """Whether one or two sentences state a fact; who said it is told by a citation and not asked of the words."""
    claim = _LEAD.sub("", fact)
    if missing(claim, f"{window}\n{question}"):
        return False
    ways = polarity.ways(claim)
    said = polarity.ways(window)
    if ways and said and not ways & said:
        return False
    wanted = _wanted(claim, question)
    have = _words_of(window)
    return bool(wanted) and sum(any(_has(have, form) for form in forms) for forms in wanted) >= LEAST * len(wanted)


def _wanted(claim: str, question: str) -> list[frozenset[str]]:
    """The fact's words, each with its other forms; those of the question only where it has no others."""
    every = _terms(claim)
    asked = _words_of(question)
    added = [forms for forms in every if not any(_has(asked, form) for form in forms)]
    return added or every


def _terms(claim: str) -> list[frozenset[str]]:
    plain = _WORD.sub(lambda m: " " if polarity.ways(m[0]) else m[0], claim)
    glossary = bundled_glossary()
    return [
        frozenset({word, *(words(glossary.english(word)) if is_han(word) else ())})
        for word in dict.fromkeys(words(" ".join(tokens(plain)) if not is_han(plain) else plain))
    ]


@lru_cache(maxsize=512)
def _words_of(text: str) -> frozenset[str]:
    found = set(words(text)) | set(words(" ".join(tokens(text))))
    return frozenset(found | set(words(bundled_glossary().english(text)))) if is_han(text) else frozenset(found)


def _has(have: Iterable[str], word: str) -> bool:
    if word in have:
        return True
    return len(word) > 4 and any(
        w[:4] == word[:4] and _common_start(w, word) >= 0.75 * max(len(w), len(word)) for w in have if w.isalpha()
    )


def _common_start(a: str, b: str) -> int:
    size = 0
    for left, right in zip(a, b, strict=False):
        if left != right:
            break
        size += 1
    return size


def _windows(text: str) -> list[str]:
    single = [line[a:b] for line in text.splitlines() for a, b in sentences(line)]
    return [*single, *(f"{a} {b}" for a, b in itertools.pairwise(single))]
