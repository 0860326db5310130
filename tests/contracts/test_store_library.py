"""What every library keeps: documents, passages and mentions."""

import pytest

from kg.domain import UNCHANGED, DocumentId, EntityId, Evidence, Mention, Relation, Revision
from kg.errors import NotFound, Purged, VersionConflict
from kg.protocols import Store
from tests.contracts.parts import document, entity, ids, load, passage_id, related, relation


async def _put(store: Store, *documents: object) -> Revision:
    return await store.put(documents, author="reader", reason="ingest")  # type: ignore[arg-type]


async def test_what_is_put_is_read_back_whole(store: Store) -> None:
    parsed = document("d1", "ISF flows.", "脑细胞外间隙很窄。", mentions=[(0, "isf", 0, 3), (1, "ecs", 0, 6)])
    revision = await _put(store, parsed)
    assert revision == 1
    assert await store.documents([DocumentId("d1"), DocumentId("none")]) == [parsed.document]
    assert list(await store.passages([passage_id("d1", 1), passage_id("d1", 0)])) == [*reversed(parsed.passages)]
    ((blocks, passages),) = await store.content([DocumentId("d1")])
    assert tuple(blocks) == parsed.blocks
    assert tuple(passages) == parsed.passages
    assert tuple(await store.mentions([p.id for p in parsed.passages])) == parsed.mentions


async def test_a_document_put_twice_is_stored_once_and_makes_no_revision(store: Store) -> None:
    first = await _put(store, document("d1", "One."), document("d1", "One."))
    assert await _put(store, document("d1", "Another text.")) == UNCHANGED
    assert await store.head() == first
    ((_, passages),) = await store.content([DocumentId("d1")])
    assert [p.text for p in passages] == ["One."]


async def test_documents_are_listed_in_pages_by_id(store: Store) -> None:
    await _put(store, *(document(f"d{n}", "Text.") for n in (3, 1, 2)))
    assert [d.id for d in await store.list_documents(limit=2)] == ["d1", "d2"]
    assert [d.id for d in await store.list_documents(after=DocumentId("d2"))] == ["d3"]


async def test_content_of_a_document_that_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        await store.content([DocumentId("nowhere")])
    with pytest.raises(NotFound, match="nowhere"):
        await store.remove([DocumentId("nowhere")], author="a", reason="r")


async def test_passages_that_name_most_of_the_entities_come_first(store: Store) -> None:
    mentions = [(0, "a", 0, 1), (0, "a", 2, 3), (1, "b", 0, 1), (2, "a", 0, 1), (2, "b", 2, 3)]
    await _put(store, document("d1", "a a", "b", "a b", mentions=mentions))
    found = await store.passages_naming(ids("a", "b"))
    assert list(found) == [passage_id("d1", 2), passage_id("d1", 0), passage_id("d1", 1)]
    assert list(await store.passages_naming(ids("a", "b"), limit=1)) == [passage_id("d1", 2)]


async def test_mentions_are_replaced_without_a_revision(store: Store) -> None:
    await _put(store, document("d1", "a", "b", mentions=[(0, "a", 0, 1), (1, "b", 0, 1)]))
    head = await store.head()
    new = Mention(passage_id("d1", 0), EntityId("c"), 0, 1)
    await store.replace_mentions([passage_id("d1", 0)], [new])
    kept = Mention(passage_id("d1", 1), EntityId("b"), 0, 1)
    assert list(await store.mentions([passage_id("d1", 0), passage_id("d1", 1)])) == [new, kept]
    assert await store.head() == head


async def test_removing_a_document_takes_back_what_only_it_supported(store: Store) -> None:
    both = [Evidence("PM-d1", passage_id("d1", 0), "q"), Evidence("PM-d2", passage_id("d2", 0), "q")]
    await load(store, [entity("a"), entity("b"), entity("c")])
    await _put(
        store, document("d1", "One.", mentions=[(0, "a", 0, 3)]), document("d2", "Two.", mentions=[(0, "a", 0, 3)])
    )
    await load(
        store, [], [relation("a", "b", evidence=both), relation("a", "c", evidence=both[:1]), relation("b", "c")]
    )

    revision = await store.remove([DocumentId("d1")], author="reader", reason="withdrawn")

    assert await store.documents([DocumentId("d1")]) == []
    assert list(await store.passages([passage_id("d1", 0)])) == []
    assert list(await store.passages_naming(ids("a"))) == [passage_id("d2", 0)]
    assert await related(store, "a", "b", "c") == ["a|treats|b", "b|treats|c"]
    (kept,) = [r for r in await store.relations(ids("a")) if r.id == "a|treats|b"]
    assert kept.evidence == (both[1],)
    assert kept.version == 2
    retraction = (await store.history("a|treats|c"))[-1]
    assert (retraction.action, retraction.revision, retraction.reason) == ("retract", revision, "withdrawn")
    assert (await store.stats()).documents == 1


