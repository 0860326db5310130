"""What every ledger keeps: change sets applied whole, versions, history and undo."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kg.domain import UNCHANGED, Entity, EntityId, Name, RelationId, Revision
from kg.errors import InvalidChange, KnowledgeError, NotFound, VersionConflict
from kg.ledger.changes import (
    AddEntity,
    AddRelation,
    ChangeSet,
    EditEntity,
    EditRelation,
    MergeEntities,
    RetractEntity,
    RetractRelation,
    RetypeEntity,
    SplitEntity,
)
from kg.protocols import Store
from tests.contracts.parts import LOWERS, RAISES, apply, entity, ids, load, one, picture, related, relation
from tests.contracts.random_changes import changes as random_changes


async def _undo(store: Store, revision: Revision) -> Revision:
    return await store.undo(revision, author="expert", reason="mistake")


async def test_a_change_set_is_a_revision_with_author_reason_and_time(store: Store) -> None:
    assert await store.head() == 0
    revision = await apply(store, AddEntity(entity("a")), AddEntity(entity("b")), AddRelation(relation("a", "b")))
    assert revision == await store.head() == 1
    (record,) = await store.revisions()
    assert (record.revision, record.author, record.reason, record.undoes) == (1, "expert", "because", None)
    assert abs(datetime.fromisoformat(record.time) - datetime.now(UTC)) < timedelta(minutes=5)
    assert dict(record.counts) == {"entities_added": 2, "relations_added": 1}
    assert await related(store, "a") == ["a|treats|b"]


async def test_revisions_are_read_in_pages(store: Store) -> None:
    for n in range(4):
        await apply(store, AddEntity(entity(f"e{n}")))
    assert [r.revision for r in await store.revisions(after=Revision(1), limit=2)] == [2, 3]


async def test_a_change_that_changes_nothing_has_no_revision_to_undo(store: Store) -> None:
    await apply(store, AddEntity(entity("a", "one")))
    same = await apply(store, EditEntity(entity("a", "one"), 1))
    assert same == await load(store, [entity("a", "one")]) == UNCHANGED
    with pytest.raises(NotFound, match="revision"):
        await _undo(store, same)
    assert [e.id for e in await store.entities(ids("a"))] == ["a"]


async def test_a_change_set_goes_in_whole_or_not_at_all(store: Store) -> None:
    with pytest.raises(InvalidChange, match="nowhere"):
        await apply(store, AddEntity(entity("a")), AddRelation(relation("a", "nowhere")))
    assert await store.entities(ids("a")) == []
    assert await store.head() == 0


async def test_a_stale_version_is_a_conflict(store: Store) -> None:
    await apply(store, AddEntity(entity("a", "one")))
    await apply(store, EditEntity(entity("a", "two"), 1))
    with pytest.raises(VersionConflict) as caught:
        await apply(store, EditEntity(entity("a", "three"), 1))
    assert (caught.value.id, caught.value.expected, caught.value.actual) == ("a", 1, 2)
    assert (await one(store, "a")).names[0].text == "two"


async def test_what_is_there_cannot_be_added_and_what_is_not_cannot_be_edited(store: Store) -> None:
    await apply(store, AddEntity(entity("a")))
    with pytest.raises(VersionConflict):
        await apply(store, AddEntity(entity("a")))
    with pytest.raises(NotFound):
        await apply(store, EditEntity(entity("b"), 1))
    with pytest.raises(NotFound):
        await apply(store, RetractRelation(RelationId("a|treats|b"), 1))


async def test_an_entity_with_relations_cannot_be_retracted_alone(store: Store) -> None:
    await load(store, [entity("a"), entity("b")], [relation("a", "b")])
    with pytest.raises(InvalidChange, match="retract it as well"):
        await apply(store, RetractEntity(EntityId("b"), 1))
    await apply(store, RetractEntity(EntityId("b"), 1), RetractRelation(RelationId("a|treats|b"), 1))
    assert await related(store, "a") == []


async def test_versions_go_on_counting_after_a_retraction(store: Store) -> None:
    await apply(store, AddEntity(entity("a")))
    await apply(store, RetractEntity(EntityId("a"), 1))
    await apply(store, AddEntity(entity("a", "again")))
    assert (await one(store, "a")).version == 3
    assert [h.action for h in await store.history("a")] == ["add", "retract", "add"]


async def test_retyping_keeps_everything_else(store: Store) -> None:
    await load(store, [entity("a", "mint")])
    await apply(store, RetypeEntity(EntityId("a"), "compound", 1))
    assert await one(store, "a") == replace(entity("a", "mint", type_="compound"), version=2)


async def test_merging_moves_names_identifiers_and_relations(store: Store) -> None:
    await load(
        store,
        [entity("a", "当归", identifiers={"cas": "1"}), entity("b", "Danggui", identifiers={"cas": "2"}), entity("x")],
        [relation("b", "x"), relation("a", "x"), relation("x", "b", "contains"), relation("a", "b", "part_of")],
    )
    await apply(store, MergeEntities(EntityId("b"), 1, EntityId("a"), 1))
    assert await store.entities(ids("b")) == []
    merged = await one(store, "a")
    assert [n.text for n in merged.names] == ["当归", "Danggui", "2", "b"]
    assert dict(merged.identifiers) == {"cas": "1"}
    assert await related(store, "a") == ["a|treats|x", "x|contains|a"]
    assert [e.id for e in await store.find("danggui")] == ["a"]
    assert (await store.history("b|treats|x"))[-1].action == "retract"


async def test_merging_what_contradicts_itself_is_refused(store: Store) -> None:
    await load(
        store,
        [entity("a"), entity("b"), entity("x")],
        [replace(relation("a", "x"), polarity=RAISES), replace(relation("b", "x"), polarity=LOWERS)],
    )
    with pytest.raises(InvalidChange, match="opposite polarity"):
        await apply(store, MergeEntities(EntityId("b"), 1, EntityId("a"), 1))


async def test_splitting_moves_the_named_names_and_relations(store: Store) -> None:
    await load(store, [entity("a", "当归", "川芎"), entity("x")], [relation("a", "x"), relation("x", "a")])
    await apply(store, SplitEntity(EntityId("a"), 1, entity("c", "川芎"), (RelationId("x|treats|a"),)))
    assert [n.text for n in (await one(store, "a")).names] == ["当归"]
    assert await related(store, "a") == ["a|treats|x"]
    assert await related(store, "c") == ["x|treats|c"]


async def test_history_tells_every_state_with_author_and_reason(store: Store) -> None:
    await load(store, [entity("a", "one"), entity("b")], [relation("a", "b")])
    await apply(store, EditEntity(entity("a", "two"), 1))
    edited = replace(relation("a", "b"), polarity=RAISES)
    await apply(store, EditRelation(edited, 1), RetractRelation(RelationId("a|treats|b"), 1))
    added, changed = await store.history("a")
    assert (added.revision, added.author, added.reason, added.action) == (1, "table", "import", "add")
    assert (added.before, added.after) == (None, entity("a", "one"))
    assert (changed.revision, changed.author, changed.action) == (2, "expert", "edit")
    assert (changed.before, changed.after) == (entity("a", "one"), replace(entity("a", "two"), version=2))
    assert [(h.action, h.revision) for h in await store.history("a|treats|b")] == [("add", 1), ("retract", 3)]
    with pytest.raises(NotFound):
        await store.history("nowhere")


async def test_undo_takes_an_edit_back_as_a_new_revision(store: Store) -> None:
    await apply(store, AddEntity(entity("a", "one")))
    edit = await apply(store, EditEntity(entity("a", "two"), 1))
    undone = await _undo(store, edit)
    assert undone == 3
    assert await one(store, "a") == replace(entity("a", "one"), version=3)
    record = (await store.revisions())[-1]
    assert (record.undoes, record.reason) == (edit, "mistake")
    await _undo(store, undone)
    assert await one(store, "a") == replace(entity("a", "two"), version=4)
    assert [e.id for e in await store.find("two")] == ["a"]
    assert list(await store.find("one")) == []


async def test_undo_of_what_changed_since_is_a_conflict_that_tells_what(store: Store) -> None:
    added = await apply(store, AddEntity(entity("a", "one")), AddEntity(entity("b")))
    edit = await apply(store, EditEntity(entity("a", "two"), 1))
    with pytest.raises(VersionConflict, match="'a'"):
        await _undo(store, added)
    await _undo(store, edit)
    await _undo(store, added)
    assert await store.entities(ids("a", "b")) == []
    with pytest.raises(VersionConflict):
        await _undo(store, added)
    with pytest.raises(NotFound, match="99"):
        await _undo(store, Revision(99))


async def test_undo_never_leaves_a_relation_without_its_ends(store: Store) -> None:
    added = await apply(store, AddEntity(entity("a")), AddEntity(entity("b")))
    related_ = await apply(store, AddRelation(relation("a", "b")))
    with pytest.raises(VersionConflict, match=r"a\|treats\|b"):
        await _undo(store, added)
    gone = await apply(store, RetractRelation(RelationId("a|treats|b"), 1))
    await apply(store, RetractEntity(EntityId("b"), 1))
    with pytest.raises(VersionConflict, match="'b'"):
        await _undo(store, gone)
    with pytest.raises(VersionConflict):
        await _undo(store, related_)


async def test_a_load_is_one_revision_and_leaves_what_is_equal(store: Store) -> None:
    first = await load(store, [entity("a", "one"), entity("b")], [relation("a", "b")])
    assert await load(store, [entity("a", "one"), entity("b")], [relation("a", "b")]) == UNCHANGED
    assert await store.head() == first
    second = await load(store, [entity("a", "two"), entity("b"), entity("c")], [relation("a", "b"), relation("a", "c")])
    assert second == 2
    assert [(await one(store, i)).version for i in "abc"] == [2, 1, 1]
    assert dict((await store.revisions())[-1].counts) == {
        "entities_added": 1,
        "entities_edited": 1,
        "relations_added": 1,
    }
    assert [h.revision for h in await store.history("b")] == [1]
    assert [h.action for h in await store.history("a")] == ["add", "edit"]


async def test_the_last_of_equal_ids_in_a_load_counts(store: Store) -> None:
    twice = [entity("a", "one"), entity("b"), entity("a", "two")]
    await store.load([twice[:2], twice[2:]], [[relation("a", "b")], [relation("a", "b")]], author="t", reason="r")
    assert await one(store, "a") == entity("a", "two")
    assert len(await store.history("a")) == 1
    assert len(await store.history("a|treats|b")) == 1


async def test_undo_of_a_load_removes_what_it_brought_and_restores_what_it_replaced(store: Store) -> None:
    await load(store, [entity("a", "one"), entity("b")], [relation("a", "b")])
    before = await picture(store)
    changed = replace(relation("a", "b"), polarity=RAISES)
    second = await load(store, [entity("a", "two"), entity("c")], [changed, relation("a", "c"), relation("c", "b")])
    after = await picture(store)
    undone = await _undo(store, second)
    assert await picture(store) == before
    assert [h.action for h in await store.history("c")] == ["add", "retract"]
    assert [h.action for h in await store.history("a|treats|b")] == ["add", "edit", "edit"]
    await _undo(store, undone)
    assert await picture(store) == after
    assert (await one(store, "c")).version == 3
    assert (await one(store, "a")).version == 4


async def test_undo_of_a_load_tells_what_was_changed_since(store: Store) -> None:
    loaded = await load(store, [entity("a"), entity("b")], [relation("a", "b")])
    edit = await apply(store, EditEntity(entity("a", "curated"), 1))
    hung = await apply(store, AddEntity(entity("c")), AddRelation(relation("c", "b")))
    with pytest.raises(VersionConflict) as caught:
        await _undo(store, loaded)
    assert {caught.value.id, *caught.value.others} == {"a", "c|treats|b"}
    await _undo(store, hung)
    await _undo(store, edit)
    await _undo(store, loaded)
    assert await picture(store) == replace(await picture(store), entities=(), relations=())


async def test_a_retracted_thing_may_be_loaded_again(store: Store) -> None:
    loaded = await load(store, [entity("a"), entity("b")], [relation("a", "b")])
    await _undo(store, loaded)
    await load(store, [entity("a"), entity("b")], [relation("a", "b")])
    assert (await one(store, "a")).version == 3
    assert (await store.relations(ids("a")))[0].version == 3
    assert [h.action for h in await store.history("a|treats|b")] == ["add", "retract", "add"]


async def test_a_load_that_breaks_leaves_nothing(store: Store) -> None:
    def torn() -> Iterator[Sequence[Entity]]:
        yield [entity("a")]
        raise ValueError("row 2")

    with pytest.raises(ValueError, match="row 2"):
        await store.load(torn(), [], author="t", reason="r")
    with pytest.raises(InvalidChange, match="nowhere"):
        await load(store, [entity("a")], [relation("a", "nowhere")])
    assert await store.head() == 0
    assert await store.entities(ids("a")) == []
    await load(store, [entity("a")])
    assert await store.head() == 1


@pytest.mark.parametrize("seed", range(4))
async def test_any_change_set_and_its_undo_give_the_same_graph(store: Store, seed: int) -> None:
    rng = random.Random(seed)
    applied = 0
    for _ in range(40):
        before = await picture(store)
        names = [e.id for e in before.entities]
        made = random_changes(rng, await store.entities(names), await store.relations(names, limit=1000))
        try:
            revision = await store.apply(ChangeSet(made, "expert", "random"))
        except InvalidChange:
            assert await picture(store) == before
            continue
        after = await picture(store)
        if after == before:
            continue
        applied += 1
        undone = await _undo(store, revision)
        assert await picture(store) == before
        if rng.random() < 0.7:
            await _undo(store, undone)
            assert await picture(store) == after
    assert applied > 15


async def test_every_revision_can_be_taken_back_one_by_one(store: Store) -> None:
    rng = random.Random(11)
    pictures = [await picture(store)]
    done = []
    for _ in range(40):
        names = [e.id for e in pictures[-1].entities]
        made = random_changes(rng, await store.entities(names), await store.relations(names, limit=1000))
        try:
            revision = await store.apply(ChangeSet(made, "expert", "random"))
        except KnowledgeError:
            continue
        if revision != UNCHANGED:
            done.append(revision)
            pictures.append(await picture(store))
    for revision in reversed(done):
        assert await picture(store) == pictures.pop()
        await _undo(store, revision)
    assert await picture(store) == pictures.pop()


async def test_names_of_script_id_stay_with_a_merged_entity(store: Store) -> None:
    await load(store, [entity("a"), entity("b")])
    await apply(store, MergeEntities(EntityId("b"), 1, EntityId("a"), 1))
    assert Name("b", "id") in (await one(store, "a")).names
