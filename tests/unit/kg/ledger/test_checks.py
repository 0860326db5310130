"""Checks of change sets against the ontology."""

from dataclasses import replace

import pytest

from kg.domain import EntityId, Polarity
from kg.errors import InvalidChange
from kg.label import Label
from kg.ledger.changes import AddEntity, AddRelation, Change, ChangeSet, RetypeEntity
from kg.ledger.checks import planned
from kg.ledger.planning import Current
from kg.ontology import EntityType, Grade, Ontology, Predicate
from tests.contracts.parts import entity, relation

_LABEL = Label("名", "name")
_ONTOLOGY = Ontology(
    types={t: EntityType(t, _LABEL) for t in ("herb", "disease")},
    predicates={
        "treats": Predicate("treats", _LABEL, frozenset({"herb"}), frozenset({"disease"}), (Polarity.POSITIVE,)),
    },
    grades={"animal": Grade("animal", _LABEL, 1)},
)
_HERB = entity("h", "当归")
_DISEASE = entity("d", "stroke", type_="disease")
_TREATS = replace(relation("h", "d"), polarity=Polarity.POSITIVE)
_CURRENT = Current({_HERB.id: _HERB, _DISEASE.id: _DISEASE}, {})


def _problems(*changes: Change, current: Current = _CURRENT) -> list[str]:
    try:
        planned(ChangeSet(changes, "a", "r"), current, _ONTOLOGY)
    except InvalidChange as error:
        return list(error.problems)
    return []


def test_what_keeps_to_the_ontology_has_no_problems() -> None:
    assert _problems(AddRelation(replace(_TREATS, grade="animal")), AddEntity(entity("h2", "白芍"))) == []


def test_an_unknown_type_is_told_with_the_known_ones() -> None:
    (problem,) = _problems(AddEntity(entity("x", type_="planet")))
    assert "unknown type 'planet'; known are disease, herb" in problem


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (replace(relation("d", "h"), polarity=Polarity.POSITIVE), "treats cannot start at disease"),
        (replace(relation("h", "d", "cures")), "unknown predicate 'cures'"),
        (replace(_TREATS, polarity=Polarity.NEGATIVE), "polarity -"),
        (replace(_TREATS, grade="rumour"), "unknown grade 'rumour'; known are animal"),
        (replace(_TREATS, qualifiers={"dose": "1"}), "qualifier 'dose'"),
        (replace(_TREATS, evidence=()), "no evidence"),
    ],
)
def test_a_wrong_relation_is_told(wrong: object, told: str) -> None:
    (problem,) = _problems(AddRelation(wrong))  # type: ignore[arg-type]
    assert told in problem


def test_a_namesake_of_the_same_type_is_told_in_either_script() -> None:
    (problem,) = _problems(AddEntity(entity("h2", "當歸")))
    assert "'h2' has the name '當歸' of 'h'" in problem
    assert _problems(AddEntity(entity("d2", "当归", type_="disease"))) == []


def test_retyping_judges_the_relations_that_are_there() -> None:
    current = Current(_CURRENT.entities, {_TREATS.id: _TREATS})
    (problem,) = _problems(RetypeEntity(EntityId("d"), "herb", 1), current=current)
    assert "treats cannot end at herb" in problem
