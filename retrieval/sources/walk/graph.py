"""The walk graph: passages and the names in them, walked by personalised PageRank from what a question touches.

Names are spans of running text, titles of documents and entities of the knowledge graph; a name weighs as much as it
is rare, and a passage's own title three times that.
"""

import json
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from sys import intern

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import softmax

from kg.domain import PassageId
from retrieval.arrays import Floats, Indices
from retrieval.domain import Hit
from retrieval.errors import reading
from retrieval.fusion import DIGITS
from retrieval.sources.walk.names import ENTITY, WalkPassage, names_of
from retrieval.sources.walk.neighbours import NameOverlap, overlap_of
from retrieval.sources.walk.newcomers import Newcomer, named_by
from retrieval.sources.walk.page_rank import PUSHED_FROM, PageRank, Restart
from retrieval.sources.walk.spans import Gazetteer
from retrieval.text.tokens import tokens_of

_PLAIN, _OWN_TITLE, _OTHER_TITLE = 1, 2, 3
_TITLE_FACTOR = 3.0
_SEED_PASSAGES = 3
_TEMPERATURE = 0.02
_QUESTION_MASS = 0.25
_COMMON_SHARE, _COMMON_LEAST = 0.1, 20
_FLOOR = 1e-9
_PARTS = ("data", "indices", "indptr", "alone")


