"""Reading a question by a chat model that is held to a JSON schema; what it says is checked against the names asked."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from langchain_core.language_models import BaseChatModel
from pydantic import BaseModel, ConfigDict, ValidationError

from kg.domain import Polarity
from kg.ontology import Ontology
from retrieval.graph_qa.entity_mentions import Naming
from retrieval.graph_qa.intent_patterns import ATTRIBUTES
from retrieval.graph_qa.parser_by_rules import Combine, Form, Reading

_MOST_TOKENS = 300

_PROMPT = """Turn a question about a knowledge graph into a query plan, as JSON.
form: list (which things), count (how many), check (yes or no), attribute (a property of a name), path (how two names \
are connected), compare (which name has more), most (which thing of a set has most), none (the graph cannot answer).
about: names that what is asked must stand beside. without: names that it must not stand beside.
asked: kinds of thing that are asked for. through: kinds that lie between. by: kinds that are counted when comparing.
combine: all names together, any of them, or a list for each.
Kinds: {kinds}.
Names in the question: {names}.
Question: {question}"""


class _Said(BaseModel):
    """The plan as the model writes it."""

    model_config = ConfigDict(extra="forbid")

    form: Literal["list", "count", "check", "attribute", "path", "compare", "most", "none"]
    about: list[str]
    without: list[str] = []
    asked: list[str] = []
    through: list[str] = []
    by: list[str] = []
    combine: Literal["all", "any", "each"] = "all"
    least: bool = False
    attributes: list[str] = []
    raises: bool | None = None


def is_constrained(chat: BaseChatModel) -> bool:
    """Whether the model's server decodes under a JSON schema."""
    return chat._llm_type == "openai-compatible"


async def read_by_model(
    question: str, namings: Sequence[Naming], ontology: Ontology, chat: BaseChatModel
) -> Reading | None:
    """The reading that the model gives, None where it gives none that holds; raises ModelError."""
    if not namings:
        return None
    prompt = _PROMPT.format(
        kinds=", ".join(f"{t.id} ({t.label.zh})" for t in ontology.types.values()),
        names="; ".join(f"{n.surface} [{'/'.join(sorted(n.types))}]" for n in namings),
        question=question,
    )
    reply = await chat.ainvoke(
        prompt, temperature=0.0, max_tokens=_MOST_TOKENS, response_format=_format(namings, ontology)
    )
    return reading_of(str(reply.text), namings, ontology)


def reading_of(text: str, namings: Sequence[Naming], ontology: Ontology) -> Reading | None:
    """A model's JSON as a reading: only names of the question, types of the ontology and known attributes hold."""
    try:
        said = _Said.model_validate_json(text)
    except ValidationError:
        return None
    place = {n.surface: number for number, n in enumerate(namings)}
    kinds = {*said.asked, *said.through, *said.by}
    if said.form == "none" or not kinds <= ontology.types.keys() or not {*said.about, *said.without} <= place.keys():
        return None
    if not said.about or not set(said.attributes) <= ATTRIBUTES.keys():
        return None
    polarity = None if said.raises is None else Polarity.POSITIVE if said.raises else Polarity.NEGATIVE
    return Reading(
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


def as_json(reading: Reading, namings: Sequence[Naming]) -> str:
    """A reading in the form in which a model writes it, so that a run can be repeated without the model."""
    raises = None if reading.polarity is None else reading.polarity is Polarity.POSITIVE
    said = _Said(
        form=reading.form.value,
        about=[namings[i].surface for i in reading.about],
        without=[namings[i].surface for i in reading.without],
        asked=sorted(reading.asked),
        through=sorted(reading.through),
        by=sorted(reading.by),
        combine=reading.combine.value,
        least=reading.least,
        attributes=list(reading.attributes),
        raises=raises,
    )
    return said.model_dump_json()


def _format(namings: Sequence[Naming], ontology: Ontology) -> Mapping[str, Any]:
    """The schema with the question's names and the ontology's types as its only words."""
    schema = json.loads(json.dumps(_Said.model_json_schema()))
    choices = {
        "about": [n.surface for n in namings],
        "without": [n.surface for n in namings],
        "asked": sorted(ontology.types),
        "through": sorted(ontology.types),
        "by": sorted(ontology.types),
        "attributes": sorted(ATTRIBUTES),
    }
    for key, allowed in choices.items():
        schema["properties"][key]["items"] = {"type": "string", "enum": allowed}
    schema["required"] = sorted(schema["properties"])
    return {"type": "json_schema", "json_schema": {"name": "plan", "schema": schema, "strict": True}}
