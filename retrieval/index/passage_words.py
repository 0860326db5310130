"""The distinct search words of every passage and title, as hashes: which candidate holds which word of a question."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.domain import Document, Passage
from retrieval.arrays import Floats
from retrieval.errors import reading
from retrieval.text.words import words

Hashes = npt.NDArray[np.uint32]
Ends = npt.NDArray[np.int64]

_TABLES = ("_texts", "_text_ends", "_titles", "_title_ends")
_PARTS = ("words", "word_ends", "title_words", "title_ends", "title_rarity")


@dataclass(frozen=True, slots=True)
class WordOverlap:
    """Words of a question and of titles against the texts of n candidates.

    ``question`` is n x words: 1 where a candidate holds the word. ``titles`` is n x n: the rarity of the words in
    the title of candidate b that candidate a's text holds and the question does not. ``title_rarity`` is the summed
    rarity of each title, ``title_asked`` the part of it that the question holds.
    """

    question: Floats
    titles: Floats
    title_rarity: Floats
    title_asked: Floats


class PassageWords:
    """Rows are in the order in which passages were given."""

    def __init__(
        self,
        texts: Hashes,
        text_ends: Ends,
        titles: Hashes,
        title_ends: Ends,
        title_rarity: npt.NDArray[np.float32] | None = None,
    ) -> None:
        self._texts, self._text_ends = texts, text_ends
        self._titles, self._title_ends = titles, title_ends
        self._known_rarity = title_rarity

    @classmethod
    def build(cls, passages: Sequence[tuple[Passage, Document]]) -> "PassageWords":
        """Hash the words of titles and texts; a title's words know how rare they are among the passages."""
        texts: list[Hashes] = []
        titles: list[Hashes] = []
        known: dict[str, Hashes] = {}
        for passage, document in passages:
            if document.title not in known:
                known[document.title] = hashes_of(words(document.title))
            titles.append(known[document.title])
            texts.append(np.union1d(known[document.title], hashes_of(words(passage.text))))
        return cls(_joined(texts), _ends(texts), _joined(titles), _ends(titles))

    @classmethod
    def load(cls, folder: Path) -> "PassageWords":
        """Read what ``save`` wrote; raises IndexCorrupt."""
        with reading(f"the words in {folder}"):
            return cls(
                *(np.asarray(np.load(folder / f"{part}.npy", mmap_mode="r", allow_pickle=False)) for part in _PARTS)
            )

    def save(self, folder: Path) -> None:
        """Write into a folder that is made."""
        folder.mkdir(parents=True, exist_ok=True)
        values = (self._texts, self._text_ends, self._titles, self._title_ends, self._title_rarity)
        for part, value in zip(_PARTS, values, strict=True):
            np.save(folder / f"{part}.npy", np.asarray(value), allow_pickle=False)

    def changed(self, rows: Ends, added: "PassageWords") -> "PassageWords":
        """The words of some rows of these followed by the added, in the order given."""
        return _ChangedWords(self, added, rows)

    @cached_property
    def _title_rarity(self) -> npt.NDArray[np.float32]:
        """How rare each word of the titles is among the texts."""
        if self._known_rarity is not None:
            return self._known_rarity
        distinct, counts = np.unique(self._texts, return_counts=True)
        at = np.searchsorted(distinct, self._titles)
        rarity = np.log1p(len(self) / (0.5 + counts[at])) if len(self._titles) else np.zeros(0)
        return np.asarray(rarity, np.float32)

    def __len__(self) -> int:
        return len(self._text_ends)

    def overlap(self, rows: Sequence[int], asked: Iterable[str]) -> WordOverlap:
        """Compare a question's distinct words, in the order given, with the texts and titles of some rows."""
        question = np.array([_hash(word) for word in asked], np.uint32)
        places, text_of = _places(self._text_ends, rows)
        texts = self._texts[places]
        places, title_of = _places(self._title_ends, rows)
        titles, rarity = self._titles[places], self._title_rarity[places]
        targets = np.union1d(question, titles)
        found = np.searchsorted(targets, texts)
        found[found == len(targets)] = 0
        same = targets[found] == texts if len(targets) else np.zeros(len(texts), np.bool_)
        holds = np.zeros((len(rows), len(targets)))
        holds[text_of[same], found[same]] = 1.0
        told = np.isin(titles, question)
        weights = np.zeros((len(targets), len(rows)))
        weights[np.searchsorted(targets, titles[~told]), title_of[~told]] = rarity[~told]
        return WordOverlap(
            question=holds[:, np.searchsorted(targets, question)],
            titles=holds @ weights,
            title_rarity=_sums(title_of, rarity, len(rows)),
            title_asked=_sums(title_of[told], rarity[told], len(rows)),
        )


class _ChangedWords(PassageWords):
    """Rows of two tables, put together when they are first asked for: a corpus of papers never does."""

    def __init__(self, old: PassageWords, added: PassageWords, rows: Ends) -> None:
        self._parts = (old, added)
        self._rows = rows
        self._known_rarity = None

    def __getattr__(self, name: str) -> Any:
        if name not in _TABLES:
            raise AttributeError(name)
        old, added = self._parts
        self._texts, self._text_ends = _taken(old._texts, old._text_ends, added._texts, added._text_ends, self._rows)
        self._titles, self._title_ends = _taken(
            old._titles, old._title_ends, added._titles, added._title_ends, self._rows
        )
        return self.__dict__[name]

    def __len__(self) -> int:
        return len(self._rows)


def _places(ends: Ends, rows: Sequence[int] | Ends) -> tuple[Ends, Ends]:
    """Places of all values of some rows, and which of the rows each belongs to."""
    at = np.array(rows, np.int64)
    last = ends[at]
    counts = last - np.where(at > 0, ends[at - 1], 0)
    upto = np.cumsum(counts)
    total = int(upto[-1]) if len(upto) else 0
    return np.repeat(last - upto, counts) + np.arange(total), np.repeat(np.arange(len(at)), counts)


def _taken(old: Hashes, old_ends: Ends, new: Hashes, new_ends: Ends, rows: Ends) -> tuple[Hashes, Ends]:
    """Values of some rows of two tables, one behind the other, with their ends."""
    ends = np.concatenate([old_ends, new_ends + len(old)])
    places, row_of = _places(ends, rows)
    return np.concatenate([old, new])[places], np.cumsum(np.bincount(row_of, minlength=len(rows)), dtype=np.int64)


def _sums(rows: Ends, values: npt.NDArray[Any], count: int) -> Floats:
    return np.asarray(np.bincount(rows, values, count), np.float64)


def hashes_of(said: Iterable[str]) -> Hashes:
    """The distinct hashes of some words, in order."""
    return np.unique(np.array([_hash(word) for word in said], np.uint32))


def _hash(word: str) -> int:
    return zlib.crc32(word.encode())


def _joined(parts: Sequence[Hashes]) -> Hashes:
    return np.concatenate(parts) if parts else np.zeros(0, np.uint32)


def _ends(parts: Sequence[Hashes]) -> Ends:
    return np.cumsum([len(part) for part in parts], dtype=np.int64)
