"""Questions for the most of an earlier list, asked of a small graph."""

from collections.abc import Sequence

import pytest

from kg.domain import Entity, EntityId, Name, Relation, relation_id
from kg.ontology import load_domain
from kg.protocols import Graph
from retrieval.graph_qa.entity_mentions import EntityMention
from retrieval.graph_qa.service import GraphQa

LINKS = {
    "玉屏风散": ("黄芪", "白术", "防风"),
    "黄芪": ("芒柄花素", "毛蕊异黄酮"),
    "白术": ("芒柄花素",),
    "当归": tuple("甲乙丙丁"),
}
TYPES = {"玉屏风散": "Formula", "黄芪": "Herb", "白术": "Herb", "防风": "Herb", "当归": "Herb"}
THINGS = {
    name: Entity(EntityId(name), TYPES.get(name, "Compound"), (Name(name, "zh", True),))
    for name in {*LINKS, *(other for others in LINKS.values() for other in others)}
}
RELATIONS = [
    Relation(relation_id(a, p, b), EntityId(a), p, EntityId(b))
    for a, others in LINKS.items()
    for b in others
    for p in ["formula_has_herb" if TYPES[a] == "Formula" else "herb_has_compound"]
]


class Ingredients:
    """As much of ``Graph`` as plans ask for."""

    async def entities(self, ids: Sequence[EntityId]) -> Sequence[Entity]:
        return [THINGS[i] for i in ids if i in THINGS]

    async def relations(self, ids: Sequence[EntityId], **_: object) -> Sequence[Relation]:
        return [r for r in RELATIONS if r.subject in ids or r.object in ids]


def mention(name: str) -> EntityMention:
    return EntityMention(0, len(name), name, (THINGS[name],))


async def told(question: str, name: str, *listed: str) -> list[tuple[str, int | None]]:
    graph: Graph = Ingredients()  # type: ignore[assignment]
    asking = GraphQa(graph, load_domain("ecs_tcm").ontology)
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