async def test_undoing_a_removal_brings_the_document_and_its_evidence_back(store: Store) -> None:
    parsed = document("d1", "One.", mentions=[(0, "a", 0, 3)])
    evidence = [Evidence("PM-d1", passage_id("d1", 0), "q")]
    await load(store, [entity("a"), entity("b")])
    await _put(store, parsed)
    await load(store, [], [relation("a", "b", evidence=evidence)])
    removal = await store.remove([DocumentId("d1")], author="reader", reason="mistake")
    assert await related(store, "a") == []

    await store.undo(removal, author="reader", reason="it was right")

    assert await store.documents([DocumentId("d1")]) == [parsed.document]
    ((blocks, passages),) = await store.content([DocumentId("d1")])
    assert (tuple(blocks), tuple(passages)) == (parsed.blocks, parsed.passages)
    assert tuple(await store.mentions([passage_id("d1", 0)])) == parsed.mentions
    (back,) = await store.relations(ids("a"))
    assert back.evidence == tuple(evidence)
    assert back.version == 3


async def test_a_purged_document_cannot_be_brought_back_and_its_quotes_are_erased(store: Store) -> None:
    quotes = [Evidence("PM-d1", passage_id("d1", 0), "One."), Evidence("PM-d2", passage_id("d2", 0), "Two.")]
    await load(store, [entity("a"), entity("b"), entity("c")])
    await _put(store, document("d1", "One.", mentions=[(0, "a", 0, 3)]), document("d2", "Two."))
    await load(store, [], [relation("a", "b", evidence=quotes), relation("a", "c", evidence=quotes[:1])])

    revision = await store.purge([DocumentId("d1")], author="reader", reason="not ours to keep")

    assert [d.id for d in await store.list_documents()] == ["d2"]
    assert await related(store, "a", "b", "c") == ["a|treats|b"]
    delta = await store.delta(Revision(revision - 1))
    assert (list(delta.removed), delta.graph_changed) == (["d1"], True)
    states = [state for id_ in ("a|treats|b", "a|treats|c") for state in await store.history(id_)]
    told = [e for s in states for r in (s.before, s.after) if isinstance(r, Relation) for e in r.evidence]
    assert {(e.source, e.quote) for e in told} == {("PM-d1", ""), ("PM-d2", "Two.")}
    with pytest.raises(Purged, match=f"revision {revision} cannot be undone: .*'d1'.* purged"):
        await store.undo(revision, author="reader", reason="too late")
    record = (await store.revisions())[-1]
    assert (record.kind, record.counts["documents_purged"], record.counts["documents_removed"]) == ("purge", 1, 1)


async def test_a_document_that_was_removed_before_is_purged_once(store: Store) -> None:
    evidence = [Evidence("PM-d1", passage_id("d1", 0), "One.")]
    await load(store, [entity("a"), entity("b")])
    await _put(store, document("d1", "One."), document("d2", "Two."))
    await load(store, [], [relation("a", "b", evidence=evidence)])
    removal = await store.remove([DocumentId("d1"), DocumentId("d2")], author="reader", reason="gone")
    purge = await store.purge([DocumentId("d1"), DocumentId("d2")], author="reader", reason="not ours to keep")
    assert purge == removal + 1
    assert await store.purge([DocumentId("d1")], author="reader", reason="again") == UNCHANGED
    for revision in (removal, purge):
        with pytest.raises(Purged, match="purged"):
            await store.undo(revision, author="reader", reason="too late")
    with pytest.raises(NotFound, match="nowhere"):
        await store.purge([DocumentId("nowhere")], author="reader", reason="never was")
    assert [h.action for h in await store.history("a|treats|b")] == ["add", "retract"]
    await _put(store, document("d1", "One."))
    assert [d.id for d in await store.list_documents()] == ["d1"]


