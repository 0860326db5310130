"""Names found in a whole corpus at once are those that are found text by text."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.walk.name_trie import NameTrie
from retrieval.sources.walk.spans import LONGEST, Gazetteer
from retrieval.text.tokens import Vocabulary, tokens_of
from tests.unit.retrieval.texts import texts


def _trie(names: list[str], vocabulary: Vocabulary) -> NameTrie:
    words = [[vocabulary.number_of(w) for w in name.split(" ")] for name in names]
    kept = [w if len(w) <= LONGEST else [] for w in words]
    flat = np.array([n for own in kept for n in own], np.int32)
    return NameTrie.build(flat, np.array([len(own) for own in kept], np.int8), vocabulary.size)


def _found(trie: NameTrie, names: list[str], codes: list[list[int]]) -> list[list[str]]:
    row = np.array([code for own in codes for code in [*own, 0]], np.int32)
    ends = np.cumsum([len(own) + 1 for own in codes])
    found: list[list[str]] = [[] for _ in codes]
    for place, number in zip(*trie.found(row), strict=True):
        found[int(np.searchsorted(ends, place, side="right"))].append(names[number])
    return found


@given(st.lists(texts, min_size=1, max_size=5), texts, st.data())
def test_names_are_found_as_a_gazetteer_finds_them(corpus: list[str], named: str, data: st.DataObject) -> None:
    vocabulary = Vocabulary()
    keys = tokens_of(named, vocabulary).keys()
    places = st.integers(0, len(keys))
    cuts = data.draw(st.lists(st.tuples(places, places), max_size=12))
    names = sorted({" ".join(keys[a:b]) for a, b in cuts if a < b})
    tokens = [tokens_of(text, vocabulary) for text in (*corpus, named)]
    codes = [list(t.codes) for t in tokens]
    trie = _trie(names, vocabulary)
    assert _found(trie, names, codes) == [Gazetteer(names).found(t) for t in tokens]
    kept = np.arange(len(names)) % 2 == 0
    assert _found(trie.only(kept), names, codes) == [Gazetteer(names[::2]).found(t) for t in tokens]


def test_without_names_nothing_is_found() -> None:
    vocabulary = Vocabulary()
    codes = list(tokens_of("Victoria Falls", vocabulary).codes)
    assert _found(_trie([], vocabulary), [], [codes, []]) == [[], []]
