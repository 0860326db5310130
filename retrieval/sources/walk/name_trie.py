"""Names found again in a whole corpus at once, by longest match over the numbers of its words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retrieval.sources.walk.spans import LONGEST
from retrieval.text.tokens import CAPITAL, HAN, KIND_BITS

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Level:
    """Beginnings of names of one length, in order.

    ``steps`` holds the shorter beginning's place and the number of the word that follows; ``names`` has the name that
    ends there, or -1.
    """

    steps: Numbers
    names: npt.NDArray[np.int32]


class NameTrie:
    """Names of up to ``LONGEST`` words, as beginnings of one word, of two, and so on."""

    def __init__(self, levels: Sequence[_Level], size: int) -> None:
        self._levels = levels
        self._size = size
        self._first = np.full(size, -1, np.int32)
        if levels:
            self._first[levels[0].steps] = np.arange(len(levels[0].steps))

    @classmethod
    def build(cls, flat: npt.NDArray[np.int32], lengths: npt.NDArray[np.int8], size: int) -> "NameTrie":
        """Of names as the numbers of their words, one name after the other, each less than ``size``.

        A name is as many words long as ``lengths`` says, ``LONGEST`` at most; one of 0 words is never found.
        """
        places = np.arange(len(lengths), dtype=np.int32)
        words = np.zeros((len(lengths), LONGEST), np.int32)
        words[np.arange(LONGEST) < lengths[:, None]] = flat
        levels: list[_Level] = []
        above = np.zeros(len(lengths), np.int64)
        for depth in range(int(lengths.max(initial=0))):
            there = lengths > depth
            steps, at = np.unique(above[there] * size + words[there, depth], return_inverse=True)
            above[there] = at
            ends = np.full(len(steps), -1, np.int32)
            ends[above[lengths == depth + 1]] = places[lengths == depth + 1]
            levels.append(_Level(steps, ends))
        return cls(levels, size)

    def only(self, wanted: npt.NDArray[np.bool_]) -> "NameTrie":
        """The names that are marked, by their place."""
        masked = [_Level(v.steps, np.where((v.names >= 0) & wanted[v.names], v.names, -1)) for v in self._levels]
        return NameTrie(masked, self._size)

    def found(self, codes: npt.NDArray[np.int32]) -> tuple[Numbers, Numbers]:
        """Where in a row of words' codes names begin, and which; 0 stands between texts.

        The longest name at each place, from left to right and none within another; a single word counts only where
        its code says that it can be a name.
        """
        name, length = self._longest(codes)
        begun = np.flatnonzero(length)
        taken: list[int] = []
        end = 0
        for nth, (at, words) in enumerate(zip(begun.tolist(), length[begun].tolist(), strict=True)):
            if at >= end:
                taken.append(nth)
                end = at + words
        places = begun[taken]
        return places, name[places].astype(np.int64)

    def _longest(self, codes: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int8]]:
        """The longest name that begins at each place, and its number of words, 0 where there is none."""
        name, length = np.full(len(codes), -1, np.int32), np.zeros(len(codes), np.int8)
        words = codes >> KIND_BITS
        node = self._first[words]
        at = np.flatnonzero(node >= 0)
        node = node[at].astype(np.int64)
        for depth, level in enumerate(self._levels):
            if depth:
                at, node = _below(level, at, node, words, depth, self._size)
            ends = level.names[node]
            whole = (ends >= 0) if depth else (ends >= 0) & (codes[at] & (CAPITAL | HAN) > 0)
            name[at[whole]] = ends[whole]
            length[at[whole]] = depth + 1
        return name, length


def _below(
    level: _Level, at: Numbers, node: Numbers, words: npt.NDArray[np.int32], depth: int, size: int
) -> tuple[Numbers, Numbers]:
    """The places whose next word goes on with a name, and where in the level they are then."""
    inside = at + depth < len(words)
    at, node = at[inside], node[inside]
    steps = node * size + words[at + depth]
    below = np.searchsorted(level.steps, steps)
    goes_on = level.steps[np.minimum(below, len(level.steps) - 1)] == steps
    return at[goes_on], below[goes_on]
