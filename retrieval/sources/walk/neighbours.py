"""Which names some passages share, which name each other's titles, and which hold the question's names."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retrieval.arrays import Floats


@dataclass(frozen=True, slots=True)
class NameOverlap:
    """Of n passages: who names whom.

    ``names`` is n x n: 1 where passage a names the title of passage b. ``shared`` is n x n: the rarity of the names in
    both that the question does not hold. ``question`` is n x the question's names: their rarity where a passage holds
    them. ``asked`` is 1 where the question names a passage's title, ``same_title`` true between passages of one title.
    """

    names: Floats
    shared: Floats
    question: Floats
    asked: Floats
    same_title: npt.NDArray[np.bool_]


def overlap_of(
    columns: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
    own: npt.NDArray[np.int64],
    rarity: Floats,
    asked: npt.NDArray[np.int64],
) -> NameOverlap:
    """From pairs of a name (``columns``) and a passage (``rows`` below n).

    ``own`` is the title of each of the n passages, -1 where it has none; ``rarity`` is of all names; ``asked`` are the
    question's.
    """
    count = len(own)
    here = np.union1d(columns, asked)
    holds = np.zeros((count, len(here)))
    holds[rows, np.searchsorted(here, columns)] = 1.0
    weights = rarity[here]
    spoken = np.isin(here, asked)
    titled = own >= 0
    names = np.zeros((count, count))
    names[:, titled] = holds[:, np.searchsorted(here, own[titled])]
    same = (own[:, None] == own[None]) & titled[:, None]
    names[same] = 0.0
    return NameOverlap(
        names=names,
        shared=(holds * np.where(spoken, 0.0, weights)) @ holds.T,
        question=holds[:, spoken] * weights[spoken],
        asked=(titled & np.isin(own, asked)).astype(np.float64),
        same_title=same & ~np.eye(count, dtype=np.bool_),
    )
