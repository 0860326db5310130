"""Facts for a question that no plan answers: what joins its names, else what stands beside them."""

import pytest

from kg.ontology import load_domain
from retrieval.graph_qa.entity_mentions import EntityMention
from retrieval.graph_qa.service import GraphQa
from tests.unit.retrieval.graph_qa.small_graph import link, small_graph, thing

HERBS = {
    "黄芪": ("甲", "乙", "丙"),
    "当归": ("甲", "乙", "丁"),
    "川芎": ("甲",),
    "天麻": tuple("abcdefghijk"),
    "钩藤": (),
    "石菖蒲": tuple("lmnopqrstuz"),
}
FORMULAS = {"玉屏风散": ("黄芪",), "四物汤": ("川芎", "当归")}
TYPES = dict.fromkeys(HERBS, "Herb") | dict.fromkeys(FORMULAS, "Formula")
LINKS = [(s, "formula_has_herb", o) for s, of in FORMULAS.items() for o in of]
LINKS += [(s, "herb_has_compound", o) for s, of in HERBS.items() for o in of]
THINGS = {name: thing(name, TYPES.get(name, "Compound")) for name in (*TYPES, *(o for _, _, o in LINKS))}
RELATIONS = [link(s, p, o, "clinical" if o in "z丙" else "preclinical") for s, p, o in LINKS]


async def facts(question: str, *grades: str) -> dict[tuple[str, str], float]:
    """Subject and object of each fact for a question, best first, with the fact's score."""
    graph = small_graph(THINGS.values(), RELATIONS)
    named = sorted((question.index(n), n) for n in THINGS if len(n) > 1 and n in question)
    mentions = [EntityMention(at, at + len(n), n, (THINGS[n],)) for at, n in named]
    _, found = await GraphQa(graph, load_domain("ecs_tcm").ontology).ask(question, mentions, grades=frozenset(grades))
    return {(str(f.subject.id), str(f.object.id)): f.score for f in found}


async def test_a_relation_between_the_names_comes_before_what_they_share() -> None:
    assert set(await facts("玉屏风散与黄芪的作用机制如何影响记忆")) == {("玉屏风散", "黄芪")}


async def test_what_all_names_share_comes_before_what_some_share() -> None:
    assert set(await facts("黄芪当归川芎的作用机制如何影响记忆")) == {(h, "甲") for h in ("黄芪", "当归", "川芎")}


async def test_what_some_names_share_is_better_than_what_one_has() -> None:
    found = await facts("黄芪当归钩藤的作用机制如何影响记忆")
    assert set(found) == {(h, c) for h in ("黄芪", "当归") for c in ("甲", "乙")}


async def test_a_name_that_nothing_joins_brings_some_of_its_neighbours_behind_what_joins_the_others() -> None:
    found = await facts("天麻黄芪当归的作用机制如何影响记忆")
    assert [h for h, _ in found][:4] == ["黄芪", "当归", "黄芪", "当归"]
    assert [h for h, _ in found][4:] == ["天麻"] * 8
    assert list(found.values()) == sorted(found.values(), reverse=True)


async def test_what_is_asked_for_comes_before_other_neighbours() -> None:
    assert set(await facts("黄芪和钩藤改善记忆的实验证据见于哪些方剂")) == {("玉屏风散", "黄芪")}
    assert set(await facts("黄芪和钩藤改善记忆的实验证据")) > {("黄芪", "甲"), ("玉屏风散", "黄芪")}


async def test_a_plan_that_finds_something_brings_its_facts_and_no_others() -> None:
    assert set(await facts("四物汤由哪几味药组成？")) == {("四物汤", "川芎"), ("四物汤", "当归")}


@pytest.mark.parametrize("question", ["记忆改善的实验证据", "钩藤改善记忆的实验证据"])
async def test_a_question_whose_names_have_no_relation_has_no_facts(question: str) -> None:
    assert await facts(question) == {}


async def test_a_grade_is_asked_of_all_relations_of_a_name_before_some_are_chosen() -> None:
    assert len(await facts("石菖蒲改善记忆的实验证据")) == 8
    assert set(await facts("石菖蒲改善记忆的实验证据", "clinical")) == {("石菖蒲", "z")}


async def test_what_joins_the_names_is_chosen_among_relations_of_the_grade() -> None:
    question = "黄芪当归的作用机制如何影响记忆"
    assert set(await facts(question)) == {(h, c) for h in ("黄芪", "当归") for c in ("甲", "乙")}
    assert set(await facts(question, "clinical")) == {("黄芪", "丙")}


async def test_a_plan_brings_facts_of_the_grade_only() -> None:
    question = "石菖蒲含有哪些化合物？"
    assert len(await facts(question)) == 11
    assert set(await facts(question, "clinical")) == {("石菖蒲", "z")}
