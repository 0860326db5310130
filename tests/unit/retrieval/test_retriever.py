"""From a question to an evidence pack."""

from dataclasses import replace

import pytest

from kg.domain import DocumentId, EntityId, ParsedDocument, PassageId
from kg.stores.sqlite.store import SqliteStore
from models.scripted import HashingEmbedder, ScriptedReranker
from retrieval.ablation import NOTHING_ABLATED
from retrieval.domain import EvidencePack, Filters, Mode, Query
from retrieval.errors import InvalidQuery
from retrieval.index.builder import Indexes
from retrieval.langchain_retriever import JianxiRetriever
from retrieval.retriever import Retriever
from retrieval.text.glossary import Glossary
from tests.unit.retrieval.conftest import paper


def _sources(pack: EvidencePack) -> list[str]:
    return [p.document.source_id for p in pack.passages]


def _facts(pack: EvidencePack) -> set[tuple[str, str, str]]:
    return {(f.relation.subject, f.relation.predicate, f.relation.object) for f in pack.facts}


@pytest.mark.parametrize(
    ("text", "code"), [("", "empty"), ("  \n", "empty"), ("?!。，", "punctuation"), ("x" * 2001, "too_long")]
)
async def test_what_cannot_be_asked_is_refused(retriever: Retriever, text: str, code: str) -> None:
    with pytest.raises(InvalidQuery) as caught:
        await retriever.retrieve(Query(text))
    assert caught.value.code == code


@pytest.mark.parametrize("mode", list(Mode))
async def test_every_mode_finds_the_paper(retriever: Retriever, mode: Mode) -> None:
    pack = await retriever.retrieve(Query("What was the velocity of interstitial fluid?", mode))
    assert _sources(pack)[0] == "PM-flow"
    assert pack.stages_ms
    assert pack.signals["lexical_coverage"] > 0.9
    assert set(pack.rarity) == {"veloc", "interstiti", "fluid"}


async def test_a_chinese_question_finds_an_english_paper_by_the_glossary(retriever: Retriever) -> None:
    pack = await retriever.retrieve(Query("组织液的流动速度是多少?", Mode.LEXICAL))
    assert "PM-flow" in _sources(pack)
    assert pack.language == "zh"


async def test_an_empty_glossary_adds_no_words(
    store: SqliteStore, indexes: Indexes, embedder: HashingEmbedder, retriever: Retriever
) -> None:
    bare = Retriever(store, indexes, embedder, glossary=Glossary({}))
    assert await bare.embedded_text("组织液的流动速度") == "组织液的流动速度"
    assert "interstitial fluid" in await retriever.embedded_text("组织液的流动速度")


async def test_filters_hold(retriever: Retriever) -> None:
    async def found(filters: Filters) -> set[str]:
        return set(_sources(await retriever.retrieve(Query("interstitial fluid AQP4 引流", filters=filters))))

    assert await found(Filters(year_from=2000, year_to=2015)) == {"PM-aqp4"}
    assert await found(Filters(language="zh")) == {"PM-zhen"}
    assert await found(Filters(document_ids=("PM-flow",))) == {"PM-flow"}
    assert await found(Filters(entity_ids=(EntityId("G1"),))) == {"PM-aqp4"}
    assert await found(Filters(year_from=2030)) == set()


async def test_facts_of_a_grade_only(retriever: Retriever) -> None:
    pack = await retriever.retrieve(Query("栀子含有哪些化合物?", filters=Filters(grades=("clinical",))))
    assert pack.facts == ()


async def test_a_budget_keeps_the_best_passages(retriever: Retriever) -> None:
    pack = await retriever.retrieve(Query("AQP4 clearance interstitial fluid", budget_tokens=5))
    assert len(pack.passages) == 1


async def test_a_passage_brings_its_neighbours_where_they_are_asked_for(
    store: SqliteStore, indexes: Indexes, retriever: Retriever
) -> None:
    texts = [
        "Apples were weighed.",
        "Rats slept.",
        "Tracers left the putamen.",
        "Half was gone by noon.",
        "We thank all.",
    ]
    one = paper("flow")
    document = replace(one.document, id=DocumentId("d-long"), source_id="PM-long")
    passages = [
        replace(one.passages[0], id=PassageId(f"d-long:{n}"), document_id=document.id, ordinal=n, text=text)
        for n, text in enumerate(texts)
    ]
    await store.put([ParsedDocument(document, one.blocks, tuple(passages))], author="test", reason="a long paper")
    await indexes.catch_up()
    query = Query("Do tracers leave the putamen?", Mode.LEXICAL, k=1)
    found = [(await retriever.retrieve(replace(query, neighbours=n))).passages for n in (0, 1)]
    assert [[p.passage.ordinal for p in passages] for passages in found] == [[2], [2, 1, 3]]


async def test_herbs_of_a_formula_that_hold_a_compound(retriever: Retriever) -> None:
    pack = await retriever.retrieve(Query("天麻钩藤饮的组成药物中哪几味含geniposide?"))
    assert {("F1", "formula_has_herb", "H3"), ("H3", "herb_has_compound", "C1")} <= _facts(pack)
    assert ("F1", "formula_has_herb", "H1") not in _facts(pack)


