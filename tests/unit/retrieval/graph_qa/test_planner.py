"""Plans by what an ontology lets stand beside what."""

from kg.domain import Entity, EntityId, Name
from kg.ontology import load_domain
from retrieval.graph_qa.entity_mentions import EntityMention
from retrieval.graph_qa.parsed_question import Combine, Form, ParsedQuestion
from retrieval.graph_qa.plan import Difference, FirstOf, Intersect, Listing, Neighbours, Plan, Things
from retrieval.graph_qa.planner import Planner

PLANNER = Planner(load_domain("ecs_tcm").ontology)


def mention(name: str, type_: str) -> EntityMention:
    return EntityMention(0, len(name), name, (Entity(EntityId(name), type_, (Name(name, "en"),)),))


def planned(parsed: ParsedQuestion, *names: EntityMention) -> Plan:
    plan = PLANNER.plan(parsed, names)
    assert plan is not None
    return plan


def first(things: Things) -> Things:
    return things.of[0] if isinstance(things, FirstOf) else things


HERB, OTHER, FORMULA, COMPOUND = (
    mention("a", "Herb"),
    mention("b", "Herb"),
    mention("f", "Formula"),
    mention("c", "Compound"),
)
LIST_OF_HERBS = ParsedQuestion(Form.LIST, (0,), asked=frozenset({"Herb"}))


def test_a_narrow_predicate_comes_before_a_wide_one() -> None:
    plan = planned(LIST_OF_HERBS, FORMULA)
    assert isinstance(plan, Listing)
    near = first(plan.parts[0].things)
    assert isinstance(near, Neighbours)
    assert near.predicates == {"formula_has_herb"}


def test_ingredients_are_herbs_of_a_formula_and_compounds_of_a_herb() -> None:
    asked = ParsedQuestion(Form.LIST, (0,), asked=frozenset({"Herb", "Compound"}))
    assert [planned(asked, n).types for n in (FORMULA, HERB)] == [{"Herb"}, {"Compound"}]  # type: ignore[union-attr]


def test_a_kind_out_of_reach_is_reached_in_two_steps() -> None:
    plan = planned(ParsedQuestion(Form.LIST, (0,), asked=frozenset({"Formula"}), through=frozenset({"Herb"})), COMPOUND)
    assert isinstance(plan, Listing)
    steps = plan.parts[0].things
    assert isinstance(steps, Difference)
    assert isinstance(steps.of, Neighbours)
    assert isinstance(steps.of.of, Neighbours)
    assert steps.of.predicates == frozenset({"formula_has_herb"})
    assert steps.of.of.predicates == frozenset({"herb_has_compound"})


def test_names_are_intersected_and_others_taken_away() -> None:
    asked = ParsedQuestion(Form.LIST, (0, 1), (2,), asked=frozenset({"Compound"}), shared=True)
    plan = planned(asked, HERB, OTHER, mention("d", "Herb"))
    assert isinstance(plan, Listing)
    things = plan.parts[0].things
    assert isinstance(things, Difference)
    assert isinstance(things.of, Intersect)
    assert (plan.parts[0].names, plan.parts[0].without) == (("a", "b"), ("d",))


def test_each_within_one_frame_has_a_list_of_its_own() -> None:
    asked = ParsedQuestion(Form.LIST, (0, 1, 2), asked=frozenset({"Herb"}), combine=Combine.EACH)
    plan = planned(asked, FORMULA, COMPOUND, mention("d", "Compound"))
    assert isinstance(plan, Listing)
    assert [p.names for p in plan.parts] == [("f", "c"), ("f", "d")]


def test_what_nothing_joins_leaves_no_plan() -> None:
    assert PLANNER.plan(ParsedQuestion(Form.LIST, (0, 1)), (HERB, OTHER)) is None
