"""Whether a home is whole: each thing there once, nothing half-written, indexes equal to rebuilt ones."""

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from app.bootstrap import App, build
from app.settings import Settings
from kg.domain import EntityId
from kg.protocols import Store
from models.protocols import Embedder
from retrieval.domain import Mode, Query
from retrieval.index.snapshot_contents import Snapshot

_ALL = 2**31 - 1
_PAGE = 500
_UNSORTED = "lexical/"
"""The lexical index names its files at random, so its files are compared by what a search finds.

So are those of a snapshot that changes another.
"""

Contents = Mapping[str, Mapping[str, Sequence[str]]]
"""What a store holds: by kind (document, entity, relation), ids with digests of everything that is known of each.

An id that is there twice has two.
"""


async def contents_of(home: Path, embedder: Embedder) -> Contents:
    """What the store of a home holds."""
    async with build(Settings(home=home, chat="extractive"), embedder=embedder) as app:
        return await _contents(app.store)


async def flaws(home: Path, expected: Contents, queries: Sequence[str], embedder: Embedder) -> list[str]:
    """What is wrong with a home on which every command has ended; empty where it is whole."""
    found = _file_flaws(home)
    async with build(Settings(home=home, chat="extractive"), embedder=embedder) as app:
        actual = await _contents(app.store)
        for kind in expected:
            found += _differences(kind, expected[kind], actual[kind])
        found += [f"job {id_} was never finished" for id_ in await (await app.open_jobs()).start("a check")]
        found += await _index_flaws(app, queries)
    return found


async def _contents(store: Store) -> Contents:
    found: dict[str, dict[str, list[str]]] = {kind: defaultdict(list) for kind in ("document", "entity", "relation")}
    after = None
    while page := await store.list_documents(after=after, limit=_PAGE):
        for document, (blocks, passages) in zip(page, await store.content([d.id for d in page]), strict=True):
            mentions = sorted(map(repr, await store.mentions([p.id for p in passages])))
            found["document"][document.id].append(_digest(replace(document, path=""), blocks, passages, mentions))
        after = page[-1].id
    async for named in store.named():
        ids = [EntityId(n.id) for n in named]
        for entity in await store.entities(ids):
            found["entity"][entity.id].append(_digest(entity))
        for relation in await store.relations(ids, direction="out", limit=_ALL):
            found["relation"][relation.id].append(_digest(relation))
    return found


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _differences(kind: str, expected: Mapping[str, Sequence[str]], actual: Mapping[str, Sequence[str]]) -> list[str]:
    missing, extra = expected.keys() - actual.keys(), actual.keys() - expected.keys()
    differing = sorted(id_ for id_ in expected.keys() & actual.keys() if expected[id_] != actual[id_])
    told = [("missing", sorted(missing)), ("not asked for", sorted(extra)), ("not as it should be", differing)]
    return [f"{len(ids)} of kind {kind} {what}: {', '.join(ids[:3])}" for what, ids in told if ids]


def _file_flaws(home: Path) -> list[str]:
    flaws = []
    for file in sorted({*home.glob("*.db"), *home.glob("indexes/*.sqlite")}):
        with closing(sqlite3.connect(file, timeout=30)) as connection:
            answer = str(connection.execute("PRAGMA integrity_check").fetchone()[0])
            flaws += [f"{file.name}: {answer}"] if answer != "ok" else []
    left = (p for p in home.rglob("*") if p.name.endswith((".partial", ".building", ".rebuilding", ".next")))
    return flaws + [f"half-written: {p.relative_to(home)}" for p in left]


async def _index_flaws(app: App, queries: Sequence[str]) -> list[str]:
    status = await app.indexes.status()
    if status.behind:
        return [f"the indexes are at revision {status.revision}, the store at {status.head}"]
    stood = await app.indexes.current()
    found_then = [await _search(app, q) for q in queries]
    rebuilt = await app.indexes.rebuild()
    found_now = [await _search(app, q) for q in queries]
    flaws = _unlike(stood, rebuilt)
    flaws += [
        f"a rebuilt index answers {q!r} otherwise"
        for q, a, b in zip(queries, found_then, found_now, strict=True)
        if a != b
    ]
    return flaws


def _unlike(stood: Snapshot, rebuilt: Snapshot) -> list[str]:
    a, b = stood.manifest, rebuilt.manifest
    counts = ("revision", "documents", "passages", "embedder", "dimension", *(() if a.parent else ("edges",)))
    flaws = [
        f"the index has {name} {getattr(a, name)}, a rebuilt one {getattr(b, name)}"
        for name in counts
        if getattr(a, name) != getattr(b, name)
    ]
    if a.parent:
        return flaws
    names = {n for n in {*a.files, *b.files} if not n.startswith(_UNSORTED)}
    return flaws + [f"{n} differs in a rebuilt index" for n in sorted(names) if a.files.get(n) != b.files.get(n)]


async def _search(app: App, text: str) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    for mode in (Mode.HYBRID, Mode.LEXICAL):
        pack = await app.retriever.retrieve(Query(text, mode, 10))
        found += [(p.passage.id, p.score) for p in pack.passages]
        found += [(f.relation.id, f.score) for f in pack.facts]
    return found
