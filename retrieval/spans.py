"""Names that stand in running text, found without a model: capitalised spans, symbols, titles and Han terms."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from sys import intern

from retrieval.words import CHINESE_STOP_WORDS, ENGLISH_STOP_WORDS

_TOKEN = re.compile(r"[㐀-䶿一-鿿]+|[^\W_㐀-䶿一-鿿]+(?:[-.'’&/][^\W_㐀-䶿一-鿿]+)*")
_GAP = re.compile(r"[ \t]?")
_ABBREVIATED = frozenset("mr mrs ms dr st jr sr prof gen col sgt capt rev vs no".split())  # noqa: SIM905
_HAN = re.compile(r"[㐀-䶿一-鿿]")
_POSSESSIVE = re.compile(r"['’]s?$")
_AFTER_STOP = re.compile(r"[.!?:;。！？\"“(]\s*$|^\s*$|\n\s*$")
_QUALIFIER = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")
_CONNECTORS = frozenset("of the de la le du von van der den di da del al".split())  # noqa: SIM905
_LONGEST = 8


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text; ``key`` is its folded form, ``han`` says that it is a Han word."""

    key: str
    start: int
    end: int
    capital: bool
    opens: bool
    joined: bool
    han: bool = False


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """A text's words as far as finding names again needs them, in a tenth of the memory.

    ``names`` has a one where a word can be a name by itself: it has a capital or is Han.
    """

    keys: tuple[str, ...]
    names: bytes

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> "TokenKeys":
        """Of a text's words; equal keys of all texts share their memory."""
        return cls(tuple(intern(t.key) for t in tokens), bytes(t.capital or t.han for t in tokens))


def tokens_of(text: str) -> list[Token]:
    """Words with what their place tells: capitals, the start of a sentence, whether only a space parts them."""
    found: list[Token] = []
    last = 0
    for match in _TOKEN.finditer(text):
        word, start = match.group(), match.start()
        if _HAN.match(word):
            at = start
            for piece in _han_words(word):
                found.append(Token(piece, at, at + len(piece), False, False, at > start, han=True))
                at += len(piece)
        else:
            bare = _POSSESSIVE.sub("", word)
            key = _folded(bare)
            capital = key != bare if bare.isascii() else any(c.isupper() for c in bare)
            opens = _AFTER_STOP.search(text[max(0, start - 4) : start]) is not None or start == 0
            joined = bool(found) and not found[-1].han and _joins(found[-1].key, text[last:start])
            found.append(Token(key, start, start + len(bare), capital, opens, joined))
        last = match.end()
    return found


def _joins(before: str, gap: str) -> bool:
    return _GAP.fullmatch(gap) is not None or (gap == ". " and (len(before) == 1 or before in _ABBREVIATED))


def _folded(word: str) -> str:
    """Lower case without accents: questions are typed without them."""
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))


def _han_words(run: str) -> list[str]:
    import rjieba

    words: list[str] = rjieba.cut(run)
    return words


def title_key(title: str) -> str:
    """A title as a name: folded words, without a qualifier in brackets at its end."""
    return " ".join(t.key for t in tokens_of(_QUALIFIER.sub("", title) or title))


def spans_in(tokens: Sequence[Token]) -> Iterable[str]:
    """Keys of the capitalised spans and Han terms among a text's words."""
    run: list[Token] = []
    for token in tokens:
        if token.han:
            yield from _flush(run)
            run = []
            if len(token.key) > 1 and token.key not in CHINESE_STOP_WORDS:
                yield token.key
            continue
        if run and not token.joined:
            yield from _flush(run)
            run = []
        if token.capital or (run and (token.key in _CONNECTORS or token.key.isdigit())):
            run.append(token)
        else:
            yield from _flush(run)
            run = []
    yield from _flush(run)


def _flush(run: list[Token]) -> Iterable[str]:
    while run and not run[-1].capital and not run[-1].key.isdigit():
        run.pop()
    while run and run[0].key in ENGLISH_STOP_WORDS:
        run.pop(0)
    if not run:
        return
    if len(run) > 1:
        yield " ".join(t.key for t in run)
        if run[0].opens and any(t.capital for t in run[1:]):
            rest = run[1:]
            while rest and rest[0].key in ENGLISH_STOP_WORDS:
                rest = rest[1:]
            if rest:
                yield " ".join(t.key for t in rest)
    elif len(run[0].key) > 1 and not (run[0].opens and run[0].key.isalpha() and not _is_symbol(run[0])):
        yield run[0].key


def _is_symbol(token: Token) -> bool:
    return any(c.isdigit() for c in token.key)


class Gazetteer:
    """Names known from a corpus, found again in any text by longest match."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(n for n in names if n)
        self._longest: Counter[str] = Counter()
        for name in self._names:
            words = name.split(" ")
            self._longest[words[0]] = max(self._longest[words[0]], min(len(words), _LONGEST))

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __len__(self) -> int:
        return len(self._names)

    def found(self, tokens: TokenKeys) -> list[str]:
        """Keys of the names in a text, in order; a single Latin word counts only where it has a capital."""
        keys = tokens.keys
        found: list[str] = []
        at = 0
        while at < len(keys):
            taken = 1
            for length in range(min(self._longest.get(keys[at], 0), len(keys) - at), 0, -1):
                if length == 1 and not tokens.names[at]:
                    continue
                key = " ".join(keys[at : at + length])
                if key in self._names:
                    found.append(key)
                    taken = length
                    break
            at += taken
        return found
