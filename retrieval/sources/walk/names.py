"""The names of all passages of a corpus: read once, counted, and found again everywhere."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from kg.domain import PassageId
from retrieval.sources.walk.name_trie import NameTrie, Numbers
from retrieval.sources.walk.spans import LONGEST, spans_in, title_key
from retrieval.text.tokens import Vocabulary, tokens_of

ENTITY = "@"
"""What the name of an entity begins with: its id follows."""

_BLOCK = 2000


@dataclass(frozen=True, slots=True)
class WalkPassage:
    """The part of a passage that the walk needs; ``entities`` are ids of the knowledge graph that it mentions."""

    id: PassageId
    title: str
    text: str
    entities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PassageNames:
    """Names with their passages: ``rows`` and ``numbers`` run together, in order, each pair once.

    The first ``titles`` names are titles, and those from ``entities`` on are entities; ``own`` has the number of each
    passage's title, or -1.
    """

    names: Sequence[str]
    titles: int
    entities: int
    own: Numbers
    rows: Numbers
    numbers: Numbers


def names_of(passages: Sequence[WalkPassage]) -> PassageNames:
    """Titles, entities, and the spans that longest match finds in more than one passage.

    A longer name that is used once hides no shorter.
    """
    read = _Read(passages)
    titles = read.titles
    trie = read.trie()
    counts = np.zeros(len(read.names), np.int64)
    for _, numbers in read.found(trie):
        counts += np.bincount(numbers, minlength=len(counts))
    known = counts > 1
    known[:titles] = True
    names = dict(read.names)
    mentions, entities = array("q"), array("q")
    for row, passage in enumerate(passages):
        for entity in passage.entities:
            mentions.append(row)
            entities.append(names.setdefault(f"{ENTITY}{entity}", len(names)))
    titled = np.flatnonzero(read.own >= 0)
    parts = [
        (titled, read.own[titled]),
        (np.array(mentions, np.int64), np.array(entities, np.int64)),
        *read.found(trie.only(known)),
    ]
    found = _distinct(np.concatenate([r for r, _ in parts]), np.concatenate([n for _, n in parts]), len(names))
    return PassageNames(list(names), titles, len(read.names), read.own, *found)


class _Read:
    """A corpus as the numbers of its words, with its names."""

    def __init__(self, passages: Sequence[WalkPassage]) -> None:
        self._vocabulary = Vocabulary()
        self.names: dict[str, int] = {}
        keys = {title: title_key(title, self._vocabulary) for title in dict.fromkeys(p.title for p in passages)}
        numbers = {title: self._number(key) if key else -1 for title, key in keys.items()}
        self.own: Numbers = np.array([numbers[p.title] for p in passages], np.int64)
        self.titles = len(self.names)
        codes, ends = array("i"), array("q")
        for passage in passages:
            tokens = tokens_of(f"{passage.title}\n{passage.text}", self._vocabulary)
            for span in spans_in(tokens):
                self._number(span)
            codes.extend(tokens.codes)
            codes.append(0)
            ends.append(len(codes))
        self._codes: npt.NDArray[np.int32] = np.frombuffer(codes, np.int32)
        self._ends: Numbers = np.frombuffer(ends, np.int64)

    def trie(self) -> NameTrie:
        """Of all names."""
        number_of = self._vocabulary.number_of
        flat, lengths = array("i"), array("b")
        for name in self.names:
            words = name.split(" ")
            found_again = len(words) <= LONGEST
            lengths.append(len(words) if found_again else 0)
            if found_again:
                flat.extend(map(number_of, words))
        return NameTrie.build(np.array(flat, np.int32), np.array(lengths, np.int8), self._vocabulary.size)

    def found(self, trie: NameTrie) -> Iterator[tuple[Numbers, Numbers]]:
        """Rows of passages and the names in them, each pair once, some passages at a time."""
        starts = chain([0], self._ends[_BLOCK - 1 :: _BLOCK].tolist())
        for start in starts:
            first = int(np.searchsorted(self._ends, start, side="right"))
            if first < len(self._ends):
                stop = int(self._ends[min(first + _BLOCK, len(self._ends)) - 1])
                places, names = trie.found(self._codes[start:stop])
                rows = np.searchsorted(self._ends, places + start, side="right")
                yield _distinct(rows, names, len(self.names))

    def _number(self, name: str) -> int:
        return self.names.setdefault(name, len(self.names))


def _distinct(rows: Numbers, numbers: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """Pairs in order, each once; numbers are less than ``size``."""
    pairs = np.unique(rows * size + numbers)
    return pairs // max(size, 1), pairs % max(size, 1)
