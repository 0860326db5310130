"""Names of authors, journals and papers in a question, as the library's records write them."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from kg.domain import Document
from kg.records import RecordNames, record_key, record_words
from retrieval.question.author_spellings import with_other_spellings
from retrieval.question.record_tokens import Token, TokenKind
from retrieval.question.token_tagger import Known

_SUBTITLE = re.compile(r"(?<!\s)\s*+[:=(]")
_TITLE_SHARE = 0.6
_TITLE_WORDS = 4


class KnownNames:
    """The names in the records that match words of one question."""

    def __init__(
        self, tokens: Sequence[Token], names: RecordNames, titles: Sequence[Document], vocabulary: frozenset[str]
    ) -> None:
        """``vocabulary`` are words of questions: in small letters such a word is no name."""
        self._tokens = tokens
        self._words = [word for token in tokens for word in token.words]
        self._places = [at for at, token in enumerate(tokens) for _ in token.words]
        self._vocabulary = vocabulary
        self._titles = [(document, record_words(document.title)) for document in titles]
        self._title_words = frozenset(word for _, words in self._titles for word in words)
        self._authors = [record_words(name) for name in names.authors]
        self._surnames = {words[-1] for words in self._authors if words and len(words[-1]) > 1}
        self._journals = [words for name in names.journals if (words := record_words(main_name(name)))]
        self.whole_titles = self._whole_titles()
        """Tokens [start, end) that are a title or the most of one; the longest first, none inside another."""

    def of_tokens(self) -> list[Known]:
        """The matching names of each token."""
        author = self._marked(self._authors, least=2)
        journal = self._marked(self._journals, least=1)
        whole = {at for start, end, _ in self.whole_titles for at in range(start, end)}
        known = []
        for at, token in enumerate(self._tokens):
            part = len(token.words) == 1 and token.words[0] in self._surnames and self._may_be_name(token)
            in_titles = bool(token.words) and self._title_words.issuperset(token.words)
            known.append(
                Known(
                    "whole" if at in author else "part" if part else "",
                    "whole" if at in journal else "",
                    "whole" if at in whole else "words" if in_titles or token.kind is TokenKind.QUOTE else "",
                )
            )
        return known

    def _whole_titles(self) -> list[tuple[int, int, Document]]:
        tokens, places = self._tokens, self._places
        found = []
        for document, title in self._titles:
            start, length = _longest_run(title, self._words)
            if length >= min(_TITLE_WORDS, len(title)) and length >= _TITLE_SHARE * len(title):
                whole = length == len(title) or tokens[places[start]].kind is TokenKind.QUOTE or length > _TITLE_WORDS
                if whole and (len(title) > 1 or tokens[places[start]].kind is TokenKind.QUOTE):
                    found.append((length, places[start], places[start + length - 1] + 1, document))
        kept: list[tuple[int, int, Document]] = []
        longest: dict[int, int] = {}
        for length, first, end, document in sorted(found, key=lambda f: -f[0]):
            if all(end <= a or b <= first for a, b, _ in kept) or longest.get(first) == length:
                kept.append((first, end, document))
                longest.setdefault(first, length)
        return kept

    def _marked(self, names: Sequence[list[str]], least: int) -> set[int]:
        """Tokens of names that stand whole in the question."""
        marked: set[int] = set()
        for name in names:
            if len(name) < least:
                continue
            for at in _places_of(name, self._words):
                inside = range(self._places[at], self._places[at + len(name) - 1] + 1)
                if len(name) > 1 or self._may_be_name(self._tokens[inside[0]]):
                    marked.update(inside)
        return marked

    def _may_be_name(self, token: Token) -> bool:
        if token.kind is TokenKind.HAN:
            return False
        return token.kind is TokenKind.QUOTE or token.text[:1].isupper() or token.text.lower() not in self._vocabulary


def main_name(journal: str) -> str:
    """A journal's name without its subtitle, its parallel title or its place."""
    return _SUBTITLE.split(journal, maxsplit=1)[0] or journal


def authors_named(text: str, authors: Sequence[str]) -> tuple[str, ...]:
    """Authors whose names hold all words of the text in any order; a letter stands for a name that it begins.

    Other spellings that may be of the same author are among them unless they may be of several.
    """
    asked = [word for word in record_words(text) if word]
    found = []
    for name in authors:
        words = record_words(name)
        holds_all = all(_stands_for(word, words) for word in asked) and any(len(w) > 1 and w in words for w in asked)
        if holds_all or "".join(asked) == "".join(words):
            found.append(name)
    exact = [name for name in found if record_key(name) == " ".join(asked)]
    return with_other_spellings(exact or found, authors)


def _stands_for(word: str, name: Sequence[str]) -> bool:
    if word in name:
        return True
    initials = "".join(part[0] for part in name)
    return len(word) <= 3 and word.isalpha() and word.isascii() and initials.startswith(word)


def journals_named(text: str, journals: Sequence[str]) -> tuple[str, ...]:
    """Journals of that name; where none has it, those whose names begin with it, or hold it."""
    asked = record_key(text)
    keys = [(journal, record_key(main_name(journal)), record_key(journal)) for journal in journals]
    for fits in (
        lambda main, whole: asked in (main, whole),
        lambda main, whole: whole.startswith(asked + " "),
        lambda main, whole: f" {asked} " in f" {whole} ",
        lambda main, whole: bool(main) and f" {main} " in f" {asked} ",
    ):
        if found := tuple(journal for journal, main, whole in keys if fits(main, whole)):
            return found
    return ()


def _places_of(name: Sequence[str], words: Sequence[str]) -> list[int]:
    size = len(name)
    return [at for at in range(len(words) - size + 1) if words[at] == name[0] and list(words[at : at + size]) == name]


def _longest_run(title: Sequence[str], words: Sequence[str]) -> tuple[int, int]:
    """Where the longest run of the title's words starts in the question, and its length."""
    found = SequenceMatcher(None, words, title, autojunk=False).find_longest_match()
    return found.a, found.size
