"""What routes are given: the application, its jobs, and the caller with a role that the route's table entry allows."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, cast
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.answering.runs.fair_threads import TURN, turn_of
from app.bootstrap import App
from app.errors import StateUnavailable
from app.http.bodies import UPLOAD, whole_form
from app.http.loopback import is_loopback
from app.http.problems import Denied, TooMuch, is_openai
from app.http.query_names import query_names, refuse_other_names
from app.http.reachability import TIMEOUT_S, in_time, opened
from app.http.searches import SEARCHES
from app.ingestion.jobs import Jobs
from app.state.domain import Key, Role

_log = logging.getLogger(__name__)
OPEN = "open"
_UPLOADS_AT_ONCE = 4
_FORWARDED = ("forwarded", "via", "x-forwarded-", "x-real-ip")
"""What the names of headers begin with that a proxy adds."""
ROLES: dict[tuple[str, str], str] = {
    ("GET", "/"): OPEN,
    ("GET", "/docs"): OPEN,
    ("GET", "/page/{name}"): OPEN,
    ("GET", "/health"): OPEN,
    ("GET", "/ready"): OPEN,
    ("GET", "/metrics"): Role.ENGINEER,
    ("GET", "/openapi.json"): OPEN,
    ("POST", "/v1/answers"): Role.READER,
    ("GET", "/v1/answers"): Role.READER,
    ("GET", "/v1/answers/{run}"): Role.READER,
    ("GET", "/v1/answers/{run}/events"): Role.READER,
    ("POST", "/v1/answers/{run}/cancel"): Role.READER,
    ("POST", "/v1/answers/{run}/replay"): Role.EXPERT,
    ("POST", "/v1/chat/completions"): Role.READER,
    ("GET", "/v1/models"): Role.READER,
    ("GET", "/v1/models/{id}"): Role.READER,
    ("POST", "/v1/search"): Role.READER,
    ("GET", "/v1/passages/{id}"): Role.READER,
    ("GET", "/v1/documents"): Role.READER,
    ("POST", "/v1/documents"): Role.ENGINEER,
    ("GET", "/v1/documents/{id}"): Role.READER,
    ("DELETE", "/v1/documents/{id}"): Role.ENGINEER,
    ("GET", "/v1/jobs"): Role.ENGINEER,
    ("GET", "/v1/jobs/{id}"): Role.ENGINEER,
    ("POST", "/v1/jobs/{id}/cancel"): Role.ENGINEER,
    ("GET", "/v1/graph/entities"): Role.READER,
    ("GET", "/v1/graph/entities/{id}"): Role.READER,
    ("GET", "/v1/graph/entities/{id}/relations"): Role.READER,
    ("GET", "/v1/graph/entities/{id}/neighbourhood"): Role.READER,
    ("GET", "/v1/graph/entities/{id}/history"): Role.READER,
    ("GET", "/v1/graph/paths"): Role.READER,
    ("GET", "/v1/graph/stats"): Role.READER,
    ("GET", "/v1/revisions"): Role.READER,
    ("POST", "/v1/feedback"): Role.READER,
    ("GET", "/v1/feedback"): Role.EXPERT,
}


async def app_of(request: Request) -> App:
    """The application that this service serves."""
    app: App = request.app.state.app
    return app


async def jobs_of(request: Request) -> Jobs:
    """The jobs of the application."""
    jobs: Jobs = request.app.state.jobs
    return jobs


Served = Annotated[App, Depends(app_of)]
Work = Annotated[Jobs, Depends(jobs_of)]


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of a request; ``owner`` is None where no keys are in use: then all callers share all runs."""

    owner: str | None
    role: Role


async def caller_of(request: Request, app: Served) -> Caller:
    """The caller, if its role allows this route; raises Denied. The log tells which key is used and who is refused."""
    if (known := getattr(request.state, "caller", None)) is not None:
        return cast("Caller", known)
    await opened(app)
    who, route = request.client.host if request.client else "unknown", f"{request.method} {_path_format(request)}"
    try:
        caller = await identified(request, app)
        who = f"key {caller.owner}" if caller.owner else who
        needed = _needed(request)
        if needed != OPEN and not caller.role.includes(Role(needed)):
            raise Denied(403, f"this needs the role {needed}; the key has {caller.role.value}")
    except Denied as error:
        _log.warning("%s was refused to %s: %s", route, who, error)
        raise
    if caller.owner:
        _log.info("%s by %s", route, who)
    request.state.caller = caller
    return caller


