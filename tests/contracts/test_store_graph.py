"""What every graph answers: entities, names, relations, neighbourhoods and paths, in one order."""

from dataclasses import replace
from itertools import pairwise

import pytest

from kg.domain import EntityId, Evidence, Name, Relation, relation_id
from kg.errors import NotFound
from kg.ledger.changes import RetractEntity
from kg.protocols import NamedEntity, Store
from tests.contracts.parts import LOWERS, apply, entity, ids, load, one, related, relation


async def _found(store: Store, text: str, **options: object) -> list[str]:
    return [e.id for e in await store.find(text, **options)]  # type: ignore[arg-type]


async def test_an_entity_is_read_back_whole(store: Store) -> None:
    whole = replace(
        entity("a", "当归", "Angelica", identifiers={"cas": "1-2-3", "pubchem": str(2**70)}),
        attributes={"nature": "warm; 温", "dose": "1e400", "count": "9" * 5000},
        bare=True,
    )
    await load(store, [whole])
    assert await store.entities(ids("none", "a")) == [whole]


async def test_a_relation_is_read_back_whole(store: Store) -> None:
    whole = Relation(
        relation_id("a", "treats", "b"), EntityId("a"), "treats", EntityId("b"), LOWERS, "animal",
        {"species": "rat", "dose": "5 mg/kg"},
        (Evidence("10.1/x"), Evidence("PM-1", None, "lowers 显著"), Evidence("[bracket]")),
    )  # fmt: skip
    await load(store, [entity("a"), entity("b")], [whole])
    assert await store.relations(ids("a")) == [whole]


async def test_entities_come_in_the_order_asked(store: Store) -> None:
    await load(store, [entity("a"), entity("b"), entity("c")])
    assert [e.id for e in await store.entities(ids("c", "x", "a"))] == ["c", "a"]


async def test_the_dictionary_gets_every_entity_by_id(store: Store) -> None:
    await load(store, [entity("b", "B name"), entity("a", "当归", type_="compound")])
    batches = [list(batch) async for batch in store.named()]
    assert [n for batch in batches for n in batch] == [
        NamedEntity(EntityId("a"), "compound", (Name("当归", "zh", True),)),
        NamedEntity(EntityId("b"), "herb", (Name("B name", "en", True),)),
    ]


async def test_an_entity_is_found_by_id_then_name_then_part_of_a_name(store: Store) -> None:
    await load(
        store,
        [
            entity("HERB:1", "当归", "Danggui"),
            entity("HERB:2", "当归尾", "Danggui tail"),
            entity("HERB:3", "酒当归", "wine-fried danggui"),
            entity("HERB:4", "白芍", "HERB:1 look-alike"),
        ],
    )
    assert await _found(store, "HERB:1") == ["HERB:1", "HERB:4"]
    assert await _found(store, "当归") == ["HERB:1", "HERB:2", "HERB:3"]
    assert await _found(store, "當歸") == ["HERB:1", "HERB:2", "HERB:3"]
    assert await _found(store, "DANGGUI") == ["HERB:1", "HERB:2", "HERB:3"]
    assert await _found(store, "归尾") == ["HERB:2"]
    assert await _found(store, "tail dang") == ["HERB:2"]
    assert await _found(store, "anggu") == ["HERB:1", "HERB:2", "HERB:3"]
    assert await _found(store, "当归", limit=1) == ["HERB:1"]


async def test_a_name_is_found_with_and_without_hyphens_blanks_and_tones(store: Store) -> None:
    names = ("AQP4", "IL-6 receptor", "ST36", "Danggui", "HUANG QI", "水通道蛋白4")
    await load(store, [entity(f"n:{number}", name) for number, name in enumerate(names)])
    for place, written in enumerate(
        (
            ("aqp-4", "AQP 4", "Aqp\u20134"),
            ("il6 receptor", "IL 6 receptor", "il6"),
            ("ST 36", "st-36"),
            ("Dāngguī", "dāng guī", "dang1gui1", "Dang1 Gui1", "dang gui"),
            ("huáng qí", "huángqí", "huang2qi2", "huangqi"),
            ("水通道蛋白 4", "水通道蛋白-4"),
        )
    ):
        for text in written:
            assert await _found(store, text) == [f"n:{place}"], text
    for text in ("gui dang", "aqp-44", "st 3 6 1", "dang1gui1 1"):
        assert await _found(store, text) == [], text


