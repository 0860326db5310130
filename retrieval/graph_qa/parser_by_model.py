"""Parses a question by a chat model under a JSON schema; only names of the question hold."""

import json
from collections.abc import Sequence
from typing import Any, Literal

from langchain_core.language_models import BaseChatModel
from pydantic import BaseModel, ConfigDict, ValidationError

from kg.domain import Polarity
from kg.ontology import Ontology
from models.structured_output import response_format
from retrieval.graph_qa.entity_mentions import EntityMention
from retrieval.graph_qa.parsed_question import Combine, Form, ParsedQuestion

_MOST_TOKENS = 300

_PROMPT = """Turn a question about a knowledge graph into a query plan, as JSON.
form: list (which things), count (how many), check (yes or no), attribute (a property of a name), path (how two names \
are connected), compare (which name has more), most (which thing of a set has most), tally (how many each thing of a \
set has), none (the graph cannot answer).
about: names that what is asked must stand beside. without: names that it must not stand beside.
asked: kinds of thing that are asked for. through: kinds that lie between. by: kinds that are counted when comparing.
combine: all names together, any of them, or a list for each.
Kinds: {kinds}.
Names in the question: {names}.
Question: {question}"""


class _Said(BaseModel):
    """The plan as the model writes it."""

    model_config = ConfigDict(extra="forbid")

    form: Literal["list", "count", "check", "attribute", "path", "compare", "most", "tally", "none"]
    about: list[str]
    without: list[str] = []
    asked: list[str] = []
    through: list[str] = []
    by: list[str] = []
    combine: Literal["all", "any", "each"] = "all"
    least: bool = False
    attributes: list[str] = []
    raises: bool | None = None


async def parse_by_model(
    question: str, mentions: Sequence[EntityMention], ontology: Ontology, chat: BaseChatModel
) -> ParsedQuestion | None:
    """The question as the model parses it, None where its reply does not hold; raises ModelError."""
    if not mentions:
        return None
    prompt = _PROMPT.format(
        kinds=", ".join(f"{t.id} ({t.label.zh})" for t in ontology.types.values()),
        names="; ".join(f"{n.surface} [{'/'.join(sorted(n.types))}]" for n in mentions),
        question=question,
    )
    reply = await chat.ainvoke(
        prompt, temperature=0.0, max_tokens=_MOST_TOKENS, response_format=_format(mentions, ontology)
    )
    return parsed_from_json(str(reply.text), mentions, ontology)


def parsed_from_json(text: str, mentions: Sequence[EntityMention], ontology: Ontology) -> ParsedQuestion | None:
    """A model's JSON as a parsed question; only names of the question, known types and known attributes hold."""
    try:
        said = _Said.model_validate_json(text)
    except ValidationError:
        return None
    place = {n.surface: number for number, n in enumerate(mentions)}
    kinds = {*said.asked, *said.through, *said.by}
    if said.form == "none" or not kinds <= ontology.types.keys() or not {*said.about, *said.without} <= place.keys():
        return None
    if not said.about or not set(said.attributes) <= ontology.question_words.attributes.keys():
        return None
    polarity = None if said.raises is None else Polarity.POSITIVE if said.raises else Polarity.NEGATIVE
    return ParsedQuestion(
        Form(said.form),
        tuple(dict.fromkeys(place[n] for n in said.about)),
        tuple(dict.fromkeys(place[n] for n in said.without)),
        frozenset(said.asked),
        frozenset(said.through),
        frozenset(said.by),
        Combine(said.combine),
        shared=True,
        least=said.least,
        attributes=tuple(said.attributes),
        polarity=polarity,
        alone=True,
    )


def as_json(parsed: ParsedQuestion, mentions: Sequence[EntityMention]) -> str:
    """A parsed question in the form in which a model writes it, so that a run can be repeated without the model."""
    raises = None if parsed.polarity is None else parsed.polarity is Polarity.POSITIVE
    said = _Said(
        form=parsed.form.value,
        about=[mentions[i].surface for i in parsed.about],
        without=[mentions[i].surface for i in parsed.without],
        asked=sorted(parsed.asked),
        through=sorted(parsed.through),
        by=sorted(parsed.by),
        combine=parsed.combine.value,
        least=parsed.least,
        attributes=list(parsed.attributes),
        raises=raises,
    )
    return said.model_dump_json()


def _format(mentions: Sequence[EntityMention], ontology: Ontology) -> dict[str, Any]:
    """The schema with the question's names and the ontology's types as its only words."""
    schema = json.loads(json.dumps(_Said.model_json_schema()))
    choices = {
        "about": [n.surface for n in mentions],
        "without": [n.surface for n in mentions],
        "asked": sorted(ontology.types),
        "through": sorted(ontology.types),
        "by": sorted(ontology.types),
        "attributes": sorted(ontology.question_words.attributes),
    }
    for key, allowed in choices.items():
        schema["properties"][key]["items"] = {"type": "string", "enum": allowed}
    schema["required"] = sorted(schema["properties"])
    return response_format("plan", schema)
