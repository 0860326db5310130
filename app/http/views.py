"""JSON views of runs, documents, entities and jobs."""

from dataclasses import asdict
from typing import Any

from app.ingestion.domain import Job
from app.state.domain import Run
from kg.documents.file_names import read_back, shown
from kg.domain import Document, Entity, Passage, Relation, Subgraph


def run_view(run: Run) -> dict[str, Any]:
    """A run without its answer."""
    return {
        "run": run.id,
        "question": run.question,
        "status": run.status.value,
        "sufficiency": run.sufficiency,
        "created_at": run.created_at,
        "finished_at": run.finished_at,
    }


def document_view(document: Document) -> dict[str, Any]:
    """A document, without its path on the server."""
    view = asdict(document)
    view["file"] = view.pop("path").rsplit("/", 1)[-1]
    return view


def passage_view(passage: Passage) -> dict[str, Any]:
    """A passage, without its places in the document's blocks."""
    view = asdict(passage)
    del view["spans"]
    return view


def entity_view(entity: Entity) -> dict[str, Any]:
    """An entity with its names in both languages."""
    return {**asdict(entity), "name": {"zh": entity.name("zh"), "en": entity.name("en")}}


def relation_view(relation: Relation) -> dict[str, Any]:
    """A relation."""
    return {**asdict(relation), "polarity": relation.polarity.value}


def subgraph_view(graph: Subgraph) -> dict[str, Any]:
    """A subgraph."""
    return {
        "entities": [entity_view(e) for e in graph.entities],
        "relations": [relation_view(r) for r in graph.relations],
        "truncated": graph.truncated,
    }


def job_view(job: Job) -> dict[str, Any]:
    """A job, without paths on the server."""
    view = asdict(job)
    paths = view.pop("request").get("paths", [])
    view["files"] = [shown(read_back(path).name) for path in paths]
    return view
