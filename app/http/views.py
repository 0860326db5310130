"""What responses say of entities and jobs beyond their own fields."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, cast

from app.ingestion.domain import Job
from kg.documents.file_names import read_back, shown
from kg.domain import Entity, Subgraph

_NAMED = 100
"""Files of a job whose names are told."""


def entity_view(entity: Entity) -> dict[str, Any]:
    """An entity with its names in both languages."""
    return {**asdict(entity), "name": {"zh": entity.name("zh"), "en": entity.name("en")}}


def subgraph_view(graph: Subgraph) -> dict[str, Any]:
    """A subgraph."""
    return {
        "entities": [entity_view(e) for e in graph.entities],
        "relations": graph.relations,
        "truncated": graph.truncated,
    }


def job_view(job: Job) -> dict[str, Any]:
    """A job, without paths on the server; of its files the first hundred are named, ``progress`` counts all.

    A job of thousands is looked at every second while the service answers others.
    """
    paths: list[str] = job.request.get("paths", [])
    view = asdict(replace(job, request={}))
    del view["request"]
    view["files"] = [shown(read_back(path).name) for path in paths[:_NAMED]]
    parents = {path.rpartition("/")[0] for path in paths}
    inside = {f"{folder}/" for path in parents for folder in read_back(f"{path}/_").parents[:-1]}
    return cast("dict[str, Any]", _without(sorted(inside, key=len, reverse=True), view))


def _without(folders: Sequence[str], value: Any) -> Any:
    if isinstance(value, str):
        for folder in folders:
            value = value.replace(folder, "")
        return value
    if isinstance(value, dict):
        return {name: _without(folders, each) for name, each in value.items()}
    return [_without(folders, each) for each in value] if isinstance(value, list | tuple) else value
