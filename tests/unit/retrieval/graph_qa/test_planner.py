"""Plans by what an ontology lets stand beside what."""

from kg.domain import Entity, EntityId, Name
from kg.ontology import load_domain
from retrieval.graph_qa.entity_mentions import Naming
from retrieval.graph_qa.parser_by_rules import Combine, Form, Reading
from retrieval.graph_qa.plan import Difference, FirstOf, Intersect, Listing, Neighbours, Plan, Things
from retrieval.graph_qa.planner import Planner

PLANNER = Planner(load_domain("ecs_tcm").ontology)


def naming(name: str, type_: str) -> Naming:
    return Naming(0, len(name), name, (Entity(EntityId(name), type_, (Name(name, "en"),)),))


def planned(reading: Reading, *names: Naming) -> Plan:
    plan = PLANNER.plan(reading, names)
    assert plan is not None
    return plan


def first(things: Things) -> Things:
    return things.of[0] if isinstance(things, FirstOf) else things


HERB, OTHER, FORMULA, COMPOUND = (
    naming("a", "Herb"),
    naming("b", "Herb"),
    naming("f", "Formula"),
    naming("c", "Compound"),
)
LIST_OF_HERBS = Reading(Form.LIST, (0,), asked=frozenset({"Herb"}))


def test_a_narrow_predicate_comes_before_a_wide_one() -> None:
    plan = planned(LIST_OF_HERBS, FORMULA)
    assert isinstance(plan, Listing)
    near = first(plan.parts[0].things)
    assert isinstance(near, Neighbours)
    assert near.predicates == {"formula_has_herb"}


def test_ingredients_are_herbs_of_a_formula_and_compounds_of_a_herb() -> None:
    asked = Reading(Form.LIST, (0,), asked=frozenset({"Herb", "Compound"}))
    assert [planned(asked, n).types for n in (FORMULA, HERB)] == [{"Herb"}, {"Compound"}]  # type: ignore[union-attr]


def test_a_kind_out_of_reach_is_reached_in_two_steps() -> None:
    plan = planned(Reading(Form.LIST, (0,), asked=frozenset({"Formula"}), through=frozenset({"Herb"})), COMPOUND)
    assert isinstance(plan, Listing)
    steps = plan.parts[0].things
    assert isinstance(steps, Difference)
    assert isinstance(steps.of, Neighbours)
    assert isinstance(steps.of.of, Neighbours)
    assert steps.of.predicates == frozenset({"formula_has_herb"})
    assert steps.of.of.predicates == frozenset({"herb_has_compound"})


def test_names_are_intersected_and_others_taken_away() -> None:
    asked = Reading(Form.LIST, (0, 1), (2,), asked=frozenset({"Compound"}), shared=True)
    plan = planned(asked, HERB, OTHER, naming("d", "Herb"))
    assert isinstance(plan, Listing)
    things = plan.parts[0].things
    assert isinstance(things, Difference)
    assert isinstance(things.of, Intersect)
    assert (plan.parts[0].names, plan.parts[0].without) == (("a", "b"), ("d",))


def test_each_within_one_frame_has_a_list_of_its_own() -> None:
    asked = Reading(Form.LIST, (0, 1, 2), asked=frozenset({"Herb"}), combine=Combine.EACH)
    plan = planned(asked, FORMULA, COMPOUND, naming("d", "Compound"))
    assert isinstance(plan, Listing)
    assert [p.names for p in plan.parts] == [("f", "c"), ("f", "d")]


def test_what_nothing_joins_leaves_no_plan() -> None:
    assert PLANNER.plan(Reading(Form.LIST, (0, 1)), (HERB, OTHER)) is None
