"""Ids and questions that a home holds, for requests made by chance: routes then find what they serve."""

import random
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

_TYPE_OF_ID = {
    "/v1/answers/{run}": "runs",
    "/v1/documents/{id}": "documents",
    "/v1/graph/entities/{id}": "entities",
    "/v1/jobs/{id}": "jobs",
    "/v1/models/{id}": "models",
    "/v1/passages/{id}": "passages",
}
"""What the id of a path names, by the beginning of the path."""

_QUERY = {"from": "entities", "to": "entities", "q": "names", "type": "types", "identifier": "sources"}
_BODY = {"run": "runs", "question": "questions", "query": "questions", "model": "models"}
_LISTS = {"document_ids": "documents", "entity_ids": "entities"}

Known = Mapping[str, Sequence[str]]
"""Values by what they name."""


def known_values(client: httpx.Client) -> dict[str, list[str]]:
    """What a service holds: its documents, passages, entities, runs, questions, jobs and models."""

    def rows(path: str, name: str) -> list[dict[str, Any]]:
        found = client.get(path).raise_for_status().json()[name]
        return [dict(row) for row in found]

    documents = rows("/v1/documents?limit=1000", "documents")
    entities = rows("/v1/graph/entities?q=AQP4&limit=50", "entities")
    runs = rows("/v1/answers?limit=100", "runs")
    passages = client.get(f"/v1/documents/{quote(documents[0]['id'], safe='')}").raise_for_status().json()["passages"]
    return {
        "documents": [row["id"] for row in documents],
        "sources": [row["source_id"] for row in documents],
        "passages": [row["id"] for row in passages],
        "entities": [row["id"] for row in entities],
        "names": [row["name"] for row in entities],
        "types": sorted({row["type"] for row in entities}),
        "runs": [row["run"] for row in runs],
        "questions": [row["question"] for row in runs],
        "jobs": [row["id"] for row in rows("/v1/jobs", "jobs")],
        "models": [row["id"] for row in rows("/v1/models", "data")],
    }


def path_with_known(path: str, given: Mapping[str, Any], known: Known, drawn: random.Random) -> dict[str, Any]:
    """The parameters of a path, in half of the cases with an id that exists; ids are escaped."""
    kind = next((kind for start, kind in _TYPE_OF_ID.items() if path.startswith(start)), None)
    if kind is None or drawn.random() < 0.5:
        return dict(given)
    return {name: quote(drawn.choice(known[kind]), safe="") for name in given}


def query_with_known(given: Mapping[str, Any], known: Known, drawn: random.Random) -> dict[str, Any]:
    """The parameters of a query, each in half of the cases with a value that exists."""
    return {
        name: drawn.choice(known[_QUERY[name]]) if name in _QUERY and drawn.random() < 0.5 else value
        for name, value in given.items()
    }


def body_with_known(given: object, known: Known, drawn: random.Random) -> object:
    """A JSON body; ids and questions in it are, each in half of the cases, ones that exist."""
    if isinstance(given, list):
        return [body_with_known(item, known, drawn) for item in given]
    if not isinstance(given, dict):
        return given
    found: dict[Any, object] = {}
    for name, value in given.items():
        if name in _BODY and isinstance(value, str) and drawn.random() < 0.5:
            found[name] = drawn.choice(known[_BODY[name]])
        elif name in _LISTS and isinstance(value, list) and drawn.random() < 0.5:
            found[name] = [drawn.choice(known[_LISTS[name]])]
        elif name == "content" and isinstance(value, str) and drawn.random() < 0.5:
            found[name] = drawn.choice(known["questions"])
        else:
            found[name] = body_with_known(value, known, drawn)
    return found
