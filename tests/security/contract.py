"""Requests made from the service's own OpenAPI description, and the answers that the description does not name."""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx

from eval.bench.commands import run, served
from eval.extras import needed
from tests.security.contract_inputs import Known, body_with_known, known_values, path_with_known, query_with_known

_EXTRA = "security"
_SETTINGS = {"chat": "extractive", "rate_per_key": "0", "rate_per_address": "0"}
_TIMEOUT_S = 120.0
_STREAM_S = 30.0
_STREAM_BYTES = 2**22
_MOST_UNANSWERED = 20
_MOST_FAILURES = 50
_STREAM = "text/event-stream"
SERVER_ERROR, STATUS, MEDIA, SILENCE = (
    "server error",
    "undocumented status",
    "undocumented content type",
    "no answer",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a media type ("" where none is named), and the beginning of the body."""

    status: int
    media: str
    body: bytes


@dataclass(slots=True)
class Found:
    """Counts of cases and flaws, and one line for each flaw of an operation."""

    cases: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    flaws: Counter[str] = field(default_factory=Counter)
    told: dict[tuple[str, ...], str] = field(default_factory=dict)
    unsendable: int = 0
    streams_cut: int = 0
    slowest_s: float = 0.0
    slowest: str = ""

    def note(self, kind: str, operation: str, what: str, request: str) -> None:
        """Count a flaw; the first request that shows it is told."""
        self.flaws[kind] += 1
        self.told.setdefault((kind, operation, what.partition(": ")[0]), f"{kind}: {operation}: {what}; {request}")


def flaws_of(answer: Answer, responses: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is wrong with an answer, by the ``responses`` of its operation: kinds with a few words each."""
    found = []
    if answer.status >= 500:
        found.append((SERVER_ERROR, f"{answer.status}: {answer.body[:200].decode('utf-8', 'replace')}"))
    whole_class = f"{answer.status // 100}XX"
    told = next((responses[n] for n in (str(answer.status), whole_class, "default") if n in responses), None)
    if told is None:
        return [*found, (STATUS, str(answer.status))]
    named = [media.partition(";")[0].strip().lower() for media in told.get("content", {})]
    if not (any(_covers(media, answer.media) for media in named) or (not named and not answer.body)):
        found.append((MEDIA, f"{answer.status} {answer.media or 'without one'}"))
    return found


def _covers(named: str, media: str) -> bool:
    main, _, sub = named.partition("/")
    return named in (media, "*/*") or (sub == "*" and media.partition("/")[0] == main)


def measure(folder: Path, *, cases: int, seed: int) -> dict[str, object]:
    """Figures of about ``cases`` requests to a service on a home with the sample; raises MissingPackage."""
    schemathesis = needed("schemathesis", extra=_EXTRA)
    home = folder / "home"
    run(home, "demo", "--extractive").checked()
    began, found = time.perf_counter(), Found()
    with (
        served(home, folder, settings=_SETTINGS) as service,
        httpx.Client(base_url=service.url, timeout=_TIMEOUT_S, trust_env=False) as client,
    ):
        description = client.get("/openapi.json").raise_for_status().json()
        attack = _Attack(schemathesis, service.url, description, known_values(client), seed, found)
        per_operation = attack.run(cases)
        alive = not attack.given_up and client.get("/health").status_code == 200
    log = (folder / "service.log").read_text("utf-8", "replace")
    sent = sum(found.cases.values())
    return {
        "operations": len(per_operation),
        "cases": sent,
        "coverage_cases": found.cases["coverage"],
        "fuzzing_cases": found.cases["fuzzing"],
        "server_errors": found.flaws[SERVER_ERROR],
        "undocumented_statuses": found.flaws[STATUS],
        "undocumented_content_types": found.flaws[MEDIA],
        "unanswered": found.flaws[SILENCE],
        "unsendable": found.unsendable,
        "streams_cut": found.streams_cut,
        "tracebacks_in_the_log": log.count("Traceback (most recent call last)"),
        "alive_at_the_end": alive,
        "statuses": {str(status): count for status, count in sorted(found.statuses.items())},
        "cases_per_operation": per_operation,
        "slowest_s": round(found.slowest_s, 2),
        "slowest": found.slowest,
        "schemathesis": schemathesis.__version__,
        "seed": seed,
        "seconds": round(time.perf_counter() - began, 1),
        "failures": list(found.told.values())[:_MOST_FAILURES],
        "holds": alive and sent >= 0.95 * cases and not found.flaws,
    }


class _Attack:
    """Cases of every operation, sent one after the other."""

    def __init__(
        self,
        schemathesis: ModuleType,
        url: str,
        description: Mapping[str, Any],
        known: Known,
        seed: int,
        found: Found,
    ) -> None:
        self._requests = needed("requests", extra=_EXTRA)
        self._hypothesis = needed("hypothesis", extra=_EXTRA)
        self._session = self._requests.Session()
        self._session.trust_env = False
        self._schema = schemathesis.openapi.from_dict(description, config=schemathesis.Config())
        self._modes = schemathesis.GenerationMode
        self._url, self._paths, self._known, self._seed, self._found = url, description["paths"], known, seed, found
        self._drawn = random.Random(seed)

    @property
    def given_up(self) -> bool:
        """Whether the service has not answered so often that nothing more is sent."""
        return self._found.flaws[SILENCE] >= _MOST_UNANSWERED

    def run(self, cases: int) -> dict[str, int]:
        """Send the cases, spread evenly; returns how many each operation got."""
        sent: dict[str, int] = {}
        # What an operation with few parameters cannot use goes to the later ones; nothing is deleted before the end.
        operations = sorted((o.ok() for o in self._schema.get_all_operations()), key=_order)
        for number, operation in enumerate(operations):
            share = (cases - sum(sent.values())) // (len(operations) - number)
            before = sum(self._found.cases.values())
            self._cover(operation, share * 2 // 3)
            for mode in (self._modes.NEGATIVE, self._modes.POSITIVE):
                left = share - sum(self._found.cases.values()) + before
                self._fuzz(operation, left // 2 if mode is self._modes.NEGATIVE else left, mode)
            sent[operation.label] = sum(self._found.cases.values()) - before
            flaws = sum(self._found.flaws.values())
            sys.stderr.write(f"{operation.label}: {sent[operation.label]} cases; {flaws} flaws so far\n")
        return sent

    def _cover(self, operation: Any, most: int) -> None:
        """Send the boundary cases of an operation, or ``most`` of them."""
        cases = list(
            self._schema.iter_coverage_cases(
                operation, generation_modes=list(self._modes), generation_config=self._schema.config.generation
            )
        )
        for case in cases if len(cases) <= most else self._drawn.sample(cases, most):
            self._send(case, "coverage")

    def _fuzz(self, operation: Any, cases: int, mode: Any) -> None:
        """Send cases made by chance, valid or invalid ones; fewer where the operation has no more."""
        if cases < 1:
            return
        hypothesis = self._hypothesis
        settings = hypothesis.settings(
            max_examples=cases,
            database=None,
            deadline=None,
            derandomize=False,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )

        def take(case: Any) -> None:
            self._send(self._with_known(case), "fuzzing")

        try:
            hypothesis.seed(self._seed)(settings(hypothesis.given(operation.as_strategy(generation_mode=mode))(take)))()
        except hypothesis.errors.Unsatisfiable:
            return

    def _with_known(self, case: Any) -> Any:
        case.path_parameters = path_with_known(case.path, case.path_parameters, self._known, self._drawn)
        case.query = query_with_known(case.query, self._known, self._drawn)
        if case.media_type == "application/json":
            case.body = body_with_known(case.body, self._known, self._drawn)
        return case

    def _responses(self, case: Any) -> dict[str, Any]:
        """The responses of the operation that has the path and the method; a method without one is a wrong one."""
        methods = self._paths[case.operation.path]
        return dict(methods.get(case.method.lower(), methods[case.operation.method.lower()])["responses"])

    def _send(self, case: Any, phase: str) -> None:
        if self.given_up:
            return
        found, responses = self._found, self._responses(case)
        operation = f"{case.method} {case.operation.path}"
        began = time.perf_counter()
        request = operation
        try:
            asked = case.as_transport_kwargs(base_url=self._url)
            # A connection that the service closes while a case is made would look like a missing answer.
            asked["headers"]["Connection"] = "close"
            if any(_STREAM in told.get("content", {}) for told in responses.values()) and self._drawn.random() < 0.5:
                asked["headers"]["Accept"] = _STREAM
            made = self._session.prepare_request(
                self._requests.Request(**{k: v for k, v in asked.items() if k in _OF_A_REQUEST})
            )
            request = _told(made)
            answer, events = self._answer(made)
            if events:
                self._answer(self._session.prepare_request(self._requests.Request("GET", events, headers=_READS)))
        except _broken(self._requests) as error:
            found.cases[phase] += 1
            found.note(SILENCE, operation, f"{type(error).__name__}: {str(error)[:200]}", request)
            return
        except (self._requests.RequestException, ValueError):
            # Header values and addresses that HTTP itself cannot carry.
            found.unsendable += 1
            return
        found.cases[phase] += 1
        found.statuses[answer.status] += 1
        if (took := time.perf_counter() - began) > found.slowest_s:
            found.slowest_s, found.slowest = took, request
        for kind, what in flaws_of(answer, responses):
            found.note(kind, operation, what, request)

    def _answer(self, made: Any) -> tuple[Answer, str | None]:
        """The answer, and where the events of a run are that it has only started."""
        with self._session.send(made, stream=True, allow_redirects=False, timeout=_TIMEOUT_S) as response:
            media = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            body = b"".join(self._pieces(response.iter_content(None)))
            started = response.headers.get("location", "") if response.status_code == 202 else ""
            events = f"{self._url}{started}/events" if started and media != _STREAM else None
            return Answer(response.status_code, media, body[:1000]), events

    def _pieces(self, source: Iterator[bytes]) -> Iterator[bytes]:
        """A body to its end or to the limits of time and size."""
        began, size = time.perf_counter(), 0
        for piece in source:
            yield piece
            size += len(piece)
            if size > _STREAM_BYTES or time.perf_counter() - began > _STREAM_S:
                self._found.streams_cut += 1
                return


_READS = {"Accept": _STREAM, "Connection": "close"}
_OF_A_REQUEST = ("method", "url", "headers", "files", "data", "params", "auth", "cookies", "json")


def _order(operation: Any) -> tuple[bool, bool, int]:
    return operation.method.upper() == "DELETE", bool(operation.body), len(list(operation.iter_parameters()))


def _broken(requests: ModuleType) -> tuple[type[Exception], ...]:
    """What a client meets where the service does not answer or breaks off."""
    return requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError


def _told(made: Any) -> str:
    """A request in a few words."""
    body = made.body or b""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body)
    return f"{made.method} {made.path_url[:300]}" + (f" {text[:300]}" if text else "")
