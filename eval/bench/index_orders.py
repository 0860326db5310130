"""Random orders of additions and deletions of documents: the changed indexes against ones that are built whole."""

import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.bench.index_differences import differences
from eval.bench.orders_library import STAYING, WORDS, document, entities, later_entities, relations
from kg.domain import Entity, EntityId, Mention, ParsedDocument, Passage, Relation
from kg.ontology import Ontology
from kg.protocols import Store
from kg.stores.sqlite.store import SqliteStore
from models.scripted import HashingEmbedder
from retrieval.index.builder import Indexes
from retrieval.index.mentions import linked_mentions, stored_mentions

_DOCUMENTS, _FIRST, _STEPS, _QUESTIONS = 30, 16, 6, 5
_FACTS, _NAMES = 0.1, 0.05
"""Shares of the changes that are a fact of the graph, and an entity with a name that no other has."""


@dataclass(slots=True)
class Result:
    """How many orders were tried, with how many changes, and what differed in which.

    ``whole`` are those at whose end so much had changed that all was built again; ``settled`` those in which no name
    became one or ceased to be one, so that the walk was compared edge by edge and score by score.
    """

    orders: int
    changes: int = 0
    whole: int = 0
    settled: int = 0
    mentions: int = 0
    """Mentions of entities that were compared."""
    unequal: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def to_json(self) -> dict[str, object]:
        """A JSON object; ``equal`` counts the orders in which nothing differed."""
        return {**asdict(self), "equal": self.orders - len(self.unequal)}


class _Library:
    """A store whose documents and graph change at random; ``settled`` as ``orders_library.document`` has it."""

    def __init__(self, store: Store, drawn: random.Random, *, settled: bool) -> None:
        self._store, self._drawn = store, drawn
        self._documents: list[ParsedDocument] = [document(drawn, n, settled=settled) for n in range(_DOCUMENTS)]
        self._staying = set(range(STAYING)) if settled else set[int]()
        self._there = self._staying | set(drawn.sample(range(_DOCUMENTS), _FIRST))
        self._facts: list[Relation] = drawn.sample(relations(), len(relations()))
        self._names: list[Entity] = later_entities()

    async def begin(self) -> None:
        """Store the first documents and the graph."""
        await self._store.put([self._documents[n] for n in sorted(self._there)], author="orders", reason="first")
        await self._store.load([entities()], [[self._facts.pop()]], author="orders", reason="graph")

    async def change(self) -> None:
        """Add or remove one or two documents, or add a fact or a name to the graph."""
        kind = self._drawn.random()
        if kind < _FACTS:
            await self._store.load([], [[self._facts.pop()]], author="orders", reason="a fact")
        elif kind < _FACTS + _NAMES and self._names:
            await self._store.load([[self._names.pop()]], [], author="orders", reason="a name")
        else:
            await self._change_documents()

    async def _change_documents(self) -> None:
        absent = sorted(set(range(len(self._documents))) - self._there)
        adds = len(self._there) < 8 or (absent and self._drawn.random() < 0.5)
        removable = sorted(self._there - self._staying)
        chosen = set(self._drawn.sample(absent if adds else removable, self._drawn.choice((1, 2))))
        documents = [self._documents[n] for n in sorted(chosen)]
        if adds:
            await self._store.put(documents, author="orders", reason="come")
        else:
            await self._store.remove([d.document.id for d in documents], author="orders", reason="go")
        self._there = self._there | chosen if adds else self._there - chosen

    async def passages(self) -> list[Passage]:
        """Those that are there."""
        ids = [self._documents[n].document.id for n in sorted(self._there)]
        return [p for _, passages in await self._store.content(ids) for p in passages]

    async def entities(self) -> list[EntityId]:
        """Those of the graph."""
        return [named.id for batch in [b async for b in self._store.named()] for named in batch]


async def measure(*, orders: int, seed: int, ontology: Ontology, steps: int = _STEPS) -> Result:
    """Try orders of changes, each on a small library of its own; every other one is settled."""
    began = time.perf_counter()
    result = Result(orders)
    for order in range(orders):
        with TemporaryDirectory() as folder:
            drawn = random.Random(f"{seed}-{order}")  # noqa: S311 - orders, not secrets
            found = await _tried(Path(folder), drawn, ontology, steps, result, settled=order % 2 == 1)
        if found:
            result.unequal.append(f"order {order}: {'; '.join(found)}")
    result.seconds = round(time.perf_counter() - began, 1)
    return result


async def _tried(
    folder: Path, drawn: random.Random, ontology: Ontology, steps: int, result: Result, *, settled: bool
) -> list[str]:
    store, embedder = SqliteStore(folder / "knowledge.db"), HashingEmbedder(64)
    await store.open()
    try:
        changed, whole = (
            Indexes(folder / name, store=store, embedder=embedder, ontology=ontology, whole_below=0)
            for name in ("changed", "whole")
        )
        library = _Library(store, drawn, settled=settled)
        await library.begin()
        await changed.rebuild()
        for _ in range(steps):
            await library.change()
            result.changes += 1
            if drawn.random() < 0.8:
                await changed.catch_up()
        shown = await changed.catch_up()
        result.whole += not shown.manifest.parent
        result.settled += settled
        passages = await library.passages()
        kept = await _mentions(store, passages)
        rebuilt = await whole.rebuild()
        questions = [" ".join(drawn.choices(WORDS, k=4)) for _ in range(_QUESTIONS)]
        named = await library.entities()
        found = differences(shown, rebuilt, questions, embedder, entities=named, settled=settled)
        result.mentions += len(kept)
        if kept != await _mentions(store, passages):
            found.append("the mentions")
        ours, theirs = await changed.linker(), await whole.linker()
        if any(linked_mentions(ours, p) != linked_mentions(theirs, p) for p in passages):
            found.append("the dictionary")
        return found
    finally:
        await store.close()


async def _mentions(store: Store, passages: Sequence[Passage]) -> list[Mention]:
    """The mentions that the store holds, in order of passage and place."""
    found = await stored_mentions(store, passages)
    return sorted((m for many in found.values() for m in many), key=lambda m: (m.passage_id, m.start, m.entity_id))
