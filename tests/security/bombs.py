"""Files that cost far more than their size, sent to a service: how soon each is decided, and what it takes."""

import json
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from eval.bench.commands import run, served
from eval.retrieval.metrics import percentiles_ms
from kg.documents.extent import computing_s
from kg.documents.pdf.page_count import pages_of
from kg.protocols import ParseLimits
from tests.security.bombs_inputs import BOMBS, Bomb
from tests.security.bombs_watch import OCR, PARSER, SERVICE, WORKER, Memory, health_of, memory_below

AT_ONCE_S = 5.0
PARSER_BYTES = 2**30
HEALTH_P99_MS = 200.0
_LOOK_S = 0.05
_PATIENCE_S = 30.0
_REST_S = 3.0
"""An accepted file is indexed for so long, then its job is cancelled; the next file goes to another home."""
_WORST = 3
_TOLD = 50
_SETTINGS = {"chat": "extractive"}
_ENDED = ("succeeded", "failed", "cancelled")
_PLAIN = "# Sleep\n\nThe extracellular space widens during sleep.\n"


@dataclass(slots=True)
class Decided:
    """What came of one file; ``seconds`` is None where it was not decided while it was waited for."""

    name: str
    size_bytes: int
    allowed_s: float
    seconds: float | None = None
    outcome: str = "undecided"
    why: str = ""
    computed_s: float = 0.0
    parser_bytes: int = 0
    health_ms: list[float] = field(default_factory=list)
    settled: bool = False

    @property
    def in_time(self) -> bool:
        """Whether it was decided within 5 s, or what a file of its size may take."""
        return self.seconds is not None and self.seconds <= max(AT_ONCE_S, self.allowed_s)

    def told(self) -> dict[str, object]:
        """A JSON object without the single times of ``/health``."""
        return {
            "name": self.name,
            "size_bytes": self.size_bytes,
            "seconds": None if self.seconds is None else round(self.seconds, 1),
            "allowed_s": round(self.allowed_s, 1),
            "computed_s": round(self.computed_s, 1),
            "parser_mb": round(self.parser_bytes / 2**20),
            "health_p99_ms": _p99(self.health_ms),
            "outcome": self.outcome,
            "why": self.why[:200],
        }


def measure(folder: Path, *, names: Sequence[str] = ()) -> dict[str, object]:
    """Upload every file, or those named; then bring in the worst ones by the command.

    Health is asked all the while from the upload until a file is decided, and a little of its indexing.
    """
    waiting = [bomb for bomb in BOMBS if not names or bomb.name in names]
    decided: list[Decided] = []
    peaks: dict[str, int] = {}
    failures: list[str] = []
    homes = 0
    with memory_below(os.getpid()) as memory:
        while waiting:
            homes += 1
            done = _on_a_home(folder / f"home-{homes}", folder, waiting, memory, peaks, failures)
            decided += done
            waiting = waiting[len(done) :]
        slowest = sorted(decided, key=lambda one: one.computed_s, reverse=True)
        refused = [one for one in slowest if one.outcome == "refused"][:_WORST]
        commands = _by_command(folder, [b for one in refused for b in BOMBS if b.name == one.name], memory, peaks)
    health_ms = [ms for one in decided for ms in one.health_ms]
    failures += [f"{one.name}: {_late(one)}" for one in decided if not one.in_time]
    failures += [f"{one['name']}: the command takes {one['seconds']} s" for one in commands if not one["in_time"]]
    peak = memory.highest_bytes
    p99 = percentiles_ms(health_ms, 50, 99, digits=1)
    if peak >= PARSER_BYTES:
        failures.append(f"a parser held {peak / 2**20:.0f} MB")
    if p99["p99_ms"] >= HEALTH_P99_MS:
        failures.append(f"/health took {p99['p99_ms']:.0f} ms at its 99th percentile")
    return {
        **decided_when(decided),
        "outcomes": dict(sorted(Counter(one.outcome for one in decided).items())),
        "homes": homes,
        "parser_peak_mb": round(peak / 2**20),
        **{f"{kind}_peak_mb": round(peaks.get(kind, 0) / 2**20) for kind in (OCR, WORKER, SERVICE)},
        "health_times": len(health_ms),
        **{f"health_{name}": value for name, value in p99.items()},
        "health_max_ms": round(max(health_ms), 1),
        "health_worst": [one.told() for one in sorted(decided, key=lambda o: -_p99(o.health_ms))[:_WORST]],
        "commands": commands,
        "failures": failures[:_TOLD],
        "holds": not failures,
    }


