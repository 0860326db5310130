"""Errors as RFC 9457 problem documents: the one table of status codes."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from app import errors as app_errors
from app.http.bodies import why_unread
from app.http.parameters import UNREADABLE
from app.state.domain import Role
from kg import errors as kg_errors
from models import errors as model_errors
from retrieval import errors as retrieval_errors

_log = logging.getLogger(__name__)

STATUS: dict[type[Exception], tuple[int, str]] = {
    app_errors.InvalidRequest: (422, "invalid-request"),
    app_errors.UnknownRun: (404, "unknown-run"),
    app_errors.UnknownKey: (404, "unknown-key"),
    app_errors.TooManyRuns: (429, "too-many-runs"),
    app_errors.ServiceFull: (503, "service-full"),
    app_errors.RunUnfinished: (409, "run-unfinished"),
    app_errors.RunUnreadable: (409, "run-unreadable"),
    app_errors.StateBusy: (503, "state-busy"),
    app_errors.StateFull: (507, "disk-full"),
    app_errors.StateConflict: (409, "state-conflict"),
    app_errors.StateUnavailable: (503, "state-unavailable"),
    app_errors.StateNewer: (503, "state-unavailable"),
    app_errors.StateRejected: (503, "state-unavailable"),
    app_errors.StateError: (503, "state-unavailable"),
    app_errors.AppError: (500, "internal"),
    kg_errors.StoreUnavailable: (503, "store-unavailable"),
    kg_errors.StoreLocked: (503, "store-locked"),
    kg_errors.StorageFull: (507, "disk-full"),
    kg_errors.NotFound: (404, "not-found"),
    kg_errors.VersionConflict: (409, "conflict"),
    kg_errors.Purged: (409, "purged"),
    kg_errors.OversizedDocument: (413, "too-large"),
    kg_errors.UnreadableDocument: (422, "unreadable-document"),
    kg_errors.Problems: (422, "invalid"),
    kg_errors.KnowledgeError: (500, "internal"),
    model_errors.ModelUnavailable: (503, "model-unavailable"),
    model_errors.ModelBusy: (503, "model-busy"),
    model_errors.ModelRefused: (422, "model-refused"),
    model_errors.WeightsMissing: (503, "weights-missing"),
    model_errors.WeightsCorrupt: (503, "weights-corrupt"),
    model_errors.ExtraMissing: (501, "extra-missing"),
    model_errors.ModelError: (500, "internal"),
    retrieval_errors.InvalidQuery: (422, "invalid-query"),
    retrieval_errors.IndexMissing: (503, "index-missing"),
    retrieval_errors.IndexMismatch: (503, "index-mismatch"),
    retrieval_errors.IndexCorrupt: (503, "index-corrupt"),
    retrieval_errors.IndexUnavailable: (503, "index-unavailable"),
    retrieval_errors.RetrievalError: (500, "internal"),
}
_OF_RUN = {kind.__name__: told for kind, told in STATUS.items()} | {
    "deadline": (504, "deadline"),
    "interrupted": (503, "interrupted"),
    "cancelled": (503, "cancelled"),
}
"""By the code of the event that a run failed with; a service that ends cancels its runs."""
_INSIDE = (503, 507)
"""Statuses whose cause names addresses and paths, as a model's refusal does; engineers read it, others what to do."""
_RETRY = {
    "store-unavailable": 10,
    "state-unavailable": 10,
    "state-busy": 2,
    "model-unavailable": 10,
    "model-busy": 5,
    "too-many-runs": 5,
    "service-full": 10,
    "interrupted": 5,
    "cancelled": 5,
}
_UNREADABLE = "unreadable_text"
_OPENAI_STATUS = {"model_not_found": 404, _UNREADABLE: 422}
"""By the code of an invalid request; OpenAI's servers answer any other with 400."""


class Denied(Exception):
    """The caller has no permission for this request."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class TooMuch(Exception):
    """More than is served at once, or in a minute; ``wait_s`` is when to try again."""

    def __init__(self, status: int, detail: str, wait_s: int) -> None:
        super().__init__(detail)
        self.status = status
        self.wait_s = wait_s


def problem_of(error: Exception) -> dict[str, Any]:
    """The problem document of an error."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            status, name = STATUS[kind]
            if status == 500:
                break
            document = _document(status, name, str(error), getattr(error, "code", None))
            if field := getattr(error, "field", None):
                document["errors"] = [{"field": field, "message": str(error)}]
            return document
    return _document(500, "internal", "an unexpected error; see the log of the service")


async def told_as_problem(request: Request, error: Exception) -> JSONResponse:
    """The problem document of any error; what is inside the service only engineers and the log are told."""
    document = problem_of(error)
    caller = getattr(request.state, "caller", None)
    if (
        (document["status"] in _INSIDE or isinstance(error, model_errors.ModelRefused))
        and not isinstance(error, app_errors.ServiceFull)
        and not (caller and caller.role.includes(Role.ENGINEER))
    ):
        _log.warning("%s %s failed: %s", request.method, request.url.path, error)
        document["detail"] = f"{document['title']}; {app_errors.WHAT_TO_DO}"
    if document["status"] == 500:
        _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return response_of(document, request.url.path)