async def test_herbs_that_two_formulas_share(retriever: Retriever) -> None:
    pack = await retriever.retrieve(Query("Which herb do 天麻钩藤饮 and 羚角钩藤汤 share?"))
    assert _facts(pack) == {("F1", "formula_has_herb", "H2"), ("F2", "formula_has_herb", "H2")}


async def test_formulas_that_hold_both_herbs(retriever: Retriever) -> None:
    pack = await retriever.retrieve(Query("同时含有天麻和钩藤的方剂有哪几首?"))
    assert _facts(pack) == {("F1", "formula_has_herb", "H1"), ("F1", "formula_has_herb", "H2")}


@pytest.mark.parametrize("question", ["哪些方剂不含栀子?", "Which formulas do not contain 栀子?"])
async def test_what_stands_beside_none_of_the_names_is_never_answered_by_what_does(
    retriever: Retriever, question: str
) -> None:
    graph = (await retriever.retrieve(Query(question))).graph
    assert graph is not None
    assert (graph.complement, graph.alone, graph.found, graph.facts) == (True, True, False, ())


async def test_all_neighbours_of_the_kind_asked_for(retriever: Retriever) -> None:
    pack = await retriever.retrieve(Query("天麻钩藤饮由哪几味中药组成?"))
    assert {o for _, p, o in _facts(pack) if p == "formula_has_herb"} == {"H1", "H2", "H3"}


async def test_an_attribute_is_a_fact_where_it_is_asked_for(retriever: Retriever) -> None:
    pack = await retriever.retrieve(Query("天麻钩藤饮出自哪本书?"))
    values = [f.object.name("zh") for f in pack.facts if f.relation.predicate == "attribute:source"]
    assert values == ["《中医内科杂病证治新义》"]


async def test_two_steps_lead_from_a_compound_to_formulas(retriever: Retriever) -> None:
    pack = await retriever.retrieve(Query("Which formula contains gastrodin?"))
    assert {("H1", "herb_has_compound", "C2"), ("F1", "formula_has_herb", "H1")} <= _facts(pack)


async def test_a_paper_that_the_graph_links_to_a_gene_comes_first(retriever: Retriever) -> None:
    pack = await retriever.retrieve(Query("Which paper is AQP4 linked to?"))
    assert _sources(pack)[0] == "PM-aqp4"


async def test_what_the_question_names_is_told(retriever: Retriever) -> None:
    pack = await retriever.retrieve(Query("天麻钩藤饮与AQP4"))
    assert [(e.surface, e.entity.id) for e in pack.entities] == [("天麻钩藤饮", "F1"), ("AQP4", "G1")]
    assert pack.signals["entities"] == 2.0


async def test_the_same_question_gives_the_same_pack(retriever: Retriever) -> None:
    query = Query("AQP4 and the velocity of interstitial fluid in 天麻钩藤饮")
    one, other = await retriever.retrieve(query), await retriever.retrieve(query)
    assert (one.passages, one.facts, one.signals) == (other.passages, other.facts, other.signals)


async def test_a_reranker_has_the_last_word(retriever: Retriever, indexes: Indexes) -> None:
    reranker = ScriptedReranker()
    reranked = Retriever(retriever._store, indexes, HashingEmbedder(), reranker)
    pack = await reranked.retrieve(Query("velocity of interstitial fluid"))
    assert pack.reranker == reranker.identity
    assert [p.score for p in pack.passages] == sorted((p.score for p in pack.passages), reverse=True)


async def test_it_serves_langchain(retriever: Retriever) -> None:
    documents = await JianxiRetriever(retriever=retriever, k=2).ainvoke("velocity of interstitial fluid")
    assert documents[0].metadata["source_id"] == "PM-flow"


@pytest.mark.parametrize("left_out", ["dense", "lexical", "walk"])
async def test_a_source_that_is_left_out_is_not_asked(retriever: Retriever, left_out: str) -> None:
    query = Query("What was the velocity of interstitial fluid?")
    whole = {source for p in (await retriever.retrieve(query)).passages for source in p.scores}
    without = retriever.ablated(replace(NOTHING_ABLATED, **{left_out: False}))
    assert {source for p in (await without.retrieve(query)).passages for source in p.scores} == whole - {left_out}
    assert whole == {"dense", "lexical", "walk"}


async def test_without_linking_the_graph_leads_to_no_paper(retriever: Retriever) -> None:
    query = Query("AQP4 clearance")
    unlinked = retriever.ablated(replace(NOTHING_ABLATED, linking=False))
    linked, alone = [
        {p.document.source_id: p.score for p in pack.passages}
        for pack in (await retriever.retrieve(query), await unlinked.retrieve(query))
    ]
    assert alone["PM-aqp4"] + 0.2 < linked["PM-aqp4"]


async def test_without_adaptation_a_linked_corpus_weighs_as_any(retriever: Retriever, indexes: Indexes) -> None:
    assert (await indexes.current()).walk.link_density == 0.0
    query = Query("velocity of interstitial fluid")
    fixed = retriever.ablated(replace(NOTHING_ABLATED, adaptation=False))
    assert [p.score for p in (await fixed.retrieve(query)).passages] != [
        p.score for p in (await retriever.retrieve(query)).passages
    ]