async def test_a_name_as_it_is_written_comes_before_its_other_spellings(store: Store) -> None:
    await load(store, [entity("n:1", "IL-6"), entity("n:2", "IL6"), entity("n:3", "IL6 antibody")])
    assert await _found(store, "il-6") == ["n:1", "n:2", "n:3"]
    assert await _found(store, "IL6") == ["n:2", "n:1", "n:3"]


async def test_another_spelling_is_not_the_start_of_a_longer_word(store: Store) -> None:
    await load(store, [entity("n:1", "IL10"), entity("n:2", "IL-1 receptor")])
    assert await _found(store, "IL 1") == ["n:2"]


async def test_find_keeps_to_a_type(store: Store) -> None:
    await load(store, [entity("a", "mint"), entity("b", "mint", type_="compound")])
    assert await _found(store, "mint") == ["a", "b"]
    assert await _found(store, "mint", type_="compound") == ["b"]
    assert await _found(store, "min", type_="compound") == ["b"]
    assert await _found(store, "a", type_="compound") == []


async def test_an_identifier_finds_its_entity(store: Store) -> None:
    await load(store, [entity("a", "AQP4", identifiers={"uniprot": "P55087"})])
    assert await _found(store, "p55087") == ["a"]


@pytest.mark.parametrize(
    "text", ["", "   ", '"', 'a"b', "(", "*", "AND", "NOT x", "name:x", "^a~2", "\\", "'; DROP", "。", "%"]
)
async def test_what_a_user_types_is_never_syntax(store: Store, text: str) -> None:
    await load(store, [entity("zzz", "hippocampus")])
    assert await _found(store, text) == []


async def test_a_changed_name_is_found_and_the_old_one_is_not(store: Store) -> None:
    await load(store, [entity("a", "old name")])
    await load(store, [entity("a", "new word")])
    assert await _found(store, "word") == ["a"]
    assert await _found(store, "old") == []
    await apply(store, RetractEntity(EntityId("a"), 2))
    assert await _found(store, "new word") == []
    assert await store.entities(ids("a")) == []


async def test_relations_are_ordered_by_id_whatever_the_direction(store: Store) -> None:
    await load(
        store,
        [entity(i) for i in ("x", "x1", "y", "z")],
        [
            relation("x", "y"),
            relation("x1", "x"),
            relation("z", "x"),
            relation("x", "z", "contains"),
            relation("y", "z"),
        ],
    )
    assert await related(store, "x") == ["x1|treats|x", "x|contains|z", "x|treats|y", "z|treats|x"]
    out = await store.relations(ids("x"), direction="out")
    assert [r.id for r in out] == ["x|contains|z", "x|treats|y"]
    into = await store.relations(ids("x"), direction="in")
    assert [r.id for r in into] == ["x1|treats|x", "z|treats|x"]
    some = await store.relations(ids("x", "y"), predicates=["treats"])
    assert [r.id for r in some] == ["x1|treats|x", "x|treats|y", "y|treats|z", "z|treats|x"]


async def test_the_limit_of_relations_is_for_each_entity(store: Store) -> None:
    leaves = [f"l{n}" for n in range(6)]
    await load(
        store,
        [entity(i) for i in ("a", "b", *leaves)],
        [relation("a", leaf) for leaf in leaves] + [relation(leaf, "b", "part_of") for leaf in leaves],
    )
    found = [r.id for r in await store.relations(ids("b", "a"), limit=2)]
    assert found == ["a|treats|l0", "a|treats|l1", "l0|part_of|b", "l1|part_of|b"]


async def test_a_relation_to_itself_is_told_once(store: Store) -> None:
    await load(store, [entity("a")], [relation("a", "a", "part_of")])
    assert await related(store, "a") == ["a|part_of|a"]


