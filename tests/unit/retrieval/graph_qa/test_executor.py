"""Plans executed over a graph: sets, numbers, ways and bounds."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.domain import Entity, EntityId, Name, Relation
from kg.ontology import load_domain
from kg.protocols import Graph
from kg.stores.sqlite.store import SqliteStore
from retrieval.graph_qa.attributes import attribute_facts
from retrieval.graph_qa.entity_mentions import EntityMention
from retrieval.graph_qa.executor import Execution
from retrieval.graph_qa.plan import (
    Attribute,
    Check,
    Compare,
    Difference,
    FirstOf,
    Having,
    Intersect,
    Listing,
    Most,
    Named,
    Neighbours,
    Part,
    Things,
    Union,
)  # fmt: skip
from retrieval.graph_qa.plan import (
    Path as Way,
)
from retrieval.graph_qa.planner import restricted_to
from tests.unit.retrieval.graph_qa.small_graph import SmallGraph, link, small_graph

ONTOLOGY = load_domain("ecs_tcm").ontology
LINKS = {"F1": "ABC", "F2": "BC", "F3": "A", "A": "xy", "B": "yz", "C": "z"}
HERBS = frozenset({"Herb"})
FORMULAS = frozenset({"Formula"})
COMPOUNDS = frozenset({"Compound"})


def entity(id_: str) -> Entity:
    type_ = "Formula" if id_.startswith("F") else "Herb" if id_.isupper() else "Compound"
    attributes = {"source": f"book of {id_}"} if type_ == "Formula" else {}
    if type_ == "Herb":
        attributes = {"meridians": {"A": "Lung; Spleen", "B": "Liver", "C": "Spleen"}[id_]}
    return Entity(EntityId(id_), type_, (Name(f"name {id_}", "en", True),), attributes=attributes)


def relation(subject: str, object_: str) -> Relation:
    return link(subject, "formula_has_herb" if subject.startswith("F") else "herb_has_compound", object_)


ENTITIES = {e.id: e for e in map(entity, ["F1", "F2", "F3", "A", "B", "C", "x", "y", "z"])}
RELATIONS = [relation(s, o) for s, objects in LINKS.items() for o in objects]


def small() -> Graph:
    return small_graph(ENTITIES.values(), RELATIONS)


def name(*ids: str) -> Named:
    return Named("/".join(ids), frozenset(map(EntityId, ids)))


def beside(id_: str, types: frozenset[str]) -> Neighbours:
    return Neighbours(name(id_), types)


async def found(things: Things) -> set[str]:
    result = await Execution(small(), ONTOLOGY).run(Listing((Part(("",), things),), frozenset()))
    return {str(r.entity.id) for r in result.rows()}


async def test_sets_are_put_together() -> None:
    a, b = beside("A", FORMULAS), beside("B", FORMULAS)
    assert await found(Intersect((a, b))) == {"F1"}
    assert await found(Union((a, b))) == {"F1", "F2", "F3"}
    assert await found(Difference(a, (b,))) == {"F3"}
    assert await found(FirstOf((beside("A", HERBS), b))) == {"F1", "F2"}


async def test_two_steps_bring_the_facts_of_both() -> None:
    plan = Listing((Part(("F2",), Neighbours(beside("F2", HERBS), COMPOUNDS)),), COMPOUNDS)
    result = await Execution(small(), ONTOLOGY).run(plan)
    facts = {str(r.entity.id): {f.relation.id for f in r.facts} for r in result.rows()}
    assert facts["y"] == {relation("F2", "B").id, relation("B", "y").id}
    assert set(facts) == {"y", "z"}


async def test_homonyms_are_one_name() -> None:
    assert await found(Neighbours(name("A", "B"), COMPOUNDS)) == {"x", "y", "z"}


async def test_an_empty_intersection_tells_what_each_has() -> None:
    plan = Listing((Part(("A", "C"), Intersect((beside("A", COMPOUNDS), beside("C", COMPOUNDS)))),), COMPOUNDS)
    result = await Execution(small(), ONTOLOGY).run(plan)
    assert not result.found
    assert [(g.part.names, g.total) for g in result.apart] == [(("A",), 2), (("C",), 1)]


async def test_a_name_of_another_kind_that_has_nothing_asked_is_no_condition() -> None:
    herbs = (beside("F1", HERBS), beside("F2", HERBS))
    spurious = (*herbs, beside("x", FORMULAS))
    plan = Listing((Part(("F1", "F2", "x"), Intersect(spurious)),), HERBS)
    result = await Execution(small(), ONTOLOGY).run(plan)
    assert {str(r.entity.id) for r in result.rows()} == {"B", "C"}
    assert result.groups[0].part.names == ("F1", "F2")


@pytest.mark.parametrize(("compound", "verdict"), [("x", True), ("z", False), ("nothing", False)])
async def test_no_is_said_only_where_the_scope_is_known(compound: str, verdict: bool) -> None:
    scope = beside("A", COMPOUNDS)
    plan = Check((Part(("A", compound), Intersect((scope, name(compound)))),), Part(("A",), scope), COMPOUNDS)
    assert (await Execution(small(), ONTOLOGY).run(plan)).verdict is verdict
    nowhere = beside("nobody", COMPOUNDS)
    empty = Check((Part(("?", "x"), Intersect((nowhere, name("x")))),), Part(("?",), nowhere), COMPOUNDS)
    assert (await Execution(small(), ONTOLOGY).run(empty)).verdict is None


async def test_a_no_is_whole_though_what_there_is_instead_is_not_all_listed() -> None:
    scope = beside("A", COMPOUNDS)
    plan = Check((Part(("A", "z"), Intersect((scope, name("z")))),), Part(("A",), scope), COMPOUNDS)
    said = await Execution(small(), ONTOLOGY, most_rows=1).run(plan)
    assert (said.verdict, said.truncated, said.apart[0].total) == (False, False, 2)
    assert (await Execution(small(), ONTOLOGY, most_rows=1).run(Listing((Part(("A",), scope),), COMPOUNDS))).truncated


async def test_a_comparison_is_ranked_and_a_most_names_every_winner() -> None:
    parts = tuple(Part((f,), beside(f, HERBS)) for f in ("F2", "F1"))
    compared = await Execution(small(), ONTOLOGY).run(Compare(parts, HERBS))
    assert [(g.part.names[0], g.total) for g in compared.groups] == [("F1", 3), ("F2", 2)]
    most = await Execution(small(), ONTOLOGY).run(Most(Part(("F1",), beside("F1", HERBS)), HERBS, COMPOUNDS))
    assert {(str(r.entity.id), r.measure) for r in most.rows()} == {("A", 2), ("B", 2)}


@pytest.mark.parametrize(
    ("language", "keys", "told"),
    [
        ("zh", ("definition",), ["definition_zh", "definition_id"]),
        ("en", ("definition",), ["definition_en", "definition_id"]),
        ("fr", ("definition",), ["definition_en", "definition_id"]),
        ("", ("definition",), ["definition_zh", "definition_en", "definition_id"]),
        ("en", ("definition_zh",), ["definition_zh"]),
        ("en", ("note",), ["note_zh"]),
        ("zh", ("name:en", "name:zh"), ["name:en", "name:zh"]),
    ],
)
def test_an_attribute_in_two_languages_is_told_in_the_readers(
    language: str, keys: tuple[str, ...], told: list[str]
) -> None:
    attributes = {
        "definition_zh": "每秒走过的路程",
        "definition_en": "distance in a second",
        "definition_id": "D-7",
        "note_zh": "标量",
    }
    names = (Name("speed", "en", True), Name("速率", "zh", True))
    speed = Entity(EntityId("t:speed"), "Quantity", names, attributes=attributes)
    facts = attribute_facts(speed, keys, language)
    assert [f.relation.predicate.removeprefix("attribute:") for f in facts] == told


async def test_attributes_are_facts() -> None:
    result = await Execution(small(), ONTOLOGY).run(Attribute((name("F1", "F2"),), ("source",)))
    told = [(f.relation.predicate, f.object.names[0].text) for r in result.rows() for f in r.facts]
    assert told == [("attribute:source", "book of F1"), ("attribute:source", "book of F2")]


async def test_a_bound_that_is_met_is_told() -> None:
    late = Execution(small(), ONTOLOGY, time_s=-1.0)
    assert (await late.run(Listing((Part(("A",), beside("A", FORMULAS)),), FORMULAS))).truncated


async def test_known_relations_are_not_read_again() -> None:
    graph = SmallGraph(ENTITIES.values(), RELATIONS)
    known = {EntityId("A"): [r for r in RELATIONS if "A" in (r.subject, r.object)]}
    execution = Execution(graph, ONTOLOGY, known)  # type: ignore[arg-type]
    await execution.run(Listing((Part(("A",), beside("A", FORMULAS)),), FORMULAS))
    assert graph.reads == 0


async def test_the_shortest_ways_are_found_in_a_store(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "k.sqlite")
    await store.open()
    await store.load([list(ENTITIES.values())], [RELATIONS], author="test", reason="graph")
    result = await Execution(store, ONTOLOGY).run(Way(name("F2"), name("y")))
    await store.close()
    assert [[str(f.relation.id) for f in r.facts] for r in result.rows()] == [
        [str(relation("F2", "B").id), str(relation("B", "y").id)]
    ]


def _joined(inner: st.SearchStrategy[Things]) -> st.SearchStrategy[Things]:
    pairs = st.tuples(inner, inner)
    return pairs.map(Intersect) | pairs.map(Union) | pairs.map(lambda pair: Difference(pair[0], (pair[1],)))


_LEAVES: st.SearchStrategy[Things] = st.sampled_from(["A", "B", "C"]).map(lambda id_: beside(id_, FORMULAS))
_NODES = _LEAVES | _joined(_LEAVES) | _joined(_LEAVES | _joined(_LEAVES))


def expected(things: Things) -> set[str]:
    match things:
        case Intersect():
            return set.intersection(*map(expected, things.of))
        case Union():
            return {thing for part in things.of for thing in expected(part)}
        case Difference():
            return expected(things.of) - {thing for part in things.minus for thing in expected(part)}
        case Neighbours(of=Named() as of):
            return {s for s, objects in LINKS.items() if s.startswith("F") and set(of.ids) & set(objects)}
    raise AssertionError(things)


@settings(deadline=None)
@given(_NODES)
async def test_every_expression_gives_the_sets_of_its_parts(things: Things) -> None:
    assert await found(things) == expected(things)


@pytest.mark.parametrize(("negated", "found"), [(False, {"A", "C"}), (True, {"B"})])
async def test_a_value_of_an_attribute_divides_a_list(negated: bool, found: set[str]) -> None:
    herbs = Neighbours(Named("F1", frozenset({EntityId("F1")})), HERBS)
    part = Part(("F1",), Having(herbs, ("meridian",), frozenset({"spleen", "enter"}), negated))
    (group,) = (await Execution(small(), ONTOLOGY).run(Listing((part,), HERBS))).groups
    assert {row.entity.id for row in group.rows} == found
    assert isinstance(group.part.things, Having)
    assert group.part.things.values == ("Spleen",)
    assert all(f.relation.predicate.startswith(("attribute:", "formula_")) for row in group.rows for f in row.facts)


async def test_a_value_that_no_thing_has_finds_nothing_either_way() -> None:
    herbs = Neighbours(Named("F1", frozenset({EntityId("F1")})), HERBS)
    part = Part(("F1",), Having(herbs, ("meridian",), frozenset({"bladder"}), True))
    assert not (await Execution(small(), ONTOLOGY).run(Listing((part,), HERBS))).found


async def test_every_thing_is_told_with_its_number() -> None:
    herbs = Part(("F1",), Neighbours(Named("F1", frozenset({EntityId("F1")})), HERBS))
    result = await Execution(small(), ONTOLOGY).run(Most(herbs, HERBS, COMPOUNDS, every=True))
    assert [(row.entity.id, row.measure) for row in result.rows()] == [("A", 2), ("B", 2), ("C", 1)]


async def test_a_list_is_restricted_to_an_earlier_one() -> None:
    named = Named("F1", frozenset({EntityId("F1")}))
    plan = Listing((Part(("F1",), Neighbours(named, HERBS)),), HERBS)
    earlier = [
        EntityMention(0, 1, "A", (ENTITIES[EntityId("A")],)),
        EntityMention(2, 3, "F2", (ENTITIES[EntityId("F2")],)),
    ]
    result = await Execution(small(), ONTOLOGY).run(restricted_to(plan, earlier))
    assert [row.entity.id for row in result.rows()] == ["A"]


def test_a_list_of_another_kind_restricts_nothing() -> None:
    plan = Listing((Part(("A",), Neighbours(Named("A", frozenset({EntityId("A")})), COMPOUNDS)),), COMPOUNDS)
    assert restricted_to(plan, [EntityMention(0, 1, "A", (ENTITIES[EntityId("A")],))]) is plan
