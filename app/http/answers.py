"""Routes of answers: ask, stream, poll, cancel, replay, feedback."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BeforeValidator, Field
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from app.answering.runs.gone import gone_evidence
from app.answering.runs.replay import Replay
from app.answering.runs.service import refreshed
from app.errors import InvalidRequest
from app.http import responses as out
from app.http.access import Asking, GuardedRoute, Served
from app.http.parameters import MOST, Id, Number
from app.http.reachability import reachable
from app.http.schemas import AnswerIn, FeedbackIn
from app.state.domain import Event, FeedbackEntry, Role, Run, RunStatus

router = APIRouter(route_class=GuardedRoute, prefix="/v1", tags=["answers"])
_HEARTBEAT_S = 15


EventNumber = Annotated[Annotated[int, Field(ge=0, le=MOST)] | None, BeforeValidator(lambda told: told or None)]
"""The number of the last event that came; an empty one is none."""


Time = Annotated[datetime, BeforeValidator(lambda told: told.replace(" ", "+") if "T" in told else told)]
"""A time; the ``+`` of its zone may stand in a URL as it is."""


async def own_run(run: Id, app: Served, caller: Asking) -> Run:
    """A run of the caller; raises UnknownRun."""
    runs = (await app.state()).runs
    return await refreshed(runs, await runs.get(run, owner=caller.owner))


async def readable_run(run: Id, app: Served, caller: Asking) -> Run:
    """A run of the caller or, for an expert, one that feedback is on; raises UnknownRun."""
    state = await app.state()
    shown = caller.role.includes(Role.EXPERT) and await state.feedback.is_on(run)
    return await refreshed(state.runs, await state.runs.get(run, owner=None if shown else caller.owner))


OwnRun = Annotated[Run, Depends(own_run)]
ReadableRun = Annotated[Run, Depends(readable_run)]


@router.post("/answers", response_model=out.Started, status_code=202)
async def ask(app: Served, body: AnswerIn, caller: Asking) -> Response:
    """Ask a question; returns a stream of numbered events or, with ``stream`` false, a run to poll."""
    answering = await app.answering()
    body.filters.check(app.domain.ontology)
    asked = body.to_domain(caller.owner)
    answering.check(asked)
    await reachable(app)
    run = await answering.start(asked)
    where = {"Location": f"/v1/answers/{run}", "X-Run-Id": run}
    if not body.stream:
        return JSONResponse({"run": run, "events": f"/v1/answers/{run}/events"}, 202, headers=where)
    return stream_of(answering.events(run), where)


@router.get("/answers", response_model=out.Runs)
async def recent(
    app: Served,
    caller: Asking,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    before: Time | None = None,
) -> dict[str, Any]:
    """The caller's runs, newest first."""
    state = await app.state()
    kept = await state.runs.recent(owner=caller.owner, limit=limit, before=_as_kept(before))
    runs = [await refreshed(state.runs, run) for run in kept]
    return {"runs": runs, "next": runs[-1].created_at if len(runs) == limit else None}


@router.get("/answers/{run}", response_model=out.RunWhole)
async def read(app: Served, run: ReadableRun) -> Run:
    """One run; when it is finished, with its answer and its provenance, without words of deleted documents."""
    return (await gone_evidence(app.store, run)).run(run)


@router.get("/answers/{run}/events", response_model=out.Events)
async def events(
    request: Request,
    app: Served,
    run: ReadableRun,
    after: Number = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
    last_event_id: Annotated[EventNumber, Header()] = None,
    last_event_id_of_url: Annotated[EventNumber, Query(alias="lastEventId")] = None,
) -> Response:
    """Events after a number: a stream if ``Accept`` is ``text/event-stream``, otherwise a page of JSON.

    A stream without further events is 204, after which an ``EventSource`` does not connect again. Substitutes of it
    that cannot set a header send ``lastEventId``.
    """
    start = max(after, last_event_id or 0, last_event_id_of_url or 0)
    told = await (await app.state()).runs.events(run.id)
    later = [e for e in (await gone_evidence(app.store, run, told)).events(told) if e.number > start]
    page = later[:limit]
    if "text/event-stream" in request.headers.get("accept", "").lower():
        if run.status.final and not page:
            return Response(status_code=204, headers={"X-Run-Id": run.id})
        if run.status.final:
            return stream_of(_each(later), {"X-Run-Id": run.id})
        answering = await app.answering()
        return stream_of(answering.events(run.id, after=start), {"X-Run-Id": run.id})
    finished = run.status is not RunStatus.RUNNING and len(page) < limit
    next_ = page[-1].number if page else start
    return JSONResponse({"run": run.id, "events": [asdict(e) for e in page], "next": next_, "done": finished})


@router.post("/answers/{run}/cancel", response_model=out.RunRow)
async def cancel(app: Served, run: OwnRun, caller: Asking) -> Run:
    """Stop a run; the events so far stay readable."""
    await (await app.answering()).cancel(run.id)
    return await own_run(run.id, app, caller)


@router.post("/answers/{run}/replay", response_model=out.Replayed)
async def replay(app: Served, run: ReadableRun) -> Replay:
    """Build the evidence and the prompt again and report whether they are the same."""
    found, gone = await (await app.answering()).replay(run.id), await gone_evidence(app.store, run)
    return replace(found, then=gone.run(run).manifest or {})


@router.post("/feedback", status_code=201)
async def add_feedback(app: Served, body: FeedbackIn, caller: Asking) -> FeedbackEntry:
    """Store a reader's feedback on an answer."""
    state = await app.state()
    answer = (await state.runs.get(body.run, owner=caller.owner)).answer or {}
    told = answer.get("sentences")
    if body.sentence is not None and isinstance(told, Sequence) and body.sentence >= len(told):
        why = f"sentence: the answer has {len(told)}, counted from 0"
        raise InvalidRequest("no_sentence", why, field="body.sentence")
    return await state.feedback.add(
        body.run, body.kind, sentence=body.sentence, comment=body.comment, owner=caller.owner
    )


@router.get("/feedback", response_model=out.FeedbackPage)
async def list_feedback(
    app: Served,
    caller: Asking,
    after: Number = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """Feedback, oldest first."""
    state = await app.state()
    page = await state.feedback.recent(after=after, limit=limit)
    return {"feedback": page, "next": page[-1].id if len(page) == limit else None}


async def _each(events: Sequence[Event]) -> AsyncIterator[Event]:
    for event in events:
        yield event


def _as_kept(time: datetime | None) -> str | None:
    """A time as runs keep theirs, in UTC; one without a zone is in UTC."""
    if time is None:
        return None
    whole = time if time.tzinfo else time.replace(tzinfo=UTC)
    try:
        return whole.astimezone(UTC).isoformat(timespec="milliseconds")
    except OverflowError:
        why = "before: the calendar does not go so far"
        raise InvalidRequest("no_time", why, field="query.before") from None


def stream_of(source: AsyncIterator[Event], headers: Mapping[str, str]) -> EventSourceResponse:
    """Server-sent events, with a comment as heartbeat while no event arrives."""

    async def wire() -> AsyncIterator[ServerSentEvent]:
        async for event in source:
            yield ServerSentEvent(
                data=json.dumps(event.data, ensure_ascii=False), event=event.name, id=str(event.number)
            )

    return EventSourceResponse(
        wire(), ping=_HEARTBEAT_S, headers={**headers, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
