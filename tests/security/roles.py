"""Every route as every caller, on own and other people's objects: nobody gets more than the role allows."""

import asyncio
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import as_file, files
from pathlib import Path

import httpx

from app.http.access import OPEN, ROLES
from app.state.domain import Role
from app.state.state import open_state
from eval.bench.commands import run, served
from tests.loopback import Quiet, on_loopback
from tests.security.roles_cases import (
    ASKER,
    QUESTION,
    Asked,
    Case,
    Objects,
    cases,
    expected_status,
    missing,
    written_otherwise,
)

_HELD = "held-back"
_EXPIRED_AFTER_S = 30.0
_ANSWERED_S = 120.0
_MOST_TOLD = 50
_SAMPLE = files("kg.domains").joinpath("ecs_tcm", "sample")
_ENTITIES = ("jx:protein/aqp4", "jx:acupoint/ST36")
_LIVE = {"reader A": Role.READER, "reader B": Role.READER, "expert": Role.EXPERT, "engineer": Role.ENGINEER}
_CLOSED = ("expired key", "revoked key")
_DOCUMENT = "# {title}\n\nAquaporin-4 lies in astrocytic endfeet. This text is number {title} of a trial.\n"


@dataclass(frozen=True, slots=True)
class _Caller:
    name: str
    secret: str | None
    role: Role | None

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"} if self.secret else {}


@dataclass(slots=True)
class _Seen:
    cells: int = 0
    more: int = 0
    less: int = 0
    leaks: int = 0
    marks_read: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def fail(self, what: str) -> None:
        self.failures.append(what)


def measure(folder: Path) -> dict[str, object]:
    """Cells of the matrix, and how many got more (``wrong`` counts less as well) than their role and keys allow."""
    home, seen = folder / "home", _Seen()
    _fill(home, folder)
    with (
        _chat_server() as chat,
        served(home, folder, settings={"chat": chat, "chat_model": "trial", "offline": "true"}) as service,
        httpx.Client(base_url=service.url, timeout=60, trust_env=False) as client,
    ):
        callers, made, expires = _callers(home, client)
        objects = _objects(client, callers, made)
        sys.stderr.write(f"{len(objects.runs)} runs asked\n")
        time.sleep(max(0.0, expires + 0.1 - time.monotonic()))
        matrix = cases(objects)
        seen.failures += [f"no request for {route}" for route in _untried(client, matrix)]
        before = _effects(home, client, callers["engineer"])
        held = _status_of(client, callers, objects.running)
        if held != "running":
            seen.fail(f"the held run was {held}, not running")
        allowed: Counter[str] = Counter()
        for case in matrix:
            # Those who are allowed come last: what they delete or cancel is there for the others before.
            for caller in sorted(callers.values(), key=lambda c: _expected(case, c) < 400):
                _try(client, case, caller, objects, seen)
                allowed[_effect(case)] += _expected(case, caller) < 400
        _try_otherwise(client, matrix, callers, seen)
        after = _effects(home, client, callers["engineer"])
    for what, number in after.items():
        if number - before[what] != (wanted := allowed[what] * (-1 if what == "documents" else 1)):
            seen.fail(f"{what}: {number - before[what]:+d}, the allowed requests make {wanted:+d}")
    wrong = seen.more + seen.less
    return {
        "routes": len({case.key for case in matrix}),
        "requests": len(matrix),
        "callers": len(callers),
        "cells": seen.cells,
        "wrong": wrong,
        "more_than_allowed": seen.more,
        "less_than_allowed": seen.less,
        "leaks": seen.leaks,
        "marks_read_by_those_allowed": seen.marks_read,
        "statuses": {str(status): number for status, number in sorted(seen.statuses.items())},
        "failures": seen.failures[:_MOST_TOLD],
        "holds": seen.cells > 0 and not seen.failures,
    }


def _fill(home: Path, folder: Path) -> None:
    """The sample's graph, its abstracts and documents of one's own."""
    own = folder / "own"
    own.mkdir()
    for title in ("one", "two"):
        (own / f"{title}.md").write_text(_DOCUMENT.format(title=title), "utf-8")
    with as_file(_SAMPLE) as sample:
        run(home, "kg", "import", str(sample / "graph"), "--mapping", str(sample / "graph/mapping.yaml")).checked()
        run(home, "ingest", str(sample / "documents/abstracts.jsonl"), str(own), "--json").checked()


