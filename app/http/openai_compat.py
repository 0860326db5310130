"""Routes that speak OpenAI's protocol, with citations as an extra field."""

import asyncio
import json
import logging
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from app.answering.domain import AnswerRequest, Parameters
from app.answering.messages import messages_in
from app.answering.prepare import ANSWER_TOKENS
from app.bootstrap import App
from app.errors import WHAT_TO_DO, InvalidRequest, StateError
from app.http import responses as out
from app.http.access import Asking, Caller, GuardedRoute, Served, caller_of
from app.http.chat_page import ChatPage
from app.http.conversation_forms import filled_form
from app.http.openai_requests import ChatIn
from app.http.parameters import Id
from app.http.problems import failed_run
from app.http.reachability import reachable
from app.state.domain import Event
from kg.documents.language import language_of_question

router = APIRouter(route_class=GuardedRoute, prefix="/v1", tags=["openai"])
_log = logging.getLogger(__name__)

_BASE = "jianxi"
_COMPLETIONS = "/v1/chat/completions"


@router.get("/models", response_model=out.Models, dependencies=[Depends(caller_of)])
async def models(app: Served) -> dict[str, Any]:
    """The base model and the adapters that requests may name."""
    return {"object": "list", "data": [_model(name) for name in _names(app)]}


@router.get("/models/{id:path}", response_model=out.Model, dependencies=[Depends(caller_of)])
async def model(app: Served, id: Id) -> dict[str, Any]:
    """One model."""
    return _model(_known(app, id))


@router.post("/chat/completions", response_model=out.Completion)
async def complete(request: Request, app: Served, body: ChatIn, caller: Asking) -> Response:
    """Answer the last user message from the knowledge base; a client that leaves stops the run."""
    asked = _request_of(app, body, caller)

    async def stop(_: object = None) -> None:
        if not body.quotes_conversation:
            # a heartbeat that is due ends the response, and with it what waits here
            await asyncio.shield((await app.answering()).cancel(run))

    if body.quotes_conversation:
        run, events = f"task_{uuid.uuid4().hex}", _of_conversation(asked.question)
    else:
        answering = await app.answering()
        answering.check(asked)
        await reachable(app)
        run = await answering.start(asked)
        events = answering.events(run)
    head = {"id": f"chatcmpl-{run}", "created": int(time.time()), "model": body.model}
    page = ChatPage(most_tokens=body.most_tokens)
    if body.stream:
        usage = body.stream_options is not None and bool(body.stream_options.include_usage)
        chunks = _chunks(events, head, page, usage)
        return EventSourceResponse(chunks, ping=15, sep="\n", client_close_handler_callable=stop)
    async with _stopped_by_leaving(request, stop):
        async for event in events:
            page.hear(event)
    if page.failure is not None:
        return _failed(page.failure)
    message = {"role": "assistant", "content": page.text, "citations": page.citations, "run": run}
    choice = {"index": 0, "message": message, "finish_reason": page.finish_reason, "logprobs": None}
    return JSONResponse({**head, "object": "chat.completion", "choices": [choice], "usage": _usage(page.usage)})


@asynccontextmanager
async def _stopped_by_leaving(request: Request, stop: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Stop what a client waits for if it leaves before the block ends."""

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        await stop()

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        (failed,) = await asyncio.gather(watching, return_exceptions=True)
        if isinstance(failed, Exception):
            _log.warning("a completion whose client left goes on: %s", failed)


def _names(app: App) -> tuple[str, ...]:
    return (_BASE, *app.settings.adapters)


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": _BASE}


def _known(app: App, name: str) -> str:
    if name not in _names(app):
        raise InvalidRequest("model_not_found", f"no model {name!r}; GET /v1/models lists them")
    return name


def _request_of(app: App, body: ChatIn, caller: Caller) -> AnswerRequest:
    _known(app, body.model)
    body.check()
    return AnswerRequest(
        question=body.question,
        history=body.history,
        adapter=None if body.model == _BASE else body.model,
        parameters=Parameters(
            temperature=body.temperature,
            top_p=body.top_p,
            repetition_penalty=body.repetition_penalty,
            max_tokens=_model_tokens(body.most_tokens),
            seed=None if body.seed is None else body.seed % 2**32,
        ),
        owner=caller.owner,
    )


def _model_tokens(most: int | None) -> int | None:
    """What a model may write: never less than usual, for what ends within a sentence cannot be verified."""
    return most if most is not None and most > ANSWER_TOKENS else None


async def _of_conversation(task: str) -> AsyncIterator[Event]:
    """What is said to a task over the conversation that a client quotes: no paper is searched for it."""
    language = language_of_question(task.partition("<")[0])
    said = filled_form(task) or messages_in(language).replies["conversation_task"]
    yield Event(1, "done", {"answer": said, "language": language})


async def _chunks(
    events: AsyncIterator[Event], head: dict[str, Any], page: ChatPage, usage: bool
) -> AsyncIterator[ServerSentEvent]:
    def chunk(delta: dict[str, Any], finish: str | None = None, **extra: Any) -> ServerSentEvent:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        body = {**head, "object": "chat.completion.chunk", "choices": [choice], **extra}
        return ServerSentEvent(data=json.dumps(body, ensure_ascii=False))

    yield chunk({"role": "assistant", "content": ""})
    try:
        async for event in events:
            if text := page.hear(event):
                yield chunk({"content": text})
            if page.failure is not None:
                yield _failed_event(page.failure)
                return
    except StateError as error:
        lost = {"code": type(error).__name__, "message": f"the answer could not be kept; {WHAT_TO_DO}"}
        yield _failed_event(lost)
        return
    yield chunk({}, page.finish_reason, citations=page.citations)
    if usage:
        body = {**head, "object": "chat.completion.chunk", "choices": [], "usage": _usage(page.usage)}
        yield ServerSentEvent(data=json.dumps(body))
    yield ServerSentEvent(data="[DONE]")


def _failed_event(data: Mapping[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(data=bytes(_failed(data).body).decode())


def _failed(data: Mapping[str, Any]) -> Response:
    return failed_run(str(data.get("code")), str(data.get("message", "")), _COMPLETIONS)


def _usage(data: Mapping[str, Any]) -> dict[str, int]:
    prompt, completion = int(data.get("prompt_tokens", 0)), int(data.get("completion_tokens", 0))
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