class WalkGraph:
    """A bipartite graph of passages (rows) and names (columns); both are in order."""

    def __init__(
        self,
        ids: Sequence[PassageId],
        names: Sequence[str],
        found: "sparse.csr_array",
        alone: npt.NDArray[np.int32],
        *,
        pushed_from: int = PUSHED_FROM,
        columns: dict[str, int] | None = None,
        gazetteer: Gazetteer | None = None,
    ) -> None:
        """``columns`` are of the names, and ``gazetteer`` holds those that are no entities, where they are made."""
        self._ids = list(ids)
        self._alone = alone
        self._names = list(names)
        self._found = found
        self._pushed_from = pushed_from
        self._columns = columns or {name: column for column, name in enumerate(self._names)}
        self.gazetteer = gazetteer or Gazetteer(_spoken(self._names))
        self._rarity = self._rarities()
        weights = sparse.csr_array(sparse.hstack([self._weights(), self._own_weights()]))
        self._page_rank = PageRank(weights, pushed_from=pushed_from)

    @classmethod
    def build(cls, passages: Sequence[WalkPassage]) -> "WalkGraph":
        """Find the names of all passages, then find them again everywhere by longest match."""
        passages = sorted(passages, key=lambda p: p.id)
        read = names_of(passages)
        counts = np.bincount(read.numbers, minlength=len(read.names))
        # A name of one passage leads only back to it: such names are counted, and kept where a question may start.
        lasting = counts > 1
        lasting[: read.titles] = lasting[read.entities :] = True
        kept = sorted(np.flatnonzero(lasting).tolist(), key=read.names.__getitem__)
        column = np.full(len(counts), -1, np.int64)
        column[kept] = np.arange(len(kept))
        columns = column[read.numbers]
        stays = columns >= 0
        kinds = np.where(read.numbers < read.titles, _OTHER_TITLE, _PLAIN)
        kinds[read.numbers == read.own[read.rows]] = _OWN_TITLE
        data = (kinds[stays].astype(np.int8), (read.rows[stays], columns[stays]))
        found = sparse.csr_array(data, (len(passages), len(kept)))
        alone = np.bincount(read.rows[~stays], minlength=len(passages))
        return cls([p.id for p in passages], [read.names[n] for n in kept], found, alone.astype(np.int32))

    @classmethod
    def load(cls, folder: Path, *, pushed_from: int = PUSHED_FROM) -> "WalkGraph":
        """Read what ``save`` wrote; raises IndexCorrupt."""
        with reading(f"the walk graph in {folder}"):
            stored = json.loads((folder / "names.json").read_text("utf-8"))
            parts = [np.load(folder / f"{part}.npy", allow_pickle=False) for part in _PARTS]
            ids = [PassageId(intern(i)) for i in stored["passages"]]
            found = sparse.csr_array((parts[0], parts[1], parts[2]), (len(ids), len(stored["names"])))
            return cls(ids, stored["names"], found, parts[3], pushed_from=pushed_from)

    def save(self, folder: Path) -> None:
        """Write the graph into an empty folder."""
        folder.mkdir(parents=True, exist_ok=True)
        values = (self._found.data, self._found.indices, self._found.indptr, self._alone)
        for part, value in zip(_PARTS, values, strict=True):
            np.save(folder / f"{part}.npy", value, allow_pickle=False)
        stored = {"passages": self._ids, "names": self._names}
        (folder / "names.json").write_text(json.dumps(stored, ensure_ascii=False), "utf-8")

    def changed(self, rows: Indices, added: Sequence[Newcomer]) -> "WalkGraph":
        """The graph of some of its passages and of others that join it.

        ``rows`` are places in its own passages followed by the others, in order of id.
        """
        new = [n for n in named_by(added) if n not in self._columns]
        columns = {**self._columns, **{name: len(self._names) + nth for nth, name in enumerate(new)}}
        at = np.repeat(np.arange(len(added)), [len(a.names) for a in added])
        to = np.array([columns[n] for a in added for n in a.names], np.int64)
        kinds = np.array([_OWN_TITLE if n == a.own else _PLAIN for a in added for n in a.names], np.int8)
        wider = (len(self._ids), len(columns))
        old = sparse.csr_array((self._found.data, self._found.indices, self._found.indptr), wider)
        joined = sparse.csr_array((kinds, (at, to)), (len(added), len(columns)))
        alone = np.concatenate([self._alone, np.zeros(len(added), np.int32)])
        ids, names = [*self._ids, *(a.id for a in added)], [*self._names, *new]
        entities = np.concatenate([self._entities, np.array([n.startswith(ENTITY) for n in new], np.bool_)])
        found = _settled(sparse.csr_array(sparse.vstack([old, joined], format="csr")[rows]), entities)
        return WalkGraph(
            [ids[row] for row in rows.tolist()],
            names,
            found,
            alone[rows],
            pushed_from=self._pushed_from,
            columns=columns,
            gazetteer=self.gazetteer.extended(_spoken(new)),
        )

    @cached_property
    def _entities(self) -> npt.NDArray[np.bool_]:
        """Which of the names are entities."""
        return np.fromiter((name.startswith(ENTITY) for name in self._names), np.bool_, len(self._names))

    @property
    def ids(self) -> Sequence[PassageId]:
        """Its passages, in order."""
        return self._ids

    @cached_property
    def link_density(self) -> float | None:
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
        spoken = {*self.gazetteer.found(tokens_of(text)), *(f"{ENTITY}{e}" for e in entities)}
        return sorted(n for n in spoken if n in self._columns)

    def position(self, id_: PassageId) -> int | None:
        """The row of a passage in the order of ids, None where it is not there."""
        row = bisect_left(self._ids, id_)
        return row if row < len(self._ids) and self._ids[row] == id_ else None

    def overlap(self, rows: Sequence[int], names: Sequence[str]) -> NameOverlap:
        """How the names of some passages meet each other and the question's ``names``."""
        edges = self._found[np.array(rows, np.int64)].tocoo()
        titled = edges.data == _OWN_TITLE
        own = np.full(len(rows), -1, np.int64)
        own[edges.row[titled]] = edges.col[titled]
        asked = np.array([self._columns[n] for n in names if n in self._columns], np.int64)
        return overlap_of(edges.col.astype(np.int64), edges.row.astype(np.int64), own, self._rarity, asked)

    def walk(
        self, seeds: Sequence[Hit], names: Sequence[str], *, mass: float = _QUESTION_MASS, limit: int = 200
    ) -> list[Hit]:
        """Passages by personalised PageRank from the best seeds and the question's names.

        ``mass`` is the share of the names in the restart. Page, Brin et al., 1999; the seeds' weights are a softmax,
        because many flat seeds drown the question.
        """
        if not self._ids or not (seeds or names):
            return []
        rows, scores = self._page_rank.walk(self._restart(seeds[:_SEED_PASSAGES], names, mass))
        over = scores > _FLOOR
        return self._best(rows[over], scores[over], limit)

    def _best(self, rows: Indices, scores: Floats, limit: int) -> list[Hit]:
        """Hits of the best rows, ties by row and so by id."""
        rounded = np.round(scores, DIGITS)
        if len(rows) > limit:
            near = rounded >= np.partition(rounded, len(rows) - limit)[len(rows) - limit]
            rows, scores, rounded = rows[near], scores[near], rounded[near]
        first = np.lexsort((rows, -rounded))[:limit]
        return [Hit(self._ids[row], score) for row, score in zip(rows[first], scores[first].tolist(), strict=True)]

    def _restart(self, seeds: Sequence[Hit], names: Sequence[str], mass: float) -> Restart:
        columns = np.array([self._columns[n] for n in names], np.int64)
        total = float(self._rarity[columns].sum())
        share = 0.0 if total == 0.0 else mass if seeds else 1.0
        called = share * self._rarity[columns] / total if share else np.zeros(len(columns))
        scores = np.array([h.score for h in seeds])
        shares = softmax(scores / _TEMPERATURE) if seeds else scores
        places = [self.position(h.passage_id) for h in seeds]
        there = np.array([p is not None for p in places], np.bool_)
        rows = np.array([p for p in places if p is not None], np.int64)
        return Restart(rows, (1.0 - share) * shares[there], columns, called)

    def _rarities(self) -> Floats:
        counts = np.bincount(self._found.indices, minlength=len(self._names))
        rarity = np.log1p(len(self._ids) / np.maximum(counts, 1))
        rarity[(counts == 0) | (counts > max(_COMMON_LEAST, _COMMON_SHARE * len(self._ids)))] = 0.0
        return rarity

    def _own_weights(self) -> "sparse.dia_array":
        return sparse.diags_array(self._alone * np.log1p(len(self._ids)))

    def _weights(self) -> "sparse.csr_array":
        factor = np.where(self._found.data == _OWN_TITLE, _TITLE_FACTOR, 1.0)
        data = self._rarity[self._found.indices] * factor
        return sparse.csr_array((data, self._found.indices, self._found.indptr), self._found.shape)


def _spoken(names: Iterable[str]) -> Iterator[str]:
    """Names that can stand in a text."""
    return (name for name in names if not name.startswith(ENTITY))


def _settled(found: "sparse.csr_array", entities: npt.NDArray[np.bool_]) -> "sparse.csr_array":
    """The kinds of edges once passages came or went, without names of one passage, which a build does not know."""
    size, columns = found.shape
    title = np.zeros(columns, np.bool_)
    title[found.indices[found.data == _OWN_TITLE]] = True
    kinds = np.where(found.data == _OWN_TITLE, _OWN_TITLE, np.where(title[found.indices], _OTHER_TITLE, _PLAIN))
    lasting = (np.bincount(found.indices, minlength=columns) > 1) | title | entities
    stays = lasting[found.indices]
    rows = np.repeat(np.arange(size), np.diff(found.indptr))
    ends = np.concatenate([[0], np.cumsum(np.bincount(rows[stays], minlength=size))])
    return sparse.csr_array((kinds[stays].astype(np.int8), found.indices[stays], ends), found.shape)
