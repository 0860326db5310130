"""The walk graph: passages and the names in them, walked by personalised PageRank from what a question touches.

Names are spans of running text, titles of documents and entities of the knowledge graph; a name weighs as much as it
is rare, and a passage's own title three times that.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from kg.domain import PassageId
from retrieval.domain import Hit
from retrieval.errors import IndexCorrupt
from retrieval.fusion import DIGITS
from retrieval.spans import Gazetteer, Token, spans_in, title_key, tokens_of

Floats = npt.NDArray[np.float64]

_ENTITY = "@"
_PLAIN, _OWN_TITLE, _OTHER_TITLE = 1, 2, 3
_TITLE_FACTOR = 3.0
_DAMPING = 0.5
_ROUNDS = 12
_SEED_PASSAGES = 3
_TEMPERATURE = 0.02
_QUESTION_MASS = 0.25
_COMMON_SHARE, _COMMON_LEAST = 0.1, 20
_FLOOR = 1e-9
_PARTS = ("data", "indices", "indptr", "alone")


@dataclass(frozen=True, slots=True)
class WalkPassage:
    """What the walk needs of a passage; ``entities`` are ids of the knowledge graph that it mentions."""

    id: PassageId
    title: str
    text: str
    entities: tuple[str, ...] = ()


class WalkGraph:
    """A bipartite graph of passages (rows) and names (columns); both are in order."""

    def __init__(
        self, ids: Sequence[PassageId], names: Sequence[str], found: "sparse.csr_array", alone: npt.NDArray[np.int32]
    ) -> None:
        self._ids = list(ids)
        self._alone = alone
        self._names = list(names)
        self._found = found
        self._positions = {id_: row for row, id_ in enumerate(self._ids)}
        self._columns = {name: column for column, name in enumerate(self._names)}
        self._gazetteer = Gazetteer(n for n in self._names if not n.startswith(_ENTITY))
        self._rarity = self._rarities()
        weights = sparse.csr_array(sparse.hstack([self._weights(), self._own_weights()]))
        self._to_names = sparse.csr_array(_rows_to_one(weights).T)
        self._to_passages = sparse.csr_array(_rows_to_one(sparse.csr_array(weights.T)).T)

    @classmethod
    def build(cls, passages: Sequence[WalkPassage]) -> "WalkGraph":
        """Find the names of all passages, then find them again everywhere by longest match."""
        passages = sorted(passages, key=lambda p: p.id)
        tokens = [tokens_of(f"{p.title}\n{p.text}") for p in passages]
        titles = [title_key(p.title) for p in passages]
        own = set(titles)
        gazetteer = _gazetteer(tokens, own)
        rows: list[int] = []
        named: list[str] = []
        kinds: list[int] = []
        for row, (passage, words, title) in enumerate(zip(passages, tokens, titles, strict=True)):
            names = sorted({*gazetteer.found(words), *(f"{_ENTITY}{e}" for e in passage.entities), title} - {""})
            rows += [row] * len(names)
            named += names
            kinds += [_OWN_TITLE if n == title else _OTHER_TITLE if n in own else _PLAIN for n in names]
        counts = Counter(named)
        # A name of one passage leads only back to it: such names are counted, and kept where a question may start.
        kept = sorted(n for n, count in counts.items() if count > 1 or n in own or n.startswith(_ENTITY))
        columns = {name: column for column, name in enumerate(kept)}
        edges = [(r, columns[n], k) for r, n, k in zip(rows, named, kinds, strict=True) if n in columns]
        alone = np.bincount([r for r, n in zip(rows, named, strict=True) if n not in columns], minlength=len(passages))
        parts = np.array(edges, np.int64).reshape(-1, 3)
        found = sparse.csr_array((parts[:, 2].astype(np.int8), (parts[:, 0], parts[:, 1])), (len(passages), len(kept)))
        return cls([p.id for p in passages], kept, found, alone.astype(np.int32))

    @classmethod
    def load(cls, folder: Path) -> "WalkGraph":
        """Read what ``save`` wrote; raises IndexCorrupt."""
        with _translated(folder):
            stored = json.loads((folder / "names.json").read_text("utf-8"))
            parts = [np.load(folder / f"{part}.npy", allow_pickle=False) for part in _PARTS]
            ids = [PassageId(i) for i in stored["passages"]]
            found = sparse.csr_array((parts[0], parts[1], parts[2]), (len(ids), len(stored["names"])))
            return cls(ids, stored["names"], found, parts[3])

    def save(self, folder: Path) -> None:
        """Write the graph into an empty folder."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays = (self._found.data, self._found.indices, self._found.indptr, self._alone)
        for part, array in zip(_PARTS, arrays, strict=True):
            np.save(folder / f"{part}.npy", array, allow_pickle=False)
        stored = {"passages": self._ids, "names": self._names}
        (folder / "names.json").write_text(json.dumps(stored, ensure_ascii=False), "utf-8")

    @cached_property
    def linkage(self) -> float | None:
        """Share of the titles that other documents name: .1 and more in encyclopaedias, none among abstracts.

        None where there are no titles.
        """
        titles = np.unique(self._found.indices[self._found.data == _OWN_TITLE])
        named = np.unique(self._found.indices[self._found.data == _OTHER_TITLE])
        return len(named) / len(titles) if len(titles) else None

    @property
    def edges(self) -> int:
        """Number of edges between passages and names."""
        return int(self._found.nnz)

    def __len__(self) -> int:
        return len(self._ids)

    def names_in(self, text: str, entities: Collection[str] = ()) -> list[str]:
        """Names of the graph that a question holds, with entities that were linked in it."""
        spoken = {*self._gazetteer.found(tokens_of(text)), *(f"{_ENTITY}{e}" for e in entities)}
        return sorted(n for n in spoken if n in self._columns)

    def walk(
        self, seeds: Sequence[Hit], names: Sequence[str], *, mass: float = _QUESTION_MASS, limit: int = 200
    ) -> list[Hit]:
        """Passages by personalised PageRank from the best seeds and the question's names.

        ``mass`` is the share of the names in the restart. Page, Brin et al., 1999; the seeds' weights are a softmax,
        because many flat seeds drown the question.
        """
        if not self._ids or not (seeds or names):
            return []
        from_passages, from_names = self._restart(seeds[:_SEED_PASSAGES], names, mass)
        back_to_passages, back_to_names = (1 - _DAMPING) * from_passages, (1 - _DAMPING) * from_names
        at_passages = from_passages
        for _ in range(_ROUNDS // 2):
            at_names = back_to_names + _DAMPING * (self._to_names @ at_passages)
            at_passages = back_to_passages + _DAMPING * (self._to_passages @ at_names)
        return self._best(np.flatnonzero(at_passages > _FLOOR), at_passages, limit)

    def _best(self, rows: npt.NDArray[np.int64], at_passages: Floats, limit: int) -> list[Hit]:
        """Hits of the best rows; rows are in order of id, so ties are as well."""
        scores = at_passages[rows]
        if len(rows) > 2 * limit:
            near = np.sort(np.argpartition(-scores, 2 * limit)[: 2 * limit])
            rows, scores = rows[near], scores[near]
        first = np.argsort(-np.round(scores, DIGITS), kind="stable")[:limit]
        return [Hit(self._ids[row], score) for row, score in zip(rows[first], scores[first].tolist(), strict=True)]

    def _restart(self, seeds: Sequence[Hit], names: Sequence[str], mass: float) -> tuple[Floats, Floats]:
        passages, called = np.zeros(len(self._ids)), np.zeros(len(self._names) + len(self._ids))
        columns = [self._columns[n] for n in names]
        total = float(self._rarity[columns].sum()) if columns else 0.0
        share = 0.0 if total == 0.0 else mass if seeds else 1.0
        if share:
            called[columns] = share * self._rarity[columns] / total
        if seeds:
            scores = np.array([h.score for h in seeds])
            softmax = np.exp((scores - scores.max()) / _TEMPERATURE)
            for hit, part in zip(seeds, softmax / softmax.sum(), strict=True):
                if hit.passage_id in self._positions:
                    passages[self._positions[hit.passage_id]] = (1.0 - share) * part
        return passages, called

    def _rarities(self) -> Floats:
        counts = np.bincount(self._found.indices, minlength=len(self._names))
        rarity = np.log1p(len(self._ids) / np.maximum(counts, 1))
        rarity[counts > max(_COMMON_LEAST, _COMMON_SHARE * len(self._ids))] = 0.0
        return rarity

    def _own_weights(self) -> "sparse.dia_array":
        return sparse.diags_array(self._alone * np.log1p(len(self._ids)))

    def _weights(self) -> "sparse.csr_array":
        factor = np.where(self._found.data == _OWN_TITLE, _TITLE_FACTOR, 1.0)
        data = self._rarity[self._found.indices] * factor
        return sparse.csr_array((data, self._found.indices, self._found.indptr), self._found.shape)


def _gazetteer(tokens: Sequence[Sequence[Token]], titles: Collection[str]) -> Gazetteer:
    """Titles, and spans that longest match finds in more than one passage: a longer name used once hides no shorter."""
    every = Gazetteer({*titles, *(s for t in tokens for s in spans_in(t))})
    counts = Counter(name for t in tokens for name in set(every.found(t)))
    return Gazetteer({*titles, *(name for name, count in counts.items() if count > 1)})


def _rows_to_one(matrix: "sparse.csr_array") -> "sparse.csr_array":
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    sums[sums == 0.0] = 1.0
    return sparse.csr_array(sparse.diags_array(1.0 / sums) @ matrix)


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, EOFError, KeyError) as error:
        raise IndexCorrupt(f"the walk graph in {folder} cannot be read: {error}; run `jianxi index rebuild`") from error
