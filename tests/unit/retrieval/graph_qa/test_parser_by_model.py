"""A model's plan: held to the schema, checked, repeatable, never trusted."""

import json

import pytest

from kg.domain import Entity, EntityId, Name
from kg.ontology import load_domain
from models.scripted import ScriptedChat
from retrieval.graph_qa.entity_mentions import EntityMention
from retrieval.graph_qa.parsed_question import Combine, Form
from retrieval.graph_qa.parser_by_model import as_json, parse_by_model, parsed_from_json

ONTOLOGY = load_domain("ecs_tcm").ontology
NAMES = [
    EntityMention(0, 2, "黄芪", (Entity(EntityId("a"), "Herb", (Name("黄芪", "zh"),)),)),
    EntityMention(3, 5, "当归", (Entity(EntityId("b"), "Herb", (Name("当归", "zh"),)),)),
]
SAID = {"form": "list", "about": ["黄芪"], "without": ["当归"], "asked": ["Compound"], "combine": "all"}


def test_a_plan_that_holds_becomes_a_parsed_question() -> None:
    parsed = parsed_from_json(json.dumps(SAID), NAMES, ONTOLOGY)
    assert parsed is not None
    assert (parsed.form, parsed.about, parsed.without) == (Form.LIST, (0,), (1,))
    assert (parsed.asked, parsed.combine) == (frozenset({"Compound"}), Combine.ALL)
    assert parsed_from_json(as_json(parsed, NAMES), NAMES, ONTOLOGY) == parsed


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
    assert parsed_from_json(json.dumps(SAID | change), NAMES, ONTOLOGY) is None


def test_what_is_no_json_is_refused() -> None:
    assert parsed_from_json("MATCH (n) RETURN n", NAMES, ONTOLOGY) is None


async def test_the_model_is_shown_the_names_and_kinds() -> None:
    chat = ScriptedChat(replies=[json.dumps(SAID)])
    parsed = await parse_by_model("黄芪 当归?", NAMES, ONTOLOGY, chat)
    assert parsed is not None
    assert "黄芪 [Herb]; 当归 [Herb]" in str(chat.prompts[0][0].content)
