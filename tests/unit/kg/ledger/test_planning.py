"""Planning change sets: what is written, what is refused, and that every write can be taken back."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.domain import Entity, EntityId, Evidence, Name, PassageId, Polarity, Relation, RelationId
from kg.errors import InvalidChange, NotFound, VersionConflict
from kg.ledger.changes import (
    AddEntity,
    AddRelation,
    Change,
    ChangeSet,
    EditEntity,
    EditRelation,
    MergeEntities,
    RetractEntity,
    RetractRelation,
    SplitEntity,
)
from kg.ledger.planning import Current, Write, counts_of, plan, touched, undoing, without_passages
from tests.contracts.parts import entity, relation
from tests.contracts.random_changes import changes as random_changes

A, B = EntityId("a"), EntityId("b")


def _set(*changes: Change) -> ChangeSet:
    return ChangeSet(changes, "expert", "because")


def _current(*things: Entity | Relation) -> Current:
    return Current(
        {t.id: t for t in things if isinstance(t, Entity)}, {t.id: t for t in things if isinstance(t, Relation)}
    )


def _after(current: Current, writes: Sequence[Write]) -> Current:
    """The state that writes lead to."""
    entities, relations, versions = dict(current.entities), dict(current.relations), dict(current.versions)
    for write in writes:
        entities.pop(EntityId(write.id), None)
        relations.pop(RelationId(write.id), None)
        if isinstance(write.after, Entity):
            entities[write.after.id] = write.after
        elif isinstance(write.after, Relation):
            relations[write.after.id] = write.after
        else:
            versions[write.id] = write.version
    return Current(entities, relations, versions)


def _content(current: Current) -> object:
    return (
        {i: replace(e, version=0) for i, e in current.entities.items()},
        {i: replace(r, version=0) for i, r in current.relations.items()},
    )


def _grown(rng: random.Random, steps: int) -> Current:
    current = _current()
    for _ in range(steps):
        try:
            made = random_changes(rng, list(current.entities.values()), list(current.relations.values()))
            current = _after(current, plan(_set(*made), current))
        except InvalidChange:
            continue
    return current


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.integers(0, 25))
def test_a_change_set_and_its_inverse_give_the_same_graph(seed: int, steps: int) -> None:
    rng = random.Random(seed)
    before = _grown(rng, steps)
    change_set = _set(*random_changes(rng, list(before.entities.values()), list(before.relations.values())))
    try:
        writes = plan(change_set, before)
    except InvalidChange:
        return
    after = _after(before, writes)
    assert _content(_after(after, undoing(writes, after))) == _content(before)


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_versions_only_ever_grow_by_one(seed: int) -> None:
    rng = random.Random(seed)
    current = _current()
    last: dict[str, int] = {}
    for _ in range(25):
        try:
            made = random_changes(rng, list(current.entities.values()), list(current.relations.values()))
            writes = plan(_set(*made), current)
        except InvalidChange:
            continue
        for write in writes:
            assert write.version == last.get(write.id, 0) + 1
            last[write.id] = write.version
        current = _after(current, writes)
        ends = {end for r in current.relations.values() for end in (r.subject, r.object)}
        assert ends <= current.entities.keys()


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_touched_names_all_that_planning_reads(seed: int) -> None:
    rng = random.Random(seed)
    whole = _grown(rng, 20)
    change_set = _set(*random_changes(rng, list(whole.entities.values()), list(whole.relations.values())))
    ids, hubs, relation_ids = touched(change_set)
    part = Current(
        {i: e for i, e in whole.entities.items() if i in ids},
        {i: r for i, r in whole.relations.items() if i in relation_ids or hubs & {r.subject, r.object}},
        whole.versions,
    )
    try:
        writes = plan(change_set, whole)
    except InvalidChange:
        with pytest.raises(InvalidChange):
            plan(change_set, part)
        return
    assert plan(change_set, part) == writes


def test_a_change_that_changes_nothing_is_not_written() -> None:
    assert plan(_set(EditEntity(entity("a"), 1)), _current(entity("a"))) == ()
    gone = plan(_set(AddEntity(entity("a")), RetractEntity(A, 1)), _current())
    assert gone == ()


def test_changes_of_one_thing_are_one_write() -> None:
    (write,) = plan(_set(EditEntity(entity("a", "x"), 1), EditEntity(entity("a", "y"), 1)), _current(entity("a")))
    assert isinstance(write.after, Entity)
    assert (write.after.names[0].text, write.version) == ("y", 2)


def test_what_a_set_added_may_be_changed_by_it() -> None:
    writes = plan(_set(AddEntity(entity("a")), EditEntity(entity("a", "x"), 1)), _current())
    assert [(w.id, w.before, w.version) for w in writes] == [("a", None, 1)]


def test_a_stale_version_is_a_conflict() -> None:
    with pytest.raises(VersionConflict, match="at version 1, the change expected 2"):
        plan(_set(RetractEntity(A, 2)), _current(entity("a")))
    with pytest.raises(VersionConflict):
        plan(_set(AddEntity(entity("a"))), _current(entity("a")))
    with pytest.raises(NotFound):
        plan(_set(RetractEntity(A, 1)), _current())


def test_every_problem_is_told_at_once() -> None:
    wrong = replace(relation("a", "b"), id=RelationId("r1"))
    with pytest.raises(InvalidChange) as caught:
        plan(_set(AddEntity(Entity(A, "herb", ())), AddRelation(wrong)), _current())
    assert len(caught.value.problems) == 3


def test_an_edit_cannot_change_type_or_ends() -> None:
    current = _current(entity("a"), entity("b"), relation("a", "b"))
    with pytest.raises(InvalidChange, match="retype it"):
        plan(_set(EditEntity(entity("a", type_="disease"), 1)), current)
    moved = replace(relation("b", "a"), id=relation("a", "b").id)
    with pytest.raises(InvalidChange, match="cannot change subject"):
        plan(_set(EditRelation(moved, 1)), current)


def test_a_merge_joins_the_evidence_of_relations_that_become_one() -> None:
    one = replace(relation("a", "x"), grade="animal", qualifiers={"dose": "1"})
    other = relation("b", "x", evidence=[Evidence("T:1"), Evidence("T:2")])
    other = replace(other, polarity=Polarity.POSITIVE, grade="clinical", qualifiers={"dose": "2", "species": "rat"})
    writes = plan(_set(MergeEntities(B, 1, A, 1)), _current(entity("a"), entity("b"), entity("x"), one, other))
    joined = next(w.after for w in writes if w.id == "a|treats|x")
    assert joined == replace(
        one,
        polarity=Polarity.POSITIVE,
        qualifiers={"dose": "1", "species": "rat"},
        evidence=(Evidence("T:1"), Evidence("T:2")),
        version=2,
    )


def test_a_merge_drops_what_would_relate_an_entity_to_itself() -> None:
    writes = plan(_set(MergeEntities(B, 1, A, 1)), _current(entity("a"), entity("b"), relation("a", "b")))
    assert [(w.id, w.after is None) for w in writes] == [("a", False), ("b", True), ("a|treats|b", True)]
    with pytest.raises(InvalidChange, match="with itself"):
        plan(_set(MergeEntities(A, 1, A, 1)), _current(entity("a")))


def test_a_merged_entity_keeps_one_preferred_name_a_script() -> None:
    writes = plan(_set(MergeEntities(B, 1, A, 1)), _current(entity("a", "mint"), entity("b", "menthe")))
    (merged,) = [w.after for w in writes if w.id == "a"]
    assert isinstance(merged, Entity)
    assert merged.names == (Name("mint", "en", True), Name("menthe", "en"), Name("b", "id"))


def test_a_split_needs_a_name_on_each_side_and_its_own_relations() -> None:
    current = _current(entity("a", "x", "y"), entity("b"), entity("c"), relation("b", "c"))
    with pytest.raises(InvalidChange, match="no name left"):
        plan(_set(SplitEntity(A, 1, entity("d", "x", "y"))), current)
    with pytest.raises(InvalidChange, match="a split cannot move it"):
        plan(_set(SplitEntity(A, 1, entity("d", "y"), (relation("b", "c").id,))), current)


def test_evidence_of_removed_passages_is_taken_away() -> None:
    gone, kept = Evidence("d1", PassageId("d1#0")), Evidence("T:1")
    only = relation("a", "b", evidence=[gone])
    both = relation("a", "c", evidence=[gone, kept])
    other = relation("b", "c")
    writes = without_passages([other, both, only], {PassageId("d1#0")})
    assert writes == (
        Write("relation", only.id, only, None),
        Write("relation", both.id, both, replace(both, evidence=(kept,), version=2)),
    )
    assert counts_of(writes) == {"relations_edited": 1, "relations_retracted": 1}


def test_undoing_refuses_what_would_hang_in_the_air() -> None:
    added = plan(_set(AddEntity(entity("a"))), _current())
    with pytest.raises(VersionConflict, match=r"a\|treats\|b"):
        undoing(added, _current(entity("a"), entity("b"), relation("a", "b")))
    retracted = plan(
        _set(RetractRelation(relation("a", "b").id, 1)), _current(entity("a"), entity("b"), relation("a", "b"))
    )
    with pytest.raises(VersionConflict, match="'b' is not there"):
        undoing(retracted, replace(_current(entity("a")), versions={"a|treats|b": 2}))