def decided_when(decided: Sequence[Decided]) -> dict[str, object]:
    """How many files are decided within 5 s and within what their size allows; the slower than 5 s, slowest first."""
    slower = [one for one in decided if one.seconds is None or one.seconds > AT_ONCE_S]
    return {
        "files": len(decided),
        "within_5_s": len(decided) - len(slower),
        "within_rule": sum(one.in_time for one in decided),
        "undecided": sum(one.seconds is None for one in decided),
        "slower": [one.told() for one in sorted(slower, key=lambda o: -(o.seconds or float("inf")))],
    }


def _on_a_home(
    home: Path, folder: Path, bombs: Sequence[Bomb], memory: Memory, peaks: dict[str, int], failures: list[str]
) -> list[Decided]:
    """Send files to a service on a new home until one of them would still be indexed for long."""
    decided: list[Decided] = []
    with (
        served(home, folder, settings=_SETTINGS) as service,
        httpx.Client(base_url=service.url, timeout=_PATIENCE_S, trust_env=False) as client,
    ):
        _ready(client)
        _keep(memory, peaks)
        for bomb in bombs:
            data = bomb.content()
            one = Decided(bomb.name, len(data), _allowed_s(folder, bomb.name, data))
            before = dict(memory.computed_s)
            with health_of(service.url) as health:
                try:
                    _send(client, one, data)
                except httpx.HTTPError as error:
                    one.why = f"{type(error).__name__}: {error}"
                    failures.append(f"{one.name}: {one.why[:200]}")
            one.health_ms = health.times_ms
            one.computed_s = memory.since(before)
            one.parser_bytes = memory.peak_bytes.get(PARSER, 0)
            _keep(memory, peaks)
            if health.failures:
                failures.append(f"{one.name}: /health failed {health.failures} times")
            sys.stderr.write(json.dumps(one.told(), ensure_ascii=False) + "\n")
            decided.append(one)
            if not one.settled:
                break
    shutil.rmtree(home, ignore_errors=True)
    return decided


def _ready(client: httpx.Client) -> None:
    """Wait until the worker has read an ordinary file, so that its start is not counted."""
    until = time.perf_counter() + 10 * _PATIENCE_S
    while (reply := _uploaded(client, "plain.md", _PLAIN.encode())).status_code == 503:
        _wait(until)
    job = reply.raise_for_status().json()
    while job["status"] not in _ENDED:
        _wait(until)
        job = _job(client, job["id"])


def _wait(until: float) -> None:
    if time.perf_counter() > until:
        raise RuntimeError("the worker does not read an ordinary file")
    time.sleep(_LOOK_S)


def _send(client: httpx.Client, one: Decided, data: bytes) -> None:
    """Upload a file and wait until it is decided, and for a little of its indexing.

    It is decided once it is refused, or read so that the first of its documents are stored.
    """
    began = time.perf_counter()
    reply = _uploaded(client, one.name, data)
    if reply.status_code != 202:
        one.seconds, one.settled = time.perf_counter() - began, True
        one.outcome, one.why = ("refused" if reply.status_code < 500 else "error"), f"{reply.status_code} {reply.text}"
        if one.outcome == "error":
            raise httpx.HTTPError(one.why)
        return
    job = reply.json()
    until = began + max(AT_ONCE_S, one.allowed_s) + _PATIENCE_S
    while job["status"] not in _ENDED and time.perf_counter() < until:
        its = job["progress"]
        if one.seconds is None and its["files_total"] and (its["files"] or its["documents"]):
            one.seconds, one.outcome = time.perf_counter() - began, "accepted"
            until = time.perf_counter() + _REST_S
        time.sleep(_LOOK_S)
        job = _job(client, job["id"])
    one.settled = job["status"] in _ENDED
    if one.settled:
        one.seconds = one.seconds or time.perf_counter() - began
        one.outcome, one.why = _outcome(job)
        return
    client.post(f"/v1/jobs/{job['id']}/cancel").raise_for_status()


