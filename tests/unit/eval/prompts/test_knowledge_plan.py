"""Look-ups in the knowledge graph are planned by rules or by constrained JSON, and what they find is shown."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest

from app.bootstrap import App, build
from app.settings import Settings
from eval.prompts.ask import Asker
from eval.prompts.domain import Problem
from eval.prompts.ecs import EcsQuestions
from eval.prompts.knowledge_plan import KnowledgePlanner, by_rules, lookups_in, schema
from eval.prompts.lookups import Kind, Lookup, look_up, slots_of
from eval.prompts.strategies.graph_plan import GraphPlan
from kg.domain import Entity, EntityId, Evidence, Name, Relation, relation_id
from kg.ledger.changes import AddEntity, AddRelation, Change, ChangeSet
from models.errors import ModelRefused
from models.scripted import HashingEmbedder, ScriptedChat
from retrieval.domain import LinkedEntity
from tests.unit.eval.prompts.problems import CountingChat

SHARED = Problem("q", "Which compounds do 黄芪 and 当归 share?", "en", ("ferulic acid",))


def _entity(id_: str, type_: str, zh: str, en: str, **attributes: str) -> Entity:
    return Entity(EntityId(id_), type_, (Name(zh, "zh", True), Name(en, "en", True)), attributes=attributes)


HUANGQI = _entity("h:1", "Herb", "黄芪", "Astragalus", nature="warm")
DANGGUI = _entity("h:2", "Herb", "当归", "Angelica")
FERULIC = _entity("c:1", "Compound", "阿魏酸", "ferulic acid")
ASTRAGALOSIDE = _entity("c:2", "Compound", "黄芪甲苷", "astragaloside IV")


def _has(herb: Entity, compound: Entity) -> AddRelation:
    predicate = "herb_has_compound"
    return AddRelation(
        Relation(
            relation_id(herb.id, predicate, compound.id), herb.id, predicate, compound.id, evidence=(Evidence("book"),)
        )
    )


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with build(Settings(home=tmp_path / "home"), embedder=HashingEmbedder()) as app:
        changes: tuple[Change, ...] = (
            *(AddEntity(e) for e in (HUANGQI, DANGGUI, FERULIC, ASTRAGALOSIDE)),
            _has(HUANGQI, FERULIC),
            _has(DANGGUI, FERULIC),
            _has(HUANGQI, ASTRAGALOSIDE),
        )
        await app.store.apply(ChangeSet(changes, "test", "a small graph"))
        await app.indexes.catch_up()
        yield app


def _planner(app: App, by: Literal["rules", "model"] = "rules") -> KnowledgePlanner:
    return KnowledgePlanner(_task(app), app.retriever, app.store, app.domain.ontology, by=by)


def _task(app: App) -> EcsQuestions:
    return EcsQuestions(Path("none"), app.retriever, app.domain.ontology, evidence_tokens=300)


def _links(*entities: Entity) -> list[LinkedEntity]:
    return [LinkedEntity(e, 0, 1, e.name("zh")) for e in entities]


async def test_the_rules_look_up_what_the_named_things_share(app: App) -> None:
    planned = await _planner(app).planned(SHARED, Asker(ScriptedChat(replies=["unasked"])))
    assert planned.by == "rules"
    assert planned.lookups[0] == "shared(黄芪, 当归: Compound)"
    assert [f for f in planned.facts if "ferulic acid" in f and "Astragalus" in f]
    assert [f for f in planned.facts if "ferulic acid" in f and "Angelica" in f]


async def test_a_plan_of_the_model_is_constrained_and_carried_out(app: App) -> None:
    plan = json.dumps({"lookups": [{"kind": "attributes", "entities": ["黄芪"], "type": "any"}]}, ensure_ascii=False)
    chat = CountingChat(replies=[plan, "Answer: warm"])
    attempt = await GraphPlan(_task(app), _planner(app, "model")).attempt(SHARED, Asker(chat))
    assert attempt.notes["planned_by"] == "model"
    assert attempt.notes["facts"] == ["Astragalus nature: warm"]
    assert "- Astragalus nature: warm" in str(chat.prompts[-1][-1].content)
    asked = chat.given[0]["response_format"]["json_schema"]["schema"]
    assert asked["properties"]["lookups"]["items"]["properties"]["entities"]["items"]["enum"] == ["黄芪", "当归"]
    assert "response_format" not in chat.given[1]


@pytest.mark.parametrize("reply", [ModelRefused("no json_schema here"), "I would look up 黄芪.", '{"lookups": []}'])
async def test_the_rules_stand_in_for_a_plan_that_fails(app: App, reply: str | Exception) -> None:
    planned = await _planner(app, "model").planned(SHARED, Asker(ScriptedChat(replies=[reply])))
    assert planned.by == "rules"
    assert planned.facts


async def test_a_question_that_names_nothing_known_is_answered_without_facts(app: App) -> None:
    chat = ScriptedChat(replies=["Answer: unknown"])
    problem = Problem("q", "How old is the moon?", "en", ("old",))
    attempt = await GraphPlan(_task(app), _planner(app)).attempt(problem, Asker(chat))
    assert attempt.notes["lookups"] == []
    assert "(the graph has none)" in str(chat.prompts[0][-1].content)


async def test_look_ups_find_neighbours_of_a_type_paths_and_nothing_for_unknown_names(app: App) -> None:
    slots = await slots_of(_links(HUANGQI, DANGGUI), app.store)
    beside = await look_up(Lookup(Kind.NEIGHBOURS, ("黄芪",), "Compound"), slots, app.store)
    assert len(beside) == 2
    assert await look_up(Lookup(Kind.NEIGHBOURS, ("黄芪",), "Formula"), slots, app.store) == []
    assert len(await look_up(Lookup(Kind.PATHS, ("黄芪", "当归")), slots, app.store)) == 2
    assert await look_up(Lookup(Kind.SHARED, ("黄芪", "人参")), slots, app.store) == []


def test_rules_choose_look_ups_by_names_and_the_asked_type(app: App) -> None:
    ontology = app.domain.ontology
    one = by_rules("Tell me about 黄芪", _links(HUANGQI), ontology)
    assert [x.kind for x in one] == [Kind.ATTRIBUTES, Kind.NEIGHBOURS]
    two = by_rules("How do 黄芪 and 当归 act?", _links(HUANGQI, DANGGUI), ontology)
    assert two[0] == Lookup(Kind.PATHS, ("黄芪", "当归"))


def test_a_plan_over_other_names_or_types_is_no_plan(app: App) -> None:
    def reply(name: str, type_: str) -> str:
        return json.dumps({"lookups": [{"kind": "neighbours", "entities": [name], "type": type_}]})

    ontology = app.domain.ontology
    assert lookups_in(reply("a", "any"), ["a"], ontology) == (Lookup(Kind.NEIGHBOURS, ("a",), None),)
    assert lookups_in(reply("b", "any"), ["a"], ontology) == ()
    assert lookups_in(reply("a", "Planet"), ["a"], ontology) == ()
    assert schema(["a"], ["Herb"])["additionalProperties"] is False
