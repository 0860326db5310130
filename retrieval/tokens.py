"""Words of running text with the gaps between them: what tells a name from other words."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_HAN = re.compile(r"[㐀-䶿一-鿿]")
_WORD = re.compile(r"([㐀-䶿一-鿿]+|[^\W_㐀-䶿一-鿿]+(?:[-.'’&/][^\W_㐀-䶿一-鿿]+)*)")
_POSSESSIVE = re.compile(r"['’]s?$")
_CONNECTORS = frozenset("of the de la le du von van der den di da del al".split())  # noqa: SIM905
_ABBREVIATED = frozenset("mr mrs ms dr st jr sr prof gen col sgt capt rev vs no".split())  # noqa: SIM905
_SPACES = frozenset(("", " ", "\t"))
_STOPS = frozenset(".!?:;。！？\"“(")
_SEEN = 4
_REMEMBERED = 200_000


@dataclass(frozen=True, slots=True)
class Word:
    """A word wherever it stands: ``key`` is its folded form, ``han`` says that it is a Han word.

    ``code`` is twice the key's number in the vocabulary, and one more where the word can be a name by itself.
    """

    key: str
    code: int
    capital: bool
    han: bool

    @property
    def continues(self) -> bool:
        """Whether the word can stand in a name that a capital has begun."""
        return self.capital or self.key in _CONNECTORS or self.key.isdigit()


class Vocabulary(dict[str, Word]):
    """Words by how they are written, made when first asked for; numbers of keys start at 1 and stay.

    Equal words share their memory; those that have not been asked for lately are forgotten.
    """

    def __init__(self) -> None:
        super().__init__()
        self._numbers: dict[str, int] = {}

    def __missing__(self, written: str) -> Word:
        if len(self) >= _REMEMBERED:
            self.clear()
        word = self[written] = self._made(written)
        return word

    @property
    def size(self) -> int:
        """One more than the highest number."""
        return len(self._numbers) + 1

    def number_of(self, key: str) -> int:
        """The number of a key, which is new where the key is."""
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    def _made(self, written: str) -> Word:
        if _HAN.match(written):
            return Word(written, 2 * self.number_of(written) + 1, False, True)
        bare = _POSSESSIVE.sub("", written)
        key = _folded(bare)
        capital = key != bare if bare.isascii() else any(c.isupper() for c in bare)
        return Word(key, 2 * self.number_of(key) + capital, capital, False)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's words in order; ``gaps`` holds what stands before each."""

    words: Sequence[Word]
    gaps: Sequence[str]

    def opens(self, at: int) -> bool:
        """Whether a Latin word may have its capital from its place: a sentence, a line or a quotation starts there."""
        gap = self.gaps[at][-_SEEN:]
        said = gap.rstrip()
        if not said:
            return at == 0 or len(gap) == _SEEN or "\n" in gap
        return said[-1] in _STOPS or "\n" in gap[len(said) :]

    def joins(self, at: int) -> bool:
        """Whether only a space, or the stop of an abbreviation, parts a word from the Latin word before it."""
        gap = self.gaps[at]
        if gap == ". ":
            before = self.words[at - 1].key
            return len(before) == 1 or before in _ABBREVIATED
        return gap in _SPACES


def tokens_of(text: str, vocabulary: Vocabulary | None = None) -> Tokens:
    """The words of a text; one vocabulary makes many texts quick."""
    known = Vocabulary() if vocabulary is None else vocabulary
    pieces = _WORD.split(text)
    written, gaps = pieces[1::2], pieces[:-1:2]
    if not text.isascii() and _HAN.search(text):
        written, gaps = _han_cut(written, gaps)
    return Tokens([known[w] for w in written], gaps)


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
