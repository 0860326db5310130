"""A model's plan: held to the schema, checked, repeatable, never trusted."""

import json

import pytest

from kg.domain import Entity, EntityId, Name
from kg.ontology import load_domain
from models.scripted import ScriptedChat
from retrieval.graph_qa.entity_mentions import Naming
from retrieval.graph_qa.parser_by_model import as_json, read_by_model, reading_of
from retrieval.graph_qa.parser_by_rules import Combine, Form

ONTOLOGY = load_domain("ecs_tcm").ontology
NAMES = [
    Naming(0, 2, "黄芪", (Entity(EntityId("a"), "Herb", (Name("黄芪", "zh"),)),)),
    Naming(3, 5, "当归", (Entity(EntityId("b"), "Herb", (Name("当归", "zh"),)),)),
]
SAID = {"form": "list", "about": ["黄芪"], "without": ["当归"], "asked": ["Compound"], "combine": "all"}


def test_a_plan_that_holds_becomes_a_reading() -> None:
    reading = reading_of(json.dumps(SAID), NAMES, ONTOLOGY)
    assert reading is not None
    assert (reading.form, reading.about, reading.without) == (Form.LIST, (0,), (1,))
    assert (reading.asked, reading.combine) == (frozenset({"Compound"}), Combine.ALL)
    assert reading_of(as_json(reading, NAMES), NAMES, ONTOLOGY) == reading


@pytest.mark.parametrize(
    "change",
    [
        {"asked": ["Dragon"]},
        {"about": ["人参"]},
        {"about": []},
        {"form": "none"},
        {"form": "cypher"},
        {"attributes": ["password"]},
        {"query": "MATCH (n) RETURN n"},
    ],
)
def test_what_the_question_or_the_ontology_does_not_have_is_refused(change: dict[str, object]) -> None:
    assert reading_of(json.dumps(SAID | change), NAMES, ONTOLOGY) is None


def test_what_is_no_json_is_refused() -> None:
    assert reading_of("MATCH (n) RETURN n", NAMES, ONTOLOGY) is None


async def test_the_model_is_shown_the_names_and_kinds() -> None:
    chat = ScriptedChat(replies=[json.dumps(SAID)])
    reading = await read_by_model("黄芪 当归?", NAMES, ONTOLOGY, chat)
    assert reading is not None
    assert "黄芪 [Herb]; 当归 [Herb]" in str(chat.prompts[0][0].content)