def _callers(home: Path, client: httpx.Client) -> tuple[dict[str, _Caller], list[Asked], float]:
    """The callers, the runs of two keys that are closed by now, and when the last of these keys ends."""
    made: dict[str, _Caller] = {"no key": _Caller("no key", None, None)}
    ids: dict[str, str] = {}
    for name, role in {**_LIVE, "revoked key": Role.ENGINEER}.items():
        key = run(home, "keys", "create", name, "--role", role.value, "--json").json()
        made[name], ids[name] = _Caller(name, key["secret"], role), key["id"]
    expires = time.monotonic() + _EXPIRED_AFTER_S
    made["expired key"] = _Caller("expired key", asyncio.run(_short_key(home)), Role.ENGINEER)
    runs = [_asked(client, made[name]) for name in _CLOSED]
    run(home, "keys", "revoke", ids["revoked key"]).checked()
    for name in _CLOSED:
        made[name] = _Caller(name, made[name].secret, None)
    return made, runs, expires


async def _short_key(home: Path) -> str:
    async with open_state("sqlite", folder=home) as state:
        return (await state.keys.create("expired key", Role.ENGINEER, days=_EXPIRED_AFTER_S / 86_400)).secret


def _objects(client: httpx.Client, callers: Mapping[str, _Caller], closed: list[Asked]) -> Objects:
    runs = [*closed]
    for name in _LIVE:
        runs += [_asked(client, callers[name]), _asked(client, callers[name], flagged=True)]
    running = _asked(client, callers["reader A"], held=True)
    engineer = callers["engineer"].headers
    uploads = [_uploaded(client, engineer, title) for title in ("three", "four")]
    listed = client.get("/v1/documents", headers=engineer).raise_for_status().json()["documents"]
    by_file = {d["file"]: d["id"] for d in listed}
    doi = next(d["identifiers"]["doi"] for d in listed if "doi" in d["identifiers"])
    whole = client.get(f"/v1/documents/{by_file['one.md']}", headers=engineer).raise_for_status().json()
    jobs = [j["id"] for j in client.get("/v1/jobs", headers=engineer).raise_for_status().json()["jobs"]]
    return Objects(
        runs=runs,
        running=running,
        documents=(by_file["one.md"], by_file["three.md"], doi),
        doomed=(by_file["two.md"], by_file["four.md"], doi),
        passage=whole["passages"][0]["id"],
        jobs=[job for job in jobs if job not in uploads] + uploads,
        entities=_ENTITIES,
    )


def _asked(client: httpx.Client, caller: _Caller, *, flagged: bool = False, held: bool = False) -> Asked:
    """A run of the caller, ended unless it is held."""
    mark = f"mark-of-{caller.name}{'-flagged' if flagged else ''}{f'-{_HELD}' if held else ''}-end".replace(" ", "-")
    body = {"question": f"{QUESTION} ({mark})", "stream": False}
    id_ = client.post("/v1/answers", json=body, headers=caller.headers).raise_for_status().json()["run"]
    until = time.monotonic() + _ANSWERED_S
    while not held and client.get(f"/v1/answers/{id_}", headers=caller.headers).json()["status"] == "running":
        if time.monotonic() > until:
            raise RuntimeError(f"a question of {caller.name} is not answered after {_ANSWERED_S:.0f} s")
        time.sleep(0.1)
    if flagged:
        remark = {"run": id_, "kind": "wording", "comment": "flagged"}
        client.post("/v1/feedback", json=remark, headers=caller.headers).raise_for_status()
    return Asked(id_, caller.name, mark, flagged)


def _uploaded(client: httpx.Client, headers: Mapping[str, str], title: str) -> str:
    given = [("files", (f"{title}.md", _DOCUMENT.format(title=title).encode()))]
    job = str(client.post("/v1/documents", files=given, headers=headers).raise_for_status().json()["id"])
    until = time.monotonic() + 120
    while (status := client.get(f"/v1/jobs/{job}", headers=headers).json()["status"]) != "succeeded":
        if status in ("failed", "cancelled") or time.monotonic() > until:
            raise RuntimeError(f"the upload of {title}.md is {status}")
        time.sleep(0.2)
    return job


def _untried(client: httpx.Client, matrix: list[Case]) -> list[str]:
    """Routes of the description and of the table of roles without a request."""
    described = client.get("/openapi.json").raise_for_status().json()["paths"]
    routes = {(method.upper(), path) for path, operations in described.items() for method in operations}
    return missing(routes | set(ROLES), matrix)


def _status_of(client: httpx.Client, callers: Mapping[str, _Caller], asked: Asked) -> str:
    found = client.get(f"/v1/answers/{asked.id}", headers=callers[asked.owner].headers)
    return str(found.json().get("status"))


def _expected(case: Case, caller: _Caller) -> int:
    needed = ROLES.get(case.key, Role.ENGINEER)
    return expected_status(needed, caller.role, sees=case.sees(caller.name), served=case.status)