async def identified(request: Request, app: App) -> Caller:
    """Who calls, whatever the route; raises Denied, StateUnavailable."""
    secret = secret_of(request.headers)
    looking = _looked_up(app, secret)
    late = StateUnavailable(
        f"the state gave no answer within {TIMEOUT_S} s; check JIANXI_STATE and that its server is not overloaded"
    )
    free, key = await (looking if app.settings.state == "sqlite" else in_time(looking, late=late))
    if free:
        _refuse_other_sites(request, app.settings.cors_origins)
        return Caller(None, Role.ENGINEER)
    if key is None:
        raise Denied(401, "an API key is needed: Authorization: Bearer KEY")
    return Caller(key.id, key.role)


class GuardedRoute(APIRoute):
    """A route that knows its caller before it reads the body; uploads and searches are served few at once."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What serves a request."""
        serve = super().get_route_handler()
        uploads = asyncio.Semaphore(_UPLOADS_AT_ONCE)
        known = query_names(self.dependant)

        async def guarded(request: Request) -> Response:
            if _needed(request) != OPEN:
                caller = await caller_of(request, await app_of(request))
                TURN.set(turn_of(caller.owner))
                if not is_openai(request.url.path):
                    refuse_other_names(request, known)
                if (request.method, self.path) in SEARCHES:
                    with request.app.state.searches.admitted(caller.owner):
                        return await serve(request)
            if (request.method, self.path) != UPLOAD:
                return await serve(request)
            if uploads.locked():
                raise TooMuch(503, f"{_UPLOADS_AT_ONCE} uploads are being read; try again in a few seconds", 5)
            async with uploads:
                return await serve(whole_form(request))

        return guarded


Asking = Annotated[Caller, Depends(caller_of)]


async def _looked_up(app: App, secret: str | None) -> tuple[bool, Key | None]:
    """Whether this address needs no key; otherwise the key that belongs to the secret."""
    state = await app.state()
    if is_loopback(app.settings.host) and not await state.keys.in_use():
        return True, None
    return False, await state.keys.verify(secret) if secret else None


def _refuse_other_sites(request: Request, allowed: Sequence[str]) -> None:
    """Without keys, refuse pages of sites not named in ``allowed`` and host names that are not loopback (rebinding)."""
    if any(name.startswith(_FORWARDED) for name in request.headers):
        raise Denied(403, "without API keys the service answers nothing that came through a proxy; make a key")
    if not is_loopback(request.url.hostname or ""):
        raise Denied(403, "without API keys the service answers to 127.0.0.1 and localhost only")
    origin = request.headers.get("origin")
    if origin and origin not in allowed and urlsplit(origin).netloc != request.url.netloc:
        raise Denied(403, "without API keys the service does not answer pages of other sites")


def undeclared(routes: Sequence[Route]) -> list[str]:
    """Routes without a role in the table; the service refuses to start if there is one."""
    return [
        f"{method} {route.path_format}"
        for route in routes
        for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"})
        if (method, route.path_format) not in ROLES
    ]


def _needed(request: Request) -> str:
    return ROLES.get((request.method, _path_format(request)), Role.ENGINEER)


def _path_format(request: Request) -> str:
    return str(getattr(request.scope.get("route"), "path_format", ""))


def routes_in(routes: Sequence[BaseRoute]) -> list[Route]:
    """Those that serve a path."""
    return [r for r in routes if isinstance(r, Route)]


def secret_of(headers: Headers) -> str | None:
    """The secret that a request gives, None where it gives none; raises Denied."""
    given = headers.getlist("authorization")
    if len(given) > 1:
        raise Denied(401, "more than one Authorization header")
    scheme, _, secret = "".join(given).strip().partition(" ")
    if scheme.lower() in ("", "bearer") and not secret.strip():
        return None  # clients with an empty field for the key send the rest of the header
    if scheme.lower() != "bearer":
        raise Denied(401, "the Authorization header must be: Bearer KEY")
    return secret.strip()
