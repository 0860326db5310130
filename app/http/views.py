"""What responses say of entities and jobs beyond their own fields."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, cast

from app.ingestion.domain import Job
from kg.documents.file_names import read_back, shown
from kg.domain import Entity, Subgraph


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
    """A job, without paths on the server."""
    view = asdict(job)
    paths = [read_back(p) for p in view.pop("request").get("paths", [])]
    view["files"] = [shown(p.name) for p in paths]
    folders = sorted({f"{folder}/" for p in paths for folder in p.parents[:-1]}, key=len, reverse=True)
    return cast("dict[str, Any]", _without(folders, view))


def _without(folders: Sequence[str], value: Any) -> Any:
    if isinstance(value, str):
        for folder in folders:
            value = value.replace(folder, "")
        return value
    if isinstance(value, dict):
        return {name: _without(folders, each) for name, each in value.items()}
    return [_without(folders, each) for each in value] if isinstance(value, list | tuple) else value
