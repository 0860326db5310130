"""What changed since a whole snapshot: documents that went and came, with what the indexes need of them."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from kg.domain import DocumentId, PassageId
from retrieval.arrays import Indices
from retrieval.errors import reading
from retrieval.index.catalogue import Catalogue
from retrieval.index.passage_words import PassageWords
from retrieval.sources.walk.newcomers import Newcomer

_REMOVED, _WALK = "removed.json", "walk.json"


@dataclass(frozen=True, slots=True)
class Changes:
    """Documents that are gone, ``removed`` with their passages, and those that are there instead or in addition.

    A document whose passages are others now is both. ``words`` and ``walk`` are in order of passage id.
    """

    removed: Mapping[DocumentId, Sequence[PassageId]]
    added: Catalogue
    words: PassageWords
    walk: Sequence[Newcomer]

    @classmethod
    def load(cls, folder: Path) -> "Changes":
        """Read what ``save`` wrote; raises IndexCorrupt."""
        with reading(folder / _REMOVED):
            removed = json.loads((folder / _REMOVED).read_text("utf-8"))
            walk = [Newcomer(w["id"], w["own"], w["names"]) for w in json.loads((folder / _WALK).read_text("utf-8"))]
        gone = {DocumentId(id_): [PassageId(p) for p in passages] for id_, passages in removed.items()}
        return cls(gone, Catalogue.load(folder / "catalogue.json"), PassageWords.load(folder / "words"), walk)

    def save(self, folder: Path) -> None:
        """Write into a folder."""
        (folder / _REMOVED).write_text(json.dumps(dict(self.removed)), "utf-8")
        (folder / _WALK).write_text(json.dumps([asdict(w) for w in self.walk], ensure_ascii=False), "utf-8")
        self.added.save(folder / "catalogue.json")
        self.words.save(folder / "words")

    @property
    def gone(self) -> frozenset[PassageId]:
        """The passages of the removed documents."""
        return frozenset(p for passages in self.removed.values() for p in passages)

    def then(self, later: "Changes") -> "Changes":
        """These changes and later ones as one."""
        ids = [w.id for w in self.walk]
        rows = places_in_order(ids, later.gone, [w.id for w in later.walk])
        both = [*self.walk, *later.walk]
        return Changes(
            {**later.removed, **self.removed},
            self.added.changed(later.removed.keys(), later.added),
            self.words.changed(rows, later.words),
            [both[row] for row in rows.tolist()],
        )


def places_in_order(ids: Sequence[PassageId], gone: Collection[PassageId], added: Sequence[PassageId]) -> Indices:
    """Places in ``ids`` followed by ``added`` of all that are not gone, in order of id."""
    kept = [(id_, place) for place, id_ in enumerate(ids) if id_ not in gone]
    come = [(id_, place) for place, id_ in enumerate(added, len(ids))]
    return np.array([place for _, place in sorted([*kept, *come])], np.int64)
