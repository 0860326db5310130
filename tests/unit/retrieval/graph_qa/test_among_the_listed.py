"""Questions for the most of an earlier list, asked of a small graph."""

import pytest

from kg.ontology import load_domain
from retrieval.graph_qa.entity_mentions import EntityMention
from retrieval.graph_qa.service import GraphQa
from tests.unit.retrieval.graph_qa.small_graph import link, small_graph, thing

LINKS = {
    "玉屏风散": ("黄芪", "白术", "防风"),
    "黄芪": ("芒柄花素", "毛蕊异黄酮"),
    "白术": ("芒柄花素",),
    "当归": tuple("甲乙丙丁"),
}
TYPES = {"玉屏风散": "Formula", "黄芪": "Herb", "白术": "Herb", "防风": "Herb", "当归": "Herb"}
THINGS = {
    name: thing(name, TYPES.get(name, "Compound"))
    for name in {*LINKS, *(other for others in LINKS.values() for other in others)}
}
RELATIONS = [
    link(a, "formula_has_herb" if TYPES[a] == "Formula" else "herb_has_compound", b)
    for a, others in LINKS.items()
    for b in others
]


def mention(name: str) -> EntityMention:
    return EntityMention(0, len(name), name, (THINGS[name],))


async def told(question: str, name: str, *listed: str) -> list[tuple[str, int | None]]:
    asking = GraphQa(small_graph(THINGS.values(), RELATIONS), load_domain("ecs_tcm").ontology)
    found, _ = await asking.ask(question, [mention(name)], among=[mention(item) for item in listed])
    assert found is not None
    return [(str(row.entity.id), row.measure) for row in found.rows()]


@pytest.mark.parametrize(
    "question",
    [
        "玉屏风散: 其中哪一味收载的成分最多?",
        "玉屏风散: 这几味里谁的成分最多?",
        "玉屏风散: Which of these has the most compounds?",
    ],
)
async def test_the_most_is_looked_for_among_what_was_listed(question: str) -> None:
    assert await told(question, "玉屏风散", "黄芪", "白术", "防风") == [("黄芪", 2)]
    assert await told(question, "玉屏风散", "白术", "防风") == [("白术", 1)]


async def test_without_a_list_it_is_looked_for_among_what_the_name_holds() -> None:
    assert await told("玉屏风散: 其中哪一味收载的成分最多?", "玉屏风散") == [("黄芪", 2)]


async def test_a_list_may_hold_what_is_of_no_kind_that_the_question_says() -> None:
    assert await told("芒柄花素: 其中哪一味的成分最少?", "芒柄花素", "黄芪", "白术") == [("白术", 1)]
