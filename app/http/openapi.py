"""The OpenAPI description: the streams, the errors of every route and the key."""

from typing import Any, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from app.http import responses as out
from app.http.access import OPEN, ROLES
from app.http.problems import is_openai

_JSON, _STREAM, _PROBLEM = "application/json", "text/event-stream", "application/problem+json"
_REF = "#/components/schemas/{model}"

_COMPLETIONS = ("POST", "/v1/chat/completions")
STREAMS = {("POST", "/v1/answers"), ("GET", "/v1/answers/{run}/events"), _COMPLETIONS}
_NAMES_THINGS = {("POST", "/v1/feedback"), _COMPLETIONS, ("GET", "/v1/graph/paths")}
"""Routes that name things otherwise than in their path."""

_TOLD = {
    400: "The request cannot be read or kept.",
    401: "A key is missing or unknown.",
    403: "The key's role does not allow this, or the caller is a page of another site.",
    404: "Nothing has this id.",
    405: "This path does not know this method.",
    409: "The state does not allow this.",
    408: "Nothing more of the body came for 30 s.",
    413: "The body is over the limit.",
    422: "The request is invalid.",
    429: "Too many requests; see Retry-After.",
    501: "An extra that a setting needs is not installed.",
    503: "The store, the state or the model cannot be reached; see Retry-After.",
    504: "The answer was not complete in the time that one may take.",
    507: "The disk is full.",
}


def describe(api: FastAPI) -> None:
    """Let ``/openapi.json`` tell every response that a client may get."""

    def whole() -> dict[str, Any]:
        if api.openapi_schema is None:
            api.openapi_schema = _described(api)
        return api.openapi_schema

    api.openapi = whole  # type: ignore[method-assign]


def _described(api: FastAPI) -> dict[str, Any]:
    told = get_openapi(title=api.title, version=api.version, summary=api.summary, routes=api.routes)
    problems: list[tuple[str, Literal["serialization"], TypeAdapter[Any]]] = [
        (model.__name__, "serialization", TypeAdapter(model)) for model in (out.Problem, out.OpenAIProblem)
    ]
    _, schemas = TypeAdapter.json_schemas(problems, ref_template=_REF)
    parts = told["components"]
    parts["schemas"] = dict(sorted({**parts["schemas"], **schemas["$defs"]}.items()))
    for unused in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(unused, None)
    parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "description": "Not needed without keys."}}
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            _complete(method.upper(), path, operation)
    return told


def _complete(method: str, path: str, operation: dict[str, Any]) -> None:
    """Give an operation its responses and whether it needs a key."""
    key = (method, path)
    kept = {code: told for code, told in operation["responses"].items() if code != "422"}
    if key in STREAMS:
        kept.setdefault("200", {"description": "The stream.", "content": {}})["content"][_STREAM] = {}
    if key == ("GET", "/v1/answers/{run}/events"):
        kept["204"] = {"description": "The stream has no further events."}
    if path == "/metrics":
        kept["200"] = {"description": "The metrics.", "content": {"text/plain": {}}}
    if path == "/ready":
        kept["503"] = _response("Not ready.", _JSON, out.Ready)
    if ROLES[key] != OPEN:
        operation["security"] = [{"key": []}, {}]
    media, problem = (_JSON, out.OpenAIProblem) if is_openai(path) else (_PROBLEM, out.Problem)
    for status in _errors(key, operation):
        kept.setdefault(str(status), _response(_TOLD[status], media, problem))
    operation["responses"] = kept


def _errors(key: tuple[str, str], operation: dict[str, Any]) -> list[int]:
    """The statuses of errors that a route may answer with."""
    method, path = key
    body, open_ = "requestBody" in operation, ROLES[key] == OPEN
    occurs = {
        400: body or is_openai(path),
        401: not open_,
        403: not open_,
        404: "{" in path or key in _NAMES_THINGS,
        405: True,
        408: body,
        409: method != "GET",
        413: body,
        422: body or bool(operation.get("parameters")) or not (open_ or is_openai(path)),
        429: path != "/health",
        501: not open_,
        503: not open_,
        504: key == _COMPLETIONS,
        507: method != "GET",
    }
    return [status for status, may in occurs.items() if may]


def _response(description: str, media: str, model: type) -> dict[str, Any]:
    return {"description": description, "content": {media: {"schema": {"$ref": _REF.format(model=model.__name__)}}}}