def _outcome(job: dict[str, Any]) -> tuple[str, str]:
    summary = job["summary"] or {}
    if skipped := summary.get("skipped"):
        return "skipped", str(skipped[0]["why"])
    told = [str(failure["error"] or failure["problems"][:1]) for failure in summary.get("failures", ())]
    accepted = summary.get("files", {}).get("added", 0) + summary.get("files", {}).get("known", 0)
    return "accepted" if accepted else "refused", told[0] if told else str(job["error"] or "")


def _by_command(folder: Path, bombs: Sequence[Bomb], memory: Memory, peaks: dict[str, int]) -> list[dict[str, object]]:
    """Bring files in by ``jianxi ingest``; the time of an ordinary file is taken off."""
    home, told = folder / "home-of-commands", list[dict[str, object]]()
    plain = folder / "plain.md"
    plain.write_text(_PLAIN, "utf-8")
    run(home, "ingest", str(plain), "--json", settings=_SETTINGS).json()
    plain.write_text(_PLAIN + "\nIt narrows in the morning.\n", "utf-8")
    start_s = run(home, "ingest", str(plain), "--json", settings=_SETTINGS).checked().seconds
    for bomb in bombs:
        file = folder / bomb.name
        file.write_bytes(bomb.content())
        allowed_s = max(AT_ONCE_S, computing_s(file, ParseLimits(), pages_of(file)))
        ran = run(home, "ingest", str(file), "--json", settings=_SETTINGS)
        parser_bytes = memory.peak_bytes.get(PARSER, 0)
        _keep(memory, peaks)
        own_s = max(0.0, ran.seconds - start_s)
        told.append(
            {
                "name": bomb.name,
                "size_bytes": file.stat().st_size,
                "code": ran.code,
                "seconds": round(own_s, 1),
                "allowed_s": round(allowed_s, 1),
                "parser_mb": round(parser_bytes / 2**20),
                "in_time": own_s <= allowed_s and "Traceback" not in ran.err,
            }
        )
        file.unlink()
    return told


def _allowed_s(folder: Path, name: str, data: bytes) -> float:
    """Processor time that the parser gives a file of this size and kind."""
    file = folder / name
    file.write_bytes(data)
    allowed_s = computing_s(file, ParseLimits(), pages_of(file))
    file.unlink()
    return allowed_s


def _uploaded(client: httpx.Client, name: str, data: bytes) -> httpx.Response:
    return client.post("/v1/documents", files=[("files", (name, data, "application/octet-stream"))])


def _job(client: httpx.Client, id_: str) -> dict[str, Any]:
    return dict(client.get(f"/v1/jobs/{id_}").raise_for_status().json())


def _keep(memory: Memory, peaks: dict[str, int]) -> None:
    """Add what was seen to the peaks of all files, and begin anew."""
    for kind, held in memory.peak_bytes.items():
        peaks[kind] = max(held, peaks.get(kind, 0))
    memory.peak_bytes.clear()


def _late(one: Decided) -> str:
    took = "is not decided" if one.seconds is None else f"takes {one.seconds:.1f} s"
    return f"{took}, {max(AT_ONCE_S, one.allowed_s):.1f} s are allowed, {one.computed_s:.1f} s of computing"


def _p99(times_ms: Sequence[float]) -> float:
    return percentiles_ms(times_ms, 99)["p99_ms"] if times_ms else 0.0
