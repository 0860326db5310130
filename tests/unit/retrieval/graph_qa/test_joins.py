"""What connects the things of a question."""

from kg.domain import EntityId, Relation, relation_id
from retrieval.graph_qa.joins import direct, neighbours, through


def _edges(*pairs: str) -> list[Relation]:
    return [Relation(relation_id(p[0], "r", p[1]), EntityId(p[0]), "r", EntityId(p[1])) for p in pairs]


def _slot(*ids: str) -> frozenset[EntityId]:
    return frozenset(EntityId(i) for i in ids)


def test_things_that_touch_all_slots_push_out_those_that_touch_fewer() -> None:
    edges = _edges("xA", "xB", "xC", "yA", "yB")
    assert set(through(edges, [_slot("A"), _slot("B"), _slot("C")])) == {"x"}


def test_unlike_sets_stay_side_by_side() -> None:
    edges = _edges("FA", "Ac", "FB", "Bd")
    assert set(through(edges, [_slot("F"), _slot("c"), _slot("d")])) == {"A", "B"}


def test_homonyms_of_one_name_are_one_slot() -> None:
    edges = _edges("x1", "x2")
    assert through(edges, [_slot("1", "2")]) == {}
    assert set(through([*edges, *_edges("xB")], [_slot("1", "2"), _slot("B")])) == {"x"}


def test_direct_relations_join_two_slots() -> None:
    edges = _edges("AB", "AC")
    assert [r.id for r in direct(edges, [_slot("A"), _slot("B")])] == ["A|r|B"]


def test_neighbours_are_on_either_side() -> None:
    assert set(neighbours(_edges("AB", "CA", "DE"), _slot("A"))) == {"B", "C"}
