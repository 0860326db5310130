"""A small home: three papers and a graph of two formulas."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kg.domain import (
    Block,
    BlockKind,
    Document,
    DocumentId,
    Entity,
    EntityId,
    Name,
    ParsedDocument,
    Passage,
    PassageId,
    Relation,
    Span,
    relation_id,
)
from kg.ontology import Ontology
from kg.stores.sqlite.store import SqliteStore
from models.scripted import HashingEmbedder
from retrieval.index.builder import Indexes
from retrieval.retriever import Retriever

PAPERS = {
    "flow": (
        "Bulk flow of brain interstitial fluid",
        "The velocity of interstitial fluid was 10.5 micrometers/min.",
        1980,
        "111",
    ),
    "aqp4": ("Aquaporin-4 deletion", "Deleting AQP4 in mice slowed the clearance of amyloid.", 2012, "222"),
    "zhen": ("针刺与脑组织液引流", "针刺足三里促进了大鼠脑组织液引流。", 2020, "333"),
}
ENTITIES = (
    ("F1", "Formula", "天麻钩藤饮", "zh"),
    ("F2", "Formula", "羚角钩藤汤", "zh"),
    ("H1", "Herb", "天麻", "zh"),
    ("H2", "Herb", "钩藤", "zh"),
    ("H3", "Herb", "栀子", "zh"),
    ("C1", "Compound", "geniposide", "en"),
    ("C2", "Compound", "gastrodin", "en"),
    ("G1", "Gene", "AQP4", "symbol"),
    ("PMID:222", "Publication", "PMID:222", "id"),
)
RELATIONS = (
    ("F1", "formula_has_herb", "H1"),
    ("F1", "formula_has_herb", "H2"),
    ("F1", "formula_has_herb", "H3"),
    ("F2", "formula_has_herb", "H2"),
    ("H3", "herb_has_compound", "C1"),
    ("H1", "herb_has_compound", "C2"),
    ("G1", "mentioned_in", "PMID:222"),
)


def paper(name: str) -> ParsedDocument:
    """One of the papers as the parser would give it."""
    title, text, year, pmid = PAPERS[name]
    language = "zh" if name == "zhen" else "en"
    id_ = DocumentId(f"d-{name}")
    document = Document(id_, name, f"PM-{name}", title, "", "", language, year=year, identifiers={"pmid": pmid})
    passage = Passage(PassageId(f"d-{name}:0"), id_, 0, text, language, (title,), None, (Span(0, 0, len(text)),))
    return ParsedDocument(document, (Block(BlockKind.PARAGRAPH, text),), (passage,))


def entities() -> list[Entity]:
    """The graph's entities; a formula knows the book it comes from."""
    attributes = {"F1": {"source": "《中医内科杂病证治新义》"}}
    return [
        Entity(EntityId(id_), type_, (Name(name, script, True),), attributes=attributes.get(id_, {}))
        for id_, type_, name, script in ENTITIES
    ]


def relations() -> list[Relation]:
    """The graph's relations."""
    return [Relation(relation_id(s, p, o), EntityId(s), p, EntityId(o)) for s, p, o in RELATIONS]


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "knowledge.sqlite")
    await store.open()
    await store.put([paper(name) for name in PAPERS], author="test", reason="papers")
    await store.load([entities()], [relations()], author="test", reason="graph")
    yield store
    await store.close()


@pytest.fixture
def indexes(tmp_path: Path, store: SqliteStore, embedder: HashingEmbedder, ontology: Ontology) -> Indexes:
    return Indexes(tmp_path / "indexes", store=store, embedder=embedder, ontology=ontology)


@pytest.fixture
async def retriever(store: SqliteStore, indexes: Indexes, embedder: HashingEmbedder) -> Retriever:
    await indexes.catch_up()
    return Retriever(store, indexes, embedder)