async def test_a_neighbourhood_holds_what_is_within_its_hops(store: Store) -> None:
    await load(
        store,
        [entity(i) for i in "abcd"],
        [relation("a", "b"), relation("c", "b"), relation("c", "d"), relation("a", "a", "part_of")],
    )
    near = await store.neighbourhood(EntityId("a"), hops=1)
    assert [e.id for e in near.entities] == ["a", "b"]
    assert [r.id for r in near.relations] == ["a|part_of|a", "a|treats|b"]
    far = await store.neighbourhood(EntityId("a"), hops=2)
    assert [e.id for e in far.entities] == ["a", "b", "c"]
    assert [r.id for r in far.relations] == ["a|part_of|a", "a|treats|b", "c|treats|b"]
    assert not far.truncated


async def test_a_hub_does_not_crowd_its_neighbours_out(store: Store) -> None:
    leaves = [f"l{n:02}" for n in range(30)]
    await load(
        store,
        [entity(i) for i in ("a", "hub", "small", "end", *leaves)],
        [relation("a", "hub"), relation("a", "small"), relation("small", "end")]
        + [relation("hub", leaf) for leaf in leaves],
    )
    near = await store.neighbourhood(EntityId("a"), hops=2, limit=8)
    found = [e.id for e in near.entities]
    assert found[:3] == ["a", "hub", "small"]
    assert "end" in found
    assert len(found) <= 8
    assert near.truncated
    ends = {e for r in near.relations for e in (r.subject, r.object)}
    assert ends <= set(found)


async def test_a_neighbourhood_of_nothing_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="nothing"):
        await store.neighbourhood(EntityId("nothing"))


async def test_paths_are_the_shortest_in_walking_order(store: Store) -> None:
    await load(
        store,
        [entity(i) for i in ("a", "b", "m", "n", "o", "p", "alone")],
        [relation("a", "n"), relation("b", "n"), relation("m", "a"), relation("m", "b"), relation("a", "o"),
         relation("o", "p"), relation("p", "b")],
    )  # fmt: skip
    found = await store.paths(EntityId("a"), EntityId("b"))
    assert [[e.id for e in path.entities] for path in found] == [["a", "m", "b"], ["a", "n", "b"]]
    assert [[r.id for r in path.relations] for path in found] == [
        ["m|treats|a", "m|treats|b"],
        ["a|treats|n", "b|treats|n"],
    ]
    assert len(await store.paths(EntityId("a"), EntityId("b"), limit=1)) == 1
    assert list(await store.paths(EntityId("a"), EntityId("alone"))) == []
    assert list(await store.paths(EntityId("a"), EntityId("b"), max_hops=1)) == []
    (still,) = await store.paths(EntityId("a"), EntityId("a"))
    assert [e.id for e in still.entities] == ["a"]
    with pytest.raises(NotFound):
        await store.paths(EntityId("a"), EntityId("nowhere"))


async def test_long_paths_are_found_from_both_ends(store: Store) -> None:
    chain = ["a", "b", "c", "d", "e", "f"]
    await load(store, [entity(i) for i in chain], [relation(s, o) for s, o in pairwise(chain)])
    (path,) = await store.paths(EntityId("e"), EntityId("a"))
    assert [e.id for e in path.entities] == ["e", "d", "c", "b", "a"]
    assert list(await store.paths(EntityId("a"), EntityId("f"))) == []


async def test_stats_count_by_type_and_predicate(store: Store) -> None:
    await load(store, [entity("a"), entity("b", type_="disease")], [relation("a", "b"), relation("b", "a", "part_of")])
    stats = await store.stats()
    assert dict(stats.entities) == {"herb": 1, "disease": 1}
    assert dict(stats.relations) == {"treats": 1, "part_of": 1}
    assert (stats.revision, stats.documents, stats.passages, stats.mentions) == (1, 0, 0, 0)


async def test_names_keep_their_order_and_marks(store: Store) -> None:
    names = (Name("b", "en"), Name("a", "en", True), Name("当归", "zh"), Name("當歸", "zh-Hant"))
    await load(store, [replace(entity("a"), names=names)])
    assert (await one(store, "a")).names == names
