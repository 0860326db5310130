"""Routes that read the library and the graph: search, passages, entities, revisions."""

from dataclasses import asdict, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from app.errors import InvalidRequest
from app.found import found_view
from app.http import responses as out
from app.http.access import GuardedRoute, Served, caller_of
from app.http.parameters import Id, Number, Text
from app.http.schemas import SearchIn
from app.http.views import entity_view, subgraph_view
from kg.documents.places import Place, sentence_places
from kg.domain import Entity, EntityId, GraphStats, PassageId, Relation, Revision
from kg.errors import NotFound
from kg.ledger.changes import HistoryEntry
from kg.ledger.history import without_quotes
from retrieval.domain import Query as RetrievalQuery

router = APIRouter(route_class=GuardedRoute, prefix="/v1", tags=["knowledge"], dependencies=[Depends(caller_of)])
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.post("/search", response_model=out.SearchResult)
async def search(app: Served, body: SearchIn) -> dict[str, Any]:
    """Passages and facts for a query."""
    body.filters.check(app.domain.ontology)
    query = RetrievalQuery(body.query, body.mode, body.k, body.filters.to_domain())
    return found_view(await app.pausing_retriever.retrieve(query))


@router.get("/passages/{id}", response_model=out.PassageWhole)
async def passage(app: Served, id: Id) -> dict[str, Any]:
    """A passage with its document, its boxes on the page, and page and boxes of each of its sentences."""
    found = await app.store.passages([PassageId(id)])
    if not found:
        raise NotFound("passage", id)
    (document,) = await app.store.documents([found[0].document_id])
    ((blocks, passages),) = await app.store.content([document.id])
    boxes = [
        Place(blocks[span.block].page, blocks[span.block].box) for span in found[0].spans if span.block < len(blocks)
    ]
    around = {p.ordinal: p.id for p in passages}
    return {
        **asdict(found[0]),
        "document": document,
        "boxes": boxes,
        "sentences": sentence_places(found[0], blocks),
        "previous": around.get(found[0].ordinal - 1),
        "next": around.get(found[0].ordinal + 1),
    }


@router.get("/graph/entities", response_model=out.Entities)
async def find_entities(
    app: Served,
    q: Annotated[Text, Query(min_length=1, max_length=200)],
    type: Annotated[Text | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> dict[str, Any]:
    """Entities found by id, by name or by a part of a name."""
    if type is not None and type not in app.domain.ontology.types:
        known = ", ".join(app.domain.ontology.types)
        raise InvalidRequest("unknown_type", f"type: no type {type!r}; known are {known}", field="query.type")
    found = await app.store.find(q, type_=type, limit=limit)
    return {"entities": [entity_view(e) for e in found]}


@router.get("/graph/entities/{id:path}/relations", response_model=out.Relations)
async def relations(
    app: Served,
    id: Id,
    predicate: Annotated[list[Text] | None, Query(max_length=20)] = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """The relations of an entity, with the entities that they connect."""
    for name in predicate or ():
        if name not in app.domain.ontology.predicates:
            known = ", ".join(app.domain.ontology.predicates)
            why = f"predicate: no predicate {name!r}; known are {known}"
            raise InvalidRequest("unknown_predicate", why, field="query.predicate")
    at = await _entity(app, id)
    found = await app.store.relations([at.id], predicates=predicate or (), limit=limit)
    ends = dict.fromkeys(e for r in found for e in (r.subject, r.object))
    entities = await app.store.entities(list(ends))
    return {"relations": found, "entities": [entity_view(e) for e in entities]}


@router.get("/graph/entities/{id:path}/neighbourhood", response_model=out.Neighbourhood)
async def neighbourhood(
    app: Served,
    id: Id,
    hops: Annotated[int, Query(ge=1, le=2)] = 1,
    limit: Limit = 200,
) -> dict[str, Any]:
    """The entities and relations around an entity."""
    return subgraph_view(await app.store.neighbourhood(EntityId(id), hops=hops, limit=limit))


@router.get("/graph/entities/{id:path}/history", response_model=out.History)
async def history(app: Served, id: Id) -> dict[str, Any]:
    """Earlier states of an entity or a relation; without quotes of documents that are not in the library any more."""
    told = await app.store.history(id)
    cited = {e.passage_id for h in told for r in _relations_in(h) for e in r.evidence if e.passage_id is not None}
    gone = cited - {passage.id for passage in await app.store.passages(sorted(cited))}
    return {"history": [asdict(replace(h, before=_shown(h.before, gone), after=_shown(h.after, gone))) for h in told]}


@router.get("/graph/entities/{id:path}", response_model=out.EntityRow)
async def entity(app: Served, id: Id) -> dict[str, Any]:
    """One entity; ids may hold ``/``, written plain or as ``%2F``."""
    return entity_view(await _entity(app, id))


@router.get("/graph/paths", response_model=out.Paths)
async def paths(
    app: Served,
    a: Annotated[Text, Query(alias="from", max_length=1000)],
    b: Annotated[Text, Query(alias="to", max_length=1000)],
    max_hops: Annotated[int, Query(ge=1, le=6)] = 4,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> dict[str, Any]:
    """Shortest paths between two entities."""
    found = await app.store.paths(EntityId(a), EntityId(b), max_hops=max_hops, limit=limit)
    return {"paths": [subgraph_view(p) for p in found]}


@router.get("/graph/stats")
async def stats(app: Served) -> GraphStats:
    """Counts by type and predicate."""
    return await app.store.stats()


@router.get("/revisions", response_model=out.Revisions)
async def revisions(app: Served, after: Number = 0, limit: Limit = 100) -> dict[str, Any]:
    """Revisions in order, each with its author, time and reason."""
    found = await app.store.revisions(after=Revision(after), limit=limit)
    return {"revisions": found, "next": found[-1].revision if len(found) == limit else None}


def _relations_in(entry: HistoryEntry) -> list[Relation]:
    return [thing for thing in (entry.before, entry.after) if isinstance(thing, Relation)]


def _shown(thing: Entity | Relation | None, gone: set[PassageId]) -> Entity | Relation | None:
    return without_quotes(thing, gone) if isinstance(thing, Relation) else thing


async def _entity(app: Served, id_: str) -> Entity:
    found = await app.store.entities([EntityId(id_)])
    if not found:
        raise NotFound("entity", id_)
    return found[0]
