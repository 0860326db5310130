"""Names in running text, found without a model: capitalised spans, symbols, titles and Han terms."""

import re
from collections import Counter
from collections.abc import Iterable

from retrieval.text.tokens import CAPITAL, HAN, Tokens, Vocabulary, tokens_of
from retrieval.text.words import CHINESE_STOP_WORDS, ENGLISH_STOP_WORDS

_QUALIFIER = re.compile(r"(?<!\s)\s*+[(（][^()（）]*[)）]\s*$")

LONGEST = 8
"""Words of the longest name that is found again."""


def title_key(title: str, vocabulary: Vocabulary | None = None) -> str:
    """A title as a name: folded words, without a qualifier in brackets at its end."""
    return " ".join(tokens_of(_QUALIFIER.sub("", title) or title, vocabulary).keys())


def spans_in(tokens: Tokens) -> Iterable[str]:
    """Keys of the capitalised spans and Han terms among a text's words."""
    codes, count = tokens.codes, len(tokens.codes)
    end = 0
    for at in [at for at, code in enumerate(codes) if code & (CAPITAL | HAN)]:
        if codes[at] & HAN:
            key = tokens.key(at)
            if len(key) > 1 and key not in CHINESE_STOP_WORDS:
                yield key
        elif at >= end:
            end = at + 1
            while end < count and tokens.continues(end):
                end += 1
            yield from _spans_of(tokens, at, end)


def _spans_of(tokens: Tokens, start: int, end: int) -> Iterable[str]:
    """Names in a run of words that a capital begins: the run, and the rest of it after a sentence's first word."""
    while end > start and not (tokens.capital(end - 1) or tokens.key(end - 1).isdigit()):
        end -= 1
    start = _after_stop_words(tokens, start, end)
    if end - start > 1:
        yield " ".join(tokens.keys(start, end))
        if tokens.opens(start) and any(tokens.capital(at) for at in range(start + 1, end)):
            rest = _after_stop_words(tokens, start + 1, end)
            if rest < end:
                yield " ".join(tokens.keys(rest, end))
    elif start < end:
        key = tokens.key(start)
        if len(key) > 1 and not (key.isalpha() and tokens.opens(start)):
            yield key


def _after_stop_words(tokens: Tokens, start: int, end: int) -> int:
    while start < end and tokens.key(start) in ENGLISH_STOP_WORDS:
        start += 1
    return start


class Gazetteer:
    """Names known from a corpus, found again in any text by longest match."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names: set[str] = set()
        self._longest: Counter[str] = Counter()
        self._add(names)

    def extended(self, names: Iterable[str]) -> "Gazetteer":
        """These names and more."""
        other = Gazetteer(())
        other._names, other._longest = self._names.copy(), self._longest.copy()
        other._add(names)
        return other

    def found(self, tokens: Tokens) -> list[str]:
        """Keys of the names in a text, in order; a single Latin word counts only where it has a capital."""
        keys = tokens.keys()
        found: list[str] = []
        at = 0
        while at < len(keys):
            taken = 1
            for length in range(min(self._longest.get(keys[at], 0), len(keys) - at), 0, -1):
                if length == 1 and not tokens.codes[at] & (CAPITAL | HAN):
                    continue
                key = " ".join(keys[at : at + length])
                if key in self._names:
                    found.append(key)
                    taken = length
                    break
            at += taken
        return found

    def _add(self, names: Iterable[str]) -> None:
        new = {n for n in names if n} - self._names
        self._names |= new
        for name in new:
            words = name.split(" ")
            self._longest[words[0]] = max(self._longest[words[0]], min(len(words), LONGEST))
