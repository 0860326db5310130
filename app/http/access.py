"""What routes are given: the application, its jobs, and the caller with a role that the route's table entry allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Request
from starlette.routing import BaseRoute, Route

from app.bootstrap import App
from app.errors import StateUnavailable
from app.http.loopback import is_loopback
from app.http.problems import Denied
from app.http.reachability import TIMEOUT_S, in_time, opened
from app.ingestion.jobs import Jobs
from app.state.domain import Key, Role

OPEN = "open"
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
    """The caller, if its role allows this route; raises Denied."""
    route = request.scope.get("route")
    needed = ROLES.get((request.method, getattr(route, "path_format", "")), Role.ENGINEER)
    await opened(app)
    secret = _secret(request)
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
    if needed != OPEN and not key.role.includes(Role(needed)):
        raise Denied(403, f"this needs the role {needed}; the key has {key.role.value}")
    return Caller(key.id, key.role)


Asking = Annotated[Caller, Depends(caller_of)]


async def _looked_up(app: App, secret: str | None) -> tuple[bool, Key | None]:
    """Whether this address needs no key; otherwise the key that belongs to the secret."""
    state = await app.state()
    if is_loopback(app.settings.host) and not await state.keys.any_active():
        return True, None
    return False, await state.keys.verify(secret) if secret else None


def _refuse_other_sites(request: Request, allowed: Sequence[str]) -> None:
    """Without keys, refuse pages of sites not named in ``allowed`` and host names that are not loopback (rebinding)."""
    if not is_loopback(request.url.hostname or ""):
        raise Denied(403, "without API keys the service answers to 127.0.0.1 and localhost only")
    origin = request.headers.get("origin")
    if origin and origin not in allowed and urlsplit(origin).netloc != request.url.netloc:
        raise Denied(403, "without API keys the service does not answer pages of other sites")


def undeclared(api: FastAPI) -> list[str]:
    """Routes without a role in the table; the service refuses to start if there is one."""
    return [
        f"{method} {route.path_format}"
        for route in _routes(api.routes)
        for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"})
        if (method, route.path_format) not in ROLES
    ]


def _routes(routes: list[BaseRoute]) -> list[Route]:
    return [r for r in routes if isinstance(r, Route)]


def _secret(request: Request) -> str | None:
    given = request.headers.getlist("authorization")
    if len(given) > 1:
        raise Denied(401, "more than one Authorization header")
    if not given:
        return None
    scheme, _, secret = given[0].partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Denied(401, "the Authorization header must be: Bearer KEY")
    return secret.strip()
