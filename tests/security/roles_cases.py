"""The requests of the role matrix: every route, with own and other people's objects, and what each caller may get."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from app.http.access import OPEN
from app.state.domain import Role

ASKER = "@caller"
"""Stands in a body for the name of the caller."""

QUESTION = "How does aquaporin-4 affect clearance of amyloid-beta?"
_EXPERTS = frozenset({"expert", "engineer"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A run: its id, its owner, the mark in its question, and whether feedback is on it."""

    id: str
    owner: str
    mark: str
    flagged: bool = False

    @property
    def readers(self) -> frozenset[str]:
        """The callers that may read it."""
        return frozenset({self.owner}) | (_EXPERTS if self.flagged else frozenset())


@dataclass(frozen=True, slots=True)
class Objects:
    """What the requests name: runs (one is still running), documents with their jobs, entities with ``/`` in the id."""

    runs: Sequence[Asked]
    running: Asked
    documents: Sequence[str]
    doomed: Sequence[str]
    passage: str
    jobs: Sequence[str]
    entities: Sequence[str]

    @property
    def marks(self) -> Mapping[str, frozenset[str]]:
        """Texts that only some callers may read."""
        return {run.mark: run.readers for run in (*self.runs, self.running)}


@dataclass(frozen=True, slots=True)
class Case:
    """A request; ``status`` is for those whose role and ownership allow it, ``seen_by`` names them if they are few."""

    method: str
    route: str
    path: str
    about: str = ""
    status: int = 200
    seen_by: frozenset[str] | None = None
    body: Mapping[str, Any] | None = None
    upload: bool = False
    accept: str = "*/*"
    endless: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """The route as the table of roles names it."""
        return self.method, self.route

    def sees(self, caller: str) -> bool:
        """Whether the caller may see the object."""
        return self.seen_by is None or caller in self.seen_by

    def __str__(self) -> str:
        return f"{self.method} {self.route}" + (f" ({self.about})" if self.about else "")


def expected_status(needed: str, role: Role | None, *, sees: bool, served: int) -> int:
    """The status of an answer; ``role`` is None without a valid key."""
    if needed == OPEN:
        return served
    if role is None:
        return 401
    if not role.includes(Role(needed)):
        return 403
    return served if sees else 404


def cases(of: Objects) -> list[Case]:
    """Every request, those that change something last."""
    return [*_open(), *_reading(of), *_runs(of), *_changes(of)]


def written_otherwise(path: str) -> list[str]:
    """Ways of writing a path that a careless comparison takes for another or for the same."""
    bare, _, query = path.partition("?")
    tail = f"?{query}" if query else ""
    first, _, rest = bare.lstrip("/").partition("/")
    ways = [
        f"//{bare.lstrip('/')}",
        f"{bare}/",
        f"/{first.upper()}/{rest}" if rest else f"/{first.upper()}",
        f"/%{ord(first[0]):02x}{first[1:]}" + (f"/{rest}" if rest else ""),
        f"{bare};x=1",
        f"{bare}%20",
        f"{bare}%00",
        f"/health/..%2f{bare.lstrip('/')}",
    ]
    return [way + tail for way in ways]


def missing(routes: Iterable[tuple[str, str]], made: Iterable[Case]) -> list[str]:
    """Routes without a request."""
    there = {case.key for case in made}
    return sorted(f"{method} {path}" for method, path in routes if (method, path) not in there)


def _open() -> list[Case]:
    parts = ("page.js", "words.json")
    return [
        *(Case("GET", path, path) for path in ("/", "/docs", "/health", "/ready", "/openapi.json")),
        *(Case("GET", "/page/{name}", f"/page/{name}", name) for name in parts),
    ]


