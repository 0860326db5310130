"""Routes of answers: ask, stream, poll, cancel, replay, feedback."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from app.bootstrap import App
from app.http.access import Caller, caller_of
from app.http.dependencies import reachable
from app.http.schemas import AnswerIn, FeedbackIn
from app.http.views import run_view
from app.state.domain import Event, FeedbackKind, RunStatus

router = APIRouter(prefix="/v1", tags=["answers"])
Asking = Annotated[Caller, Depends(caller_of)]
_HEARTBEAT_S = 15


@router.post("/answers", response_model=None, responses={200: {"content": {"text/event-stream": {}}}, 202: {}})
async def ask(request: Request, body: AnswerIn, caller: Asking) -> Response:
    """Ask a question; returns a stream of numbered events or, with ``stream`` false, a run to poll."""
    app: App = request.app.state.app
    answering = await app.answering()
    asked = body.to_domain(caller.owner)
    answering.check(asked)
    await reachable(app)
    run = await answering.start(asked)
    where = {"Location": f"/v1/answers/{run}", "X-Run-Id": run}
    if not body.stream:
        return JSONResponse({"run": run, "events": f"/v1/answers/{run}/events"}, 202, headers=where)
    return stream_of(answering.events(run), where)


@router.get("/answers")
async def recent(
    request: Request,
    caller: Asking,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    before: Annotated[str | None, Query(max_length=100)] = None,
) -> dict[str, Any]:
    """The caller's runs, newest first."""
    app: App = request.app.state.app
    state = await app.state()
    runs = await state.runs.recent(owner=caller.owner, limit=limit, before=before)
    return {"runs": [run_view(r) for r in runs], "next": runs[-1].created_at if len(runs) == limit else None}


@router.get("/answers/{run}")
async def read(request: Request, run: str, caller: Asking) -> dict[str, Any]:
    """One run; with its answer and its provenance (``manifest``) when it is finished."""
    app: App = request.app.state.app
    state = await app.state()
    found = await state.runs.get(run, owner=caller.owner)
    return {**run_view(found), "answer": found.answer, "manifest": found.manifest}


@router.get("/answers/{run}/events", response_model=None)
async def events(
    request: Request,
    run: str,
    caller: Asking,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
    last_event_id: Annotated[int | None, Header(ge=0)] = None,
) -> Response:
    """Events after a number: a stream if ``Accept`` is ``text/event-stream``, otherwise a page of JSON."""
    app: App = request.app.state.app
    state = await app.state()
    found = await state.runs.get(run, owner=caller.owner)
    start = max(after, last_event_id or 0)
    if "text/event-stream" in request.headers.get("accept", ""):
        answering = await app.answering()
        return stream_of(answering.events(run, after=start), {"X-Run-Id": run})
    page = await state.runs.events(run, after=start, limit=limit)
    finished = found.status is not RunStatus.RUNNING and len(page) < limit
    return JSONResponse(
        {"run": run, "events": [asdict(e) for e in page], "next": page[-1].number if page else start, "done": finished}
    )


@router.post("/answers/{run}/cancel")
async def cancel(request: Request, run: str, caller: Asking) -> dict[str, Any]:
    """Stop a run; the events so far stay readable."""
    app: App = request.app.state.app
    state = await app.state()
    await state.runs.get(run, owner=caller.owner)
    answering = await app.answering()
    await answering.cancel(run)
    return run_view(await state.runs.get(run, owner=caller.owner))


@router.post("/answers/{run}/replay")
async def replay(request: Request, run: str, caller: Asking) -> Mapping[str, Any]:
    """Build the evidence and the prompt again and report whether they are the same."""
    app: App = request.app.state.app
    state = await app.state()
    await state.runs.get(run, owner=caller.owner)
    answering = await app.answering()
    return asdict(await answering.replay(run))


@router.post("/feedback", status_code=201)
async def add_feedback(request: Request, body: FeedbackIn, caller: Asking) -> dict[str, Any]:
    """Store a reader's feedback on an answer."""
    app: App = request.app.state.app
    state = await app.state()
    await state.runs.get(body.run, owner=caller.owner)
    entry = await state.feedback.add(
        body.run, FeedbackKind(body.kind), sentence=body.sentence, comment=body.comment, owner=caller.owner
    )
    return asdict(entry)


@router.get("/feedback")
async def list_feedback(
    request: Request,
    caller: Asking,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """Feedback, oldest first."""
    app: App = request.app.state.app
    state = await app.state()
    page = await state.feedback.recent(after=after, limit=limit)
    return {"feedback": [asdict(e) for e in page], "next": page[-1].id if len(page) == limit else None}


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
