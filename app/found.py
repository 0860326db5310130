"""Search results as JSON, for the command and the service."""

from typing import Any

from retrieval.domain import EvidencePack


def found_view(pack: EvidencePack) -> dict[str, Any]:
    """A JSON object of it."""

    def end(entity: Any) -> dict[str, Any]:
        return {"id": entity.id, "name": entity.name(pack.language), "type": entity.type}

    return {
        "query": pack.query.text,
        "mode": pack.query.mode.value,
        "language": pack.language,
        "results": [
            {
                "document_id": p.document.id,
                "source_id": p.document.source_id,
                "passage_id": p.passage.id,
                "score": round(p.score, 6),
                "text": p.passage.text,
                "page": p.passage.page,
                "title": p.document.title,
                "year": p.document.year,
                "heading_path": list(p.passage.heading_path),
            }
            for p in pack.passages
        ],
        "facts": [
            {
                "id": f.relation.id,
                "subject": end(f.subject),
                "predicate": f.relation.predicate,
                "object": end(f.object),
                "polarity": f.relation.polarity.value,
                "grade": f.relation.grade,
                "evidence": [
                    {"source": e.source, "passage_id": e.passage_id, "quote": e.quote} for e in f.relation.evidence
                ],
                "score": round(f.score, 6),
            }
            for f in pack.facts
        ],
        "entities": [{**end(e.entity), "start": e.start, "end": e.end, "surface": e.surface} for e in pack.entities],
        "revision": int(pack.revision),
        "snapshot": pack.snapshot,
        "stages_ms": {k: round(v, 2) for k, v in pack.stages_ms.items()},
    }
