"""The sample knowledge base: true to its sources, to the ontology and to its own ids."""

import csv
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kg.documents.language import language_of
from kg.documents.parse import parse
from kg.documents.sentences import sentences
from kg.domain import Block, Document, EntityId, Polarity
from kg.ontology import load_domain
from kg.protocols import ParseLimits
from kg.stores.sqlite.store import SqliteStore
from kg.tables.mapping import load_mapping
from kg.tables.shapes import columns_of
from kg.tables.table_import import import_tables
from tests.sample_pdfs.build_pdfs import main as build_pdfs

_DOMAIN = load_domain("ecs_tcm")
_SAMPLE = _DOMAIN.folder / "sample"
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_SOURCES = ("《", "GB/T ", "NCBI Gene ", "Medical Subject Headings")

Row = Mapping[str, str]


@cache
def _parsed() -> tuple[tuple[Document, tuple[Block, ...]], ...]:
    found: list[tuple[Document, tuple[Block, ...]]] = []
    for path in sorted((_SAMPLE / "documents").iterdir()):
        result = parse(path, ParseLimits())
        assert not result.problems, path
        found.extend(result.documents)
    return tuple(found)


@cache
def _rows(name: str) -> tuple[Row, ...]:
    with (_SAMPLE / "graph" / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _text(blocks: tuple[Block, ...]) -> str:
    return "\n".join(block.text for block in blocks)


def _identifiers(document: Document, blocks: tuple[Block, ...]) -> set[str]:
    found = {f"{kind}:{value}" for kind, value in document.identifiers.items()}
    text = _text(blocks)
    found |= {f"doi:{doi}" for doi in _DOI.findall(text)}
    return found | {f"pmid:{pmid}" for pmid in re.findall(r"PMID:? ?(\d+)", text)}


def test_there_are_about_forty_documents_and_a_third_is_chinese() -> None:
    documents = [document for document, _ in _parsed()]
    assert len(documents) >= 40
    chinese = [document for document in documents if document.language == "zh"]
    assert len(chinese) * 3 >= len(documents)
    suffixes = {Path(document.path).suffix for document in documents}
    assert suffixes == {".md", ".jsonl", ".html", ".xml", ".txt", ".pdf"}


def test_every_document_has_text_a_title_and_a_doi_or_pmid() -> None:
    for document, blocks in _parsed():
        assert document.title
        assert len(_text(blocks)) >= 200, document.path
        assert _identifiers(document, blocks), document.path


def test_documents_are_short_summaries() -> None:
    for document, blocks in _parsed():
        text = _text(blocks)
        limit = 1200 if document.language == "zh" else 700
        size = len(re.findall(r"[\u4e00-\u9fff]", text)) if document.language == "zh" else len(text.split())
        assert size <= limit, document.path


def test_no_sentence_is_taken_from_the_source_abstracts(shared_data: Path) -> None:
    corpus = shared_data / "papers" / "glymphatic_abstracts" / "corpus.jsonl"
    theirs = {
        _bare(text[start:end])
        for line in corpus.read_text(encoding="utf-8").splitlines()
        if (text := json.loads(line).get("abstract") or "")
        for start, end in sentences(text)
    }
    for document, blocks in _parsed():
        for block in blocks:
            ours = {_bare(block.text[start:end]) for start, end in sentences(block.text)}
            shared = {one for one in ours & theirs if len(one) > 20}
            assert not shared, document.path


def _bare(sentence: str) -> str:
    return re.sub(r"[\W_]+", " ", sentence).strip().casefold()


def test_there_are_hundreds_of_entities_and_relations_of_every_asked_kind() -> None:
    assert len(_rows("entities.csv")) >= 200
    assert len(_rows("relations.csv")) >= 500
    types = {row["type"] for row in _rows("entities.csv")}
    assert types >= {
        "Herb", "Formula", "Compound", "Acupoint", "Meridian", "Syndrome", "Gene", "Protein", "BrainRegion",
        "CellType", "Structure", "ECSParameter", "Method", "Disease",
    }  # fmt: skip


def test_the_mapping_names_the_tables_and_their_columns() -> None:
    mapping = load_mapping(_SAMPLE / "graph" / "mapping.yaml")
    assert [table.shape.file for table in mapping.entities] == ["entities.csv"]
    assert [table.shape.file for table in mapping.relations] == ["relations.csv"]
    columns = set(_rows("entities.csv")[0])
    assert set(columns_of(mapping.entities[0].names)) <= columns
    assert set(columns_of(mapping.relations[0].qualifiers)) <= set(_rows("relations.csv")[0])


def test_entities_have_an_id_of_their_own_a_known_type_and_a_name() -> None:
    types = _DOMAIN.ontology.types
    ids = [row["id"] for row in _rows("entities.csv")]
    assert len(set(ids)) == len(ids)
    for row in _rows("entities.csv"):
        assert re.fullmatch(r"jx:[a-z]+/\w+", row["id"]), row["id"]
        assert row["type"] in types, row["id"]
        assert row["zh"] or row["en"], row["id"]


def test_no_two_entities_share_a_name() -> None:
    owners: dict[str, str] = {}
    for row in _rows("entities.csv"):
        columns = ("zh", "aliases_zh", "zh_hant", "pinyin", "latin", "en", "aliases_en", "symbol")
        for name in {part.casefold() for column in columns for part in row[column].split(";") if part}:
            assert owners.setdefault(name, row["id"]) == row["id"], name


def test_every_relation_joins_known_entities_as_the_ontology_allows() -> None:
    ontology = _DOMAIN.ontology
    types = {row["id"]: row["type"] for row in _rows("entities.csv")}
    seen = set()
    for row in _rows("relations.csv"):
        triple = (row["subject"], row["predicate"], row["object"])
        assert triple not in seen, triple
        seen.add(triple)
        assert row["subject"] in types, triple
        assert row["object"] in types, triple
        problem = ontology.problem_of(types[row["subject"]], row["predicate"], types[row["object"]])
        assert problem is None, (triple, problem)
        predicate = ontology.predicates[row["predicate"]]
        assert Polarity(row["polarity"]) in predicate.polarities, triple
        assert not row["grade"] or row["grade"] in ontology.grades, triple
        assert {name for name in ontology.qualifiers if row.get(name)} <= predicate.qualifiers, triple


def test_every_relation_has_a_source_and_quotes_it_rightly() -> None:
    by_source: dict[str, str] = {}
    for document, blocks in _parsed():
        for identifier in _identifiers(document, blocks):
            by_source[identifier] = by_source.get(identifier, "") + _text(blocks)
    for row in _rows("relations.csv"):
        source, quote = row["source"], row["quote"]
        assert source in by_source or source.startswith(_SOURCES), source
        if quote and source in by_source:
            assert quote in by_source[source], (source, quote)


async def test_the_graph_imports_without_a_problem_and_answers_for_a_formula(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "knowledge.db")
    await store.open()
    try:
        mapping = load_mapping(_SAMPLE / "graph" / "mapping.yaml")
        ontology = _DOMAIN.ontology
        report = await import_tables(store, _SAMPLE / "graph", mapping, ontology, author="sample", strict=True)
        assert not report.problems
        assert not report.notes
        assert sum(report.entities.values()) == len(_rows("entities.csv"))
        assert sum(report.relations.values()) == len(_rows("relations.csv"))
        near = await store.neighbourhood(EntityId("jx:formula/buyanghuanwu"))
        herbs = {r.object for r in near.relations if r.predicate == "formula_has_herb"}
        names = {entity.name("zh") for entity in near.entities if entity.id in herbs}
        assert names == {"黄芪", "当归", "赤芍", "地龙", "川芎", "红花", "桃仁"}
    finally:
        await store.close()


def test_the_pdfs_are_what_the_generator_makes(tmp_path: Path) -> None:
    made = build_pdfs(tmp_path)
    assert {path.name for path in made} == {path.name for path in (_SAMPLE / "documents").glob("*.pdf")}
    for path in made:
        assert path.read_bytes() == (_SAMPLE / "documents" / path.name).read_bytes(), path.name


def test_the_pdfs_keep_their_han_text_headings_and_table() -> None:
    texts = {Path(d.path).stem: _text(blocks) for d, blocks in _parsed() if d.path.endswith(".pdf")}
    chinese = texts["yao-2008-aqp4-ecs-volume"]
    assert "水通道蛋白4（AQP4）是脑内最主要的水通道，集中分布在星形胶质细胞包绕血管的足突上" in chinese
    assert "0.23±0.007" in chinese
    assert "| 150 | 1.86 | 0.12 |" in texts["kume-kick-2002-osmotic-challenge"]


def test_the_questions_are_two_of_each_language() -> None:
    assert len(_DOMAIN.questions) == 4
    assert sorted(language_of(question) for question in _DOMAIN.questions) == ["en", "en", "zh", "zh"]