def _reading(of: Objects) -> list[Case]:
    made = [
        Case("GET", "/metrics", "/metrics"),
        Case("GET", "/v1/answers", "/v1/answers?limit=100"),
        Case("GET", "/v1/models", "/v1/models"),
        Case("GET", "/v1/models/{id}", "/v1/models/jianxi"),
        Case("GET", "/v1/feedback", "/v1/feedback"),
        Case("GET", "/v1/passages/{id}", f"/v1/passages/{of.passage}"),
        Case("GET", "/v1/documents", "/v1/documents"),
        Case("GET", "/v1/documents", "/v1/documents?title=aquaporin", "filtered"),
        Case("GET", "/v1/jobs", "/v1/jobs"),
        Case("GET", "/v1/graph/stats", "/v1/graph/stats"),
        Case("GET", "/v1/revisions", "/v1/revisions"),
        Case("GET", "/v1/graph/entities", "/v1/graph/entities?q=AQP4"),
        Case("POST", "/v1/search", "/v1/search", body={"query": "AQP4", "k": 1}),
    ]
    made += [Case("GET", "/v1/jobs/{id}", f"/v1/jobs/{job}", f"job {n}") for n, job in enumerate(of.jobs)]
    for number, id_ in enumerate(of.documents):
        made += [
            Case("GET", "/v1/documents/{id}", f"/v1/documents/{way}", f"document {number}{how}")
            for way, how in _ways(id_)
        ]
    entity = "/v1/graph/entities/{id}"
    for number, id_ in enumerate(of.entities):
        for way, how in _ways(id_):
            about = f"entity {number}{how}"
            made.append(Case("GET", entity, f"/v1/graph/entities/{way}", about))
            made += [
                Case("GET", f"{entity}/{part}", f"/v1/graph/entities/{way}/{part}", about)
                for part in ("relations", "neighbourhood", "history")
            ]
    a, b = (quote(id_, safe="") for id_ in of.entities[:2])
    return [*made, Case("GET", "/v1/graph/paths", f"/v1/graph/paths?from={a}&to={b}")]


def _ways(id_: str) -> list[tuple[str, str]]:
    coded, plain = quote(id_, safe=""), quote(id_, safe="/")
    return [(coded, "")] if coded == plain else [(plain, ", plain slash"), (coded, ", coded slash")]


def _runs(of: Objects) -> list[Case]:
    made: list[Case] = []
    for run in (*of.runs, of.running):
        live, here = run is of.running, f"/v1/answers/{run.id}"
        about = f"run of {run.owner}{', with feedback' if run.flagged else ''}{', running' if live else ''}"
        stream = "text/event-stream"
        made += [
            Case("GET", "/v1/answers/{run}", here, about, seen_by=run.readers),
            Case("GET", "/v1/answers/{run}/events", f"{here}/events", about, seen_by=run.readers),
            Case(
                "GET",
                "/v1/answers/{run}/events",
                f"{here}/events",
                f"{about}, stream",
                seen_by=run.readers,
                accept=stream,
                endless=live,
            ),
        ]
        status = 409 if live else 200
        replay = "/v1/answers/{run}/replay"
        made.append(Case("POST", replay, f"{here}/replay", about, status=status, seen_by=run.readers))
    unknown = "/v1/answers/run_" + 32 * "0"
    nobody: frozenset[str] = frozenset()
    return [*made, Case("GET", "/v1/answers/{run}", unknown, "no such run", seen_by=nobody)]


def _changes(of: Objects) -> list[Case]:
    asked = f"{QUESTION} (asked by {ASKER})"
    made = [
        Case("POST", "/v1/answers", "/v1/answers", status=202, body={"question": asked, "stream": False}),
        Case("POST", "/v1/answers", "/v1/answers", "stream", body={"question": asked}, accept="text/event-stream"),
        Case(
            "POST",
            "/v1/chat/completions",
            "/v1/chat/completions",
            body={"model": "jianxi", "messages": [{"role": "user", "content": asked}]},
        ),
        Case("POST", "/v1/documents", "/v1/documents", status=202, upload=True),
    ]
    for run in (*of.runs, of.running):
        about, own = f"run of {run.owner}{', running' if run is of.running else ''}", frozenset({run.owner})
        cancel = "/v1/answers/{run}/cancel"
        made.append(Case("POST", cancel, f"/v1/answers/{run.id}/cancel", about, seen_by=own))
        remark = {"run": run.id, "kind": "wording", "comment": f"by {ASKER}"}
        made.append(Case("POST", "/v1/feedback", "/v1/feedback", about, status=201, seen_by=own, body=remark))
    made += [
        Case("POST", "/v1/jobs/{id}/cancel", f"/v1/jobs/{job}/cancel", f"job {n}") for n, job in enumerate(of.jobs)
    ]
    made += [
        Case("DELETE", "/v1/documents/{id}", f"/v1/documents/{quote(id_, safe='/')}", f"document {n}")
        for n, id_ in enumerate(of.doomed)
    ]
    return made