async def test_what_was_removed_with_a_purged_document_can_be_brought_back(store: Store) -> None:
    quotes = [Evidence("PM-d1", passage_id("d1", 0), "One."), Evidence("PM-d2", passage_id("d2", 0), "Two.")]
    await load(store, [entity("a"), entity("b"), entity("c")])
    await _put(store, document("d1", "One."), document("d2", "Two."))
    await load(store, [], [relation("a", "b", evidence=quotes), relation("a", "c", evidence=quotes[:1])])
    removal = await store.remove([DocumentId("d1"), DocumentId("d2")], author="reader", reason="not in it any more")
    await store.purge([DocumentId("d1")], author="reader", reason="not ours to keep")

    undone = await store.undo(removal, author="reader", reason="it was right")

    assert [d.id for d in await store.list_documents()] == ["d2"]
    assert list((await store.delta(Revision(undone - 1))).added) == ["d2"]
    assert await related(store, "a", "b", "c") == ["a|treats|b"]
    restored = (await store.history("a|treats|b"))[-1].after
    assert isinstance(restored, Relation)
    assert restored.evidence == (quotes[1],)
    await store.undo(undone, author="reader", reason="it was wrong")
    assert (await store.list_documents(), await related(store, "a", "b", "c")) == ([], [])


async def test_undoing_a_put_removes_its_documents(store: Store) -> None:
    first = await _put(store, document("d1", "One."))
    second = await _put(store, document("d1", "One."), document("d2", "Two."))
    await store.undo(second, author="reader", reason="wrong folder")
    assert [d.id for d in await store.list_documents()] == ["d1"]
    await store.remove([DocumentId("d1")], author="reader", reason="gone")
    with pytest.raises(VersionConflict, match="d1"):
        await store.undo(first, author="reader", reason="too late")


async def test_a_document_that_replaces_another_is_one_revision_whose_undo_restores_the_other(store: Store) -> None:
    evidence = [Evidence("PM-d1", passage_id("d1", 0), "q")]
    await load(store, [entity("a"), entity("b")])
    await _put(store, document("d1", "One."))
    await load(store, [], [relation("a", "b", evidence=evidence)])
    since = await store.head()
    revision = await store.put(
        [document("d2", "Two.")], author="reader", reason="corrected", replacing=[DocumentId("d1"), DocumentId("gone")]
    )
    assert revision == since + 1
    assert [d.id for d in await store.list_documents()] == ["d2"]
    assert await related(store, "a") == []
    delta = await store.delta(since)
    assert (list(delta.added), list(delta.removed), delta.graph_changed) == (["d2"], ["d1"], True)

    await store.undo(revision, author="reader", reason="it was right")

    assert [d.id for d in await store.list_documents()] == ["d1"]
    assert await related(store, "a") == ["a|treats|b"]


async def test_a_removed_document_may_be_put_again(store: Store) -> None:
    await _put(store, document("d1", "One."))
    await store.remove([DocumentId("d1")], author="reader", reason="gone")
    revision = await _put(store, document("d1", "One."))
    assert revision == 3
    assert [d.id for d in await store.list_documents()] == ["d1"]


async def test_a_delta_names_what_came_what_went_and_as_both_what_went_and_came_again(store: Store) -> None:
    await _put(store, document("d1", "One."), document("d2", "Two."))
    since = await store.head()
    await _put(store, document("d3", "Three."), document("d4", "Four."))
    await store.remove([DocumentId("d1"), DocumentId("d4")], author="reader", reason="gone")
    await store.remove([DocumentId("d2")], author="reader", reason="gone")
    await _put(store, document("d2", "Two."))
    delta = await store.delta(since)
    assert list(delta.added) == ["d2", "d3"]
    assert list(delta.removed) == ["d1", "d2"]
    assert delta.revision == await store.head()
    assert not delta.graph_changed
    whole = await store.delta(Revision(0))
    assert list(whole.added) == ["d2", "d3"]
    assert list(whole.removed) == []


async def test_a_delta_tells_that_the_graph_changed(store: Store) -> None:
    await load(store, [entity("a")])
    assert (await store.delta(Revision(0))).graph_changed
    assert not (await store.delta(Revision(1))).graph_changed
