"""Which gold facts an answer states, by its words.

A fact is found where one sentence of the answer, or two that follow each other, hold enough of its words, all its
numbers, and do not say the opposite. Enough is half of the words that the fact adds to the question, or three in ten of
those with six in ten of all, the question's being granted. Words are compared by stem, and across languages by the
glossary. It is a measure without a judge: it misses free paraphrase, and it does not read. How much it finds in the
gold answers themselves is told beside it.
"""

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache

from app.answering.verify import polarity
from app.answering.verify.quantities import missing
from eval.answers.tokens import tokens
from kg.documents.sentences import sentences
from retrieval.text.glossary import bundled_glossary
from retrieval.text.words import is_han, words

_HALF = 0.5
_THIRD = 0.3
_MOST_OF_ALL = 0.6
_LEAD = re.compile(
    r"^\s*[A-Z][\w'’-]+(?:\s+(?:et al\.?|and\s+[A-Z][\w'’-]+|& [A-Z][\w'’-]+))?"
    r"(?:,?\s*\(?(?:19|20)\d\d[a-z]?\)?)?\s*[:：]\s+"
)
_WORD = re.compile(r"[A-Za-zα-ωÀ-ɏ0-9.]+")
_IDENTIFIER = re.compile(r"\b(?:PMID:?\s*)?\d{7,9}\b")
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])", re.IGNORECASE)
_GLOSS = re.compile(r"(?<=[\u3400-\u9fff])\s*[(（][A-Za-z][^()（）]*[)）]")
_TELLING = frozenset(
    """
    study studi find found show shown observ reveal demonstr indic suggest report paper author result conclud conclus
    research article abstract publish describ investig evid data collect common work group
    """.split()  # noqa: SIM905
)
"""Stems of words that tell of a finding and are none."""


def facts_found(facts: Sequence[str], text: str, *, question: str = "", cited: Sequence[str] = ()) -> list[bool]:
    """Which of the facts the text states; ``cited`` are the ids of its sources, which an answer need not say."""
    windows = _windows(text)
    return [any(states(window, fact, question=question, cited=cited) for window in windows) for fact in facts]


def states(window: str, fact: str, *, question: str = "", cited: Sequence[str] = ()) -> bool:
    """Whether one or two sentences state a fact; who said it is told by a citation and not asked of the words."""
    claim = _LEAD.sub("", fact)
    known = f"{window}\n{_HYPHEN.sub(' ', window)}\n{question}"
    identified = [i for i in _IDENTIFIER.findall(claim) if any(re.sub(r"\D", "", i) in source for source in cited)]
    for identifier in identified:
        claim = claim.replace(identifier, " ")
    if missing(claim, known) or polarity.opposed(claim, window):
        return False
    asked, have = _words_of(question), _words_of(window)
    every = _terms(claim)
    added = [forms for forms in every if not _holds_any(asked, forms)]
    if not added:
        return bool(identified) or (bool(every) and _share(have, every) >= _HALF)
    share = _share(have, added)
    return share >= _HALF or (share >= _THIRD and _share(have | asked, every) >= _MOST_OF_ALL)


def _share(have: frozenset[str], wanted: Sequence[frozenset[str]]) -> float:
    return sum(_holds_any(have, forms) for forms in wanted) / len(wanted)


def _holds_any(have: frozenset[str], forms: frozenset[str]) -> bool:
    return any(_has(have, form) for form in forms)


def _terms(claim: str) -> list[frozenset[str]]:
    """The claim's words, each with its forms in the other language.

    Left out are directions, words of telling, and a Latin name in brackets behind a Chinese one.
    """
    plain = _WORD.sub(lambda m: " " if polarity.ways(m[0]) else m[0], _GLOSS.sub(" ", claim))
    glossary = bundled_glossary()
    return [
        frozenset({word, *(words(glossary.english(word)) if is_han(word) else ())})
        for word in dict.fromkeys(words(plain if is_han(plain) else " ".join(tokens(plain))))
        if word not in _TELLING
    ]


@lru_cache(maxsize=512)
def _words_of(text: str) -> frozenset[str]:
    found = set(words(text)) | set(words(" ".join(tokens(text))))
    return frozenset(found | set(words(bundled_glossary().english(text)))) if is_han(text) else frozenset(found)


def _has(have: frozenset[str], word: str) -> bool:
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
