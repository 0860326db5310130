"""Routes of health, readiness and metrics."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import generate_latest

from app.chat_state import chat_state
from app.doctor import FORESEEN
from app.http import responses as out
from app.http.access import GuardedRoute, Served, Work, caller_of, identified
from app.http.metrics import Metrics
from app.http.problems import Denied
from app.http.reachability import TIMEOUT_S, in_time
from app.state.domain import Role
from retrieval.errors import IndexMismatch

router = APIRouter(route_class=GuardedRoute, tags=["health"])


@router.get("/health", response_model=out.Health)
async def health() -> dict[str, str]:
    """The process is running."""
    return {"status": "ok"}


@router.get("/ready", response_model=out.Ready)
async def ready(request: Request, app: Served, work: Work) -> Response:
    """Whether questions can be answered now; 503 names what cannot be reached, and for engineers why.

    Jobs that cannot be worked on are named, too, and leave questions to be answered.
    """

    async def store() -> str:
        await app.ready()
        head = await app.store.head()
        if problem := await asyncio.to_thread(app.indexes.ahead_of, head):
            raise IndexMismatch(problem)
        return f"revision {head}"

    async def state() -> str:
        opened = await app.state()
        return "keys in use" if await opened.keys.in_use() else "no keys"

    checks: dict[str, Any] = {}
    for name, look in (("store", store), ("state", state), ("chat", partial(chat_state, app))):
        try:
            checks[name] = {"ok": True, "found": await in_time(look())}
        except TimeoutError:
            checks[name] = {"ok": False, "found": f"no answer within {TIMEOUT_S} s"}
        except FORESEEN as error:
            checks[name] = {"ok": False, "found": str(error)}
    ok = all(c["ok"] for c in checks.values())
    checks["jobs"] = {"ok": work.problem is None, "found": work.problem or "no problem"}
    if not await _may_see_the_inside(request, app):
        checks = {name: {"ok": check["ok"]} for name, check in checks.items()}
    return JSONResponse({"ready": ok, "checks": checks}, 200 if ok else 503)


async def _may_see_the_inside(request: Request, app: Served) -> bool:
    try:
        return (await in_time(identified(request, app))).role.includes(Role.ENGINEER)
    except (Denied, TimeoutError, *FORESEEN):
        return False


@router.get("/metrics", dependencies=[Depends(caller_of)], response_model=None)
async def metrics(request: Request, app: Served) -> Response:
    """Prometheus metrics."""
    measured: Metrics = request.app.state.metrics
    try:
        stats = await app.store.stats()
    except FORESEEN:
        stats = None
    if stats is not None:
        measured.knowledge.labels("documents").set(stats.documents)
        measured.knowledge.labels("passages").set(stats.passages)
        measured.knowledge.labels("entities").set(sum(stats.entities.values()))
        measured.knowledge.labels("relations").set(sum(stats.relations.values()))
        measured.knowledge.labels("revision").set(stats.revision)
    measured.memory.set(await asyncio.to_thread(_resident_bytes))
    return Response(await asyncio.to_thread(generate_latest, measured.registry), media_type="text/plain; version=0.0.4")


def _resident_bytes() -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    line = next((x for x in status.read_text().splitlines() if x.startswith("VmRSS")), "VmRSS: 0 kB")
    return int(line.split()[1]) * 1024