def add_problems(api: FastAPI) -> None:
    """Answer every error that is foreseen with a problem document."""

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        problems = error.errors() if isinstance(error, RequestValidationError) else []
        problems = [_told(e) for e in problems]
        if any(e["loc"][0] == "body" for e in problems) and (why := why_unread(request)):
            problems = [{"type": "unread", "loc": ("body",), "msg": why}]
        detail = "; ".join(f"{'.'.join(str(p) for p in e['loc'][1:]) or 'body'}: {e['msg']}" for e in problems)
        fields = [{"field": ".".join(str(p) for p in e["loc"]), "message": e["msg"]} for e in problems]
        code = _UNREADABLE if any(e["type"] in UNREADABLE for e in problems) else None
        return response_of({**_document(422, "invalid-request", detail, code), "errors": fields}, request.url.path)

    async def plain(request: Request, error: Exception) -> JSONResponse:
        status = error.status_code if isinstance(error, HTTPException) else 500
        detail = str(error.detail) if isinstance(error, HTTPException) else "internal"
        if status == 400 and (why := why_unread(request)):
            detail = why
        elif isinstance(error.__cause__, UnicodeDecodeError):
            detail = f"the body is not text in UTF-8 ({error.__cause__.reason}); send it in UTF-8 and not packed"
        elif isinstance(error.__cause__, RecursionError | ValueError):
            detail = "the body is JSON with too many lists in each other or a number too long to read; leave it out"
        headers = dict((error.headers if isinstance(error, HTTPException) else None) or {})
        document = _document(status, "http-error", detail)
        if status == 405:
            headers["Allow"] = ", ".join(_methods(request))
            document["detail"] = f"{request.method} is not for this path, which takes {headers['Allow']}"
        elif status == 404 and detail == "Not Found":
            document["detail"] = f"no route {request.method} {request.url.path[:200]}; GET /docs lists the routes"
            # a client of OpenAI that looks for another of its routes reads this member only
            document["error"] = _openai_error(document, status)
        return response_of(document, request.url.path, headers)

    async def denied(request: Request, error: Exception) -> JSONResponse:
        status = error.status if isinstance(error, Denied) else 403
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
        name = "unauthorised" if status == 401 else "forbidden"
        return response_of(_document(status, name, str(error)), request.url.path, headers)

    async def too_much(request: Request, error: Exception) -> JSONResponse:
        status, wait_s = (error.status, error.wait_s) if isinstance(error, TooMuch) else (503, 1)
        return too_much_response(status, str(error), wait_s, request.url.path)

    for kind in STATUS:
        api.add_exception_handler(kind, told_as_problem)
    api.add_exception_handler(Denied, denied)
    api.add_exception_handler(TooMuch, too_much)
    api.add_exception_handler(RequestValidationError, invalid)
    api.add_exception_handler(HTTPException, plain)


def _methods(request: Request) -> list[str]:
    """The methods of the routes of a path; HEAD goes with GET."""
    routes: list[Route] = request.app.state.routes
    at = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    known = {method for route in at for method in route.methods or ()}
    return sorted(known | {"HEAD"} if "GET" in known else known)


def _told(problem: dict[str, Any]) -> dict[str, Any]:
    """A problem of a field in our words; a mistake of JSON is one of the body, with its place."""
    if problem["type"] == "json_invalid":
        place, why = problem["loc"][-1], problem["ctx"]["error"]
        return {**problem, "loc": ("body",), "msg": f"not JSON at character {place}: {why}"}
    return {**problem, "msg": UNREADABLE.get(problem["type"], problem["msg"])}


def too_much_response(status: int, detail: str, wait_s: int, path: str) -> JSONResponse:
    """The answer to more requests than are served."""
    return problem_response(status, "too-much", detail, path, {"Retry-After": str(wait_s)})


def problem_response(
    status: int, name: str, detail: str, path: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    """The answer to a request that is refused before it has a route."""
    return response_of(_document(status, name, detail), path, headers)


def failed_run(code: str, message: str, path: str) -> JSONResponse:
    """The answer to a request whose run failed, by the code and the message of its last event."""
    status, name = _OF_RUN.get(code, (500, "internal"))
    return response_of(_document(status, name, message), path)


def _document(status: int, name: str, detail: str, code: str | None = None) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": f"urn:jianxi:problem:{name}",
        "title": name.replace("-", " "),
        "status": status,
        "detail": detail,
    }
    if code:
        document["code"] = code
    return document


def is_openai(path: str) -> bool:
    """Whether a path speaks OpenAI's protocol."""
    return path.startswith(("/v1/chat/", "/v1/models"))


def response_of(document: dict[str, Any], path: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """The response with a problem; on paths of OpenAI's protocol an error object of its form."""
    given = dict(headers or {})
    wait = _RETRY.get(str(document["type"]).rsplit(":", 1)[1])
    if wait:
        given["Retry-After"] = str(wait)
    if is_openai(path):
        status = _OPENAI_STATUS.get(document.get("code", ""), 400) if document["status"] == 422 else document["status"]
        return JSONResponse({"error": _openai_error(document, status)}, status, headers=given)
    return JSONResponse(document, document["status"], headers=given, media_type="application/problem+json")


def _openai_error(document: dict[str, Any], status: int) -> dict[str, Any]:
    fields = [error["field"].removeprefix("body.") for error in document.get("errors", ())]
    kind = "invalid_request_error" if status < 500 else "server_error"
    code = document.get("code") or str(document["type"]).rsplit(":", 1)[1].replace("-", "_")
    return {"message": document["detail"], "type": kind, "code": code, "param": fields[0] if fields else None}
