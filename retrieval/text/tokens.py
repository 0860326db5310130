"""Words of running text with the gaps between them, which help to find names."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from models import han

_HAN = re.compile(f"[{han.HAN}]")
_WORD = re.compile(rf"([{han.HAN}]+|[^\W_{han.HAN}]+(?:[-.'’&/][^\W_{han.HAN}]+)*)")
_POSSESSIVE = re.compile(r"['’]s?$")
_CONNECTORS = frozenset("of the de la le du von van der den di da del al".split())  # noqa: SIM905
_ABBREVIATED = frozenset("mr mrs ms dr st jr sr prof gen col sgt capt rev vs no".split())  # noqa: SIM905
_SPACES = frozenset(("", " ", "\t"))
_STOPS = frozenset('.!?:;。！？"“(')
_SEEN = 4
_REMEMBERED = 200_000


CAPITAL, HAN = 1, 2
"""What the last two bits of a word's code say; either can be a name by itself, and 0 is a word of neither kind."""

KIND_BITS = 2


class Vocabulary(dict[str, int]):
    """Codes of words by how they are written, made when first asked for.

    A code is the number of the word's folded form, from 1 on, with the word's kind in its last bits. Numbers stay; how
    words are written is forgotten now and then, so that rare ones take no memory.
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys = [""]
        self._numbers: dict[str, int] = {}

    def __missing__(self, written: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        code = self[written] = self._code_of(written)
        return code

    @property
    def size(self) -> int:
        """One more than the highest number."""
        return len(self._keys)

    def key_of(self, code: int) -> str:
        """The folded form of a word."""
        return self._keys[code >> KIND_BITS]

    def number_of(self, key: str) -> int:
        """The number of a folded form, which is new where the form is."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._keys)
            self._keys.append(key)
        return number

    def _code_of(self, written: str) -> int:
        if _HAN.match(written):
            return self.number_of(written) << KIND_BITS | HAN
        bare = _POSSESSIVE.sub("", written)
        key = _folded(bare)
        capital = key != bare if bare.isascii() else any(c.isupper() for c in bare)
        return self.number_of(key) << KIND_BITS | (CAPITAL if capital else 0)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's words in order, as codes of a vocabulary; ``gaps`` holds the text before each."""

    codes: Sequence[int]
    gaps: Sequence[str]
    vocabulary: Vocabulary

    def keys(self, start: int = 0, end: int | None = None) -> list[str]:
        """Folded forms of some words."""
        key_of = self.vocabulary.key_of
        return [key_of(code) for code in self.codes[start:end]]

    def key(self, at: int) -> str:
        """The folded form of a word."""
        return self.vocabulary.key_of(self.codes[at])

    def capital(self, at: int) -> bool:
        """Whether a word has a capital."""
        return self.codes[at] & CAPITAL > 0

    def continues(self, at: int) -> bool:
        """Whether a word can stand in a name that the words before it have begun."""
        if self.codes[at] & HAN or not self._joins(at):
            return False
        return self.capital(at) or (key := self.key(at)) in _CONNECTORS or key.isdigit()

    def opens(self, at: int) -> bool:
        """Whether a Latin word may have its capital from its place: a sentence, a line or a quotation starts there."""
        gap = self.gaps[at][-_SEEN:]
        said = gap.rstrip()
        if not said:
            return at == 0 or len(gap) == _SEEN or "\n" in gap
        return said[-1] in _STOPS or "\n" in gap[len(said) :]

    def _joins(self, at: int) -> bool:
        """Whether only a space, or the stop of an abbreviation, parts a word from the Latin word before it."""
        gap = self.gaps[at]
        if gap == ". ":
            before = self.key(at - 1)
            return len(before) == 1 or before in _ABBREVIATED
        return gap in _SPACES


def tokens_of(text: str, vocabulary: Vocabulary | None = None) -> Tokens:
    """The words of a text; one vocabulary makes many texts quick."""
    known = Vocabulary() if vocabulary is None else vocabulary
    pieces = _WORD.split(text)
    written, gaps = pieces[1::2], pieces[:-1:2]
    if not text.isascii() and _HAN.search(text):
        written, gaps = _han_cut(written, gaps)
    return Tokens(list(map(known.__getitem__, written)), gaps, known)


def _han_cut(written: Sequence[str], gaps: Sequence[str]) -> tuple[list[str], list[str]]:
    """Runs of Han as their words."""
    import rjieba

    words: list[str] = []
    before: list[str] = []
    for run, gap in zip(written, gaps, strict=True):
        parts = rjieba.cut(run) if _HAN.match(run) else [run]
        words += parts
        before += [gap, *[""] * (len(parts) - 1)]
    return words, before


def _folded(word: str) -> str:
    """Lower case without accents: questions are typed without them."""
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