def _try(client: httpx.Client, case: Case, caller: _Caller, objects: Objects, seen: _Seen) -> None:
    """One cell, for GET a second one by HEAD."""
    wanted = _expected(case, caller)
    status, text = _sent(client, case, caller)
    _judge(seen, f"{caller.name}: {case}", wanted, status)
    for mark, readers in objects.marks.items():
        if mark in text and caller.name not in readers:
            seen.leaks += 1
            seen.fail(f"{caller.name}: {case} tells {mark}")
    own = next((run.mark for run in (*objects.runs, objects.running) if case.path == f"/v1/answers/{run.id}"), None)
    if own is not None and status == 200:
        seen.marks_read += own in text
        if own not in text:
            seen.fail(f"{caller.name}: {case} lacks its own mark, so that leaks would not be seen")
    if case.method == "GET":
        headers = {"Accept": case.accept, **caller.headers}
        _judge(seen, f"{caller.name}: HEAD {case}", wanted, client.head(case.path, headers=headers).status_code)


def _sent(client: httpx.Client, case: Case, caller: _Caller) -> tuple[int, str]:
    """The status and the text of an answer; of an endless stream its beginning."""
    body = json.loads(json.dumps(case.body).replace(ASKER, caller.name)) if case.body is not None else None
    title = f"upload of {caller.name}"
    upload = [("files", (f"{title}.md", _DOCUMENT.format(title=title).encode()))] if case.upload else None
    headers = {"Accept": case.accept, **caller.headers}
    text = ""
    with client.stream(case.method, case.path, json=body, files=upload, headers=headers) as response:
        for piece in response.iter_text():
            text += piece
            if case.endless and response.status_code == 200:
                break
    return response.status_code, text


def _judge(seen: _Seen, what: str, wanted: int, status: int) -> None:
    seen.cells += 1
    seen.statuses[status] += 1
    if status == wanted:
        return
    seen.more += status < 400 <= wanted
    seen.less += not status < 400 <= wanted
    seen.fail(f"{what}: {status} instead of {wanted}")


def _try_otherwise(client: httpx.Client, matrix: list[Case], callers: Mapping[str, _Caller], seen: _Seen) -> None:
    """Each guarded route by other writings of its path, as those whom it refuses."""
    for key, case in {case.key: case for case in reversed(matrix)}.items():
        if ROLES[key] == OPEN:
            continue
        refused = [c for c in callers.values() if _expected(case, c) in (401, 403)]
        for path in written_otherwise(case.path):
            for caller in refused:
                address = httpx.URL(str(client.base_url).rstrip("/") + path)
                body = dict(case.body) if case.body is not None else None
                status = client.request(case.method, address, json=body, headers=caller.headers).status_code
                seen.cells += 1
                seen.statuses[status] += 1
                if status < 400 or status >= 500:
                    seen.more += 1
                    seen.fail(f"{caller.name}: {case} written {path}: {status}")


def _effect(case: Case) -> str:
    """What an allowed request adds to or takes from."""
    if case.key in {("POST", "/v1/answers"), ("POST", "/v1/chat/completions")}:
        return "runs"
    if case.key == ("DELETE", "/v1/documents/{id}"):
        return "documents"
    return {("POST", "/v1/feedback"): "feedback", ("POST", "/v1/documents"): "jobs"}.get(case.key, "nothing")


def _effects(home: Path, client: httpx.Client, engineer: _Caller) -> dict[str, int]:
    """How much there is of what requests may add or delete, beside the documents that trial uploads add."""
    jobs = client.get("/v1/jobs?limit=100", headers=engineer.headers).raise_for_status().json()["jobs"]
    listed = client.get("/v1/documents?limit=1000", headers=engineer.headers).raise_for_status().json()["documents"]
    return {
        **asyncio.run(_kept(home)),
        "jobs": len(jobs),
        "documents": sum(not str(d["file"]).startswith("upload of ") for d in listed),
    }


async def _kept(home: Path) -> dict[str, int]:
    async with open_state("sqlite", folder=home) as state:
        runs, remarks = await state.runs.recent(limit=10_000), await state.feedback.recent(after=0, limit=10_000)
    return {"runs": len(runs), "feedback": len(remarks)}


class _Chat(Quiet):
    """An OpenAI-speaking server that knows one sentence and keeps back the answer to a question that says so."""

    released = threading.Event()

    def do_GET(self) -> None:
        """The list of models."""
        self.answer_models("trial")

    def do_POST(self) -> None:
        """An answer."""
        prompt = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if _HELD in prompt:
            self.released.wait(110)
        self.answer_stream("trial", [{"content": "Mice lacking aquaporin-4 cleared amyloid-beta more slowly [1]."}])


@contextmanager
def _chat_server() -> Iterator[str]:
    """The setting of a chat server, which is there while the block runs."""
    _Chat.released.clear()
    with on_loopback(_Chat) as address:
        try:
            yield f"openai+{address}/v1"
        finally:
            _Chat.released.set()
