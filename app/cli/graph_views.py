"""Entities and relations as commands show them."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.cli.output import Out

if TYPE_CHECKING:
    from kg.domain import Entity, Subgraph


def brief(entity: "Entity") -> dict[str, Any]:
    """Id, name and type."""
    return {"id": entity.id, "name": entity.name("zh"), "type": entity.type}


def view(entity: "Entity") -> dict[str, Any]:
    """An entity as JSON shows it."""
    return {**brief(entity), **asdict(entity)}


def facts(entities: Any, relations: Any) -> list[dict[str, Any]]:
    """Relations as JSON shows them, with their ends."""
    return [
        {
            **asdict(r),
            "subject": brief(entities[r.subject]),
            "object": brief(entities[r.object]),
            "polarity": r.polarity.value,
        }
        for r in relations
        if r.subject in entities and r.object in entities
    ]


def graph_view(graph: "Subgraph") -> dict[str, Any]:
    """A piece of the graph as JSON shows it."""
    return {
        "entities": [brief(e) for e in graph.entities],
        "relations": facts({e.id: e for e in graph.entities}, graph.relations),
        "truncated": graph.truncated,
    }


def entity_table(out: Out, entities: list[dict[str, Any]]) -> None:
    """Print entities."""
    rows = [{**e, "other names": ", ".join(n["text"] for n in e["names"] if n["text"] != e["name"])} for e in entities]
    out.table(("id", "type", "name", "other names"), rows)


def fact_table(out: Out, facts: list[dict[str, Any]]) -> None:
    """Print relations."""
    rows = [
        {
            **fact,
            "subject": fact["subject"]["name"],
            "object": fact["object"]["name"],
            "polarity": "" if fact["polarity"] == "none" else fact["polarity"],
            "evidence": "; ".join(e["source"] for e in fact["evidence"]),
        }
        for fact in facts
    ]
    if rows:
        out.table(("subject", "predicate", "object", "polarity", "grade", "evidence"), rows)


def sentence(fact: dict[str, Any]) -> str:
    """A relation as a line."""
    return f"{fact['subject']['name']} -{fact['predicate']}-> {fact['object']['name']}"
