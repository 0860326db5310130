"""A laboratory's library: thousands of full texts ingested beside a service that is asked, and killed, meanwhile."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, fields
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx

from eval.bench.commands import run, start, wait_until_answered
from eval.memory import children_of, memory_bytes, tree_bytes
from eval.retrieval.metrics import percentile, percentiles_ms
from eval.scale.papers import write_papers

HOURS, PEAK_BYTES, SERVICE_BYTES, RATIO, SILENCE_S, READY_S = 4.0, 6e9, 3e9, 1.3, 60.0, 30.0
_FIRST, _MORE, _IDLE = 300, 60, 200
_PAUSE_S = 1.0
_JOB_EVERY_S = 5.0
"""How often the job is looked at: the service works for each look."""
_TWO_LOOKS_S = 130.0
_INDEXING, _A_WHILE_S = float("inf"), 3.0
_KEPT_EVERY_S = 10.0


@dataclass(slots=True)
class Watched:
    """What was seen of an ingestion and beside it, in one run of the measurement or in several."""

    asked_ms: list[float] = field(default_factory=list)
    unanswered: int = 0
    peak_bytes: int = 0
    silence_s: float = 0.0
    ready_s: float = 0.0
    """The longest time from a start of the service until it was ready."""
    stages_s: dict[str, float] = field(default_factory=dict)
    found_s: float | None = None
    """Seconds until a question was first answered with a passage."""
    seconds: float = 0.0
    kills: int = 0
    ended: bool = False


class Notes:
    """What was seen so far, kept in a file, so that a measurement that was stopped goes on where it was."""

    def __init__(self, file: Path, parts: Iterable[str]) -> None:
        self._file = file
        kept: dict[str, Any] = {"stops": -1, "parts": {}}
        if file.exists():
            kept = json.loads(file.read_text("utf-8"))
        self.stops = kept["stops"] + 1
        self.parts = {name: Watched(**kept["parts"].get(name, {})) for name in parts}
        self.keep()

    def keep(self) -> None:
        """Write the file; other threads go on adding to what is seen, so each field is copied first, at once."""
        made = self._file.with_suffix(".new")
        parts = {name: {f.name: copy(getattr(seen, f.name)) for f in fields(seen)} for name, seen in self.parts.items()}
        made.write_text(json.dumps({"stops": self.stops, "parts": parts}))
        made.replace(self._file)


class Laboratory:
    """A home with its service, which is killed and started again."""

    def __init__(
        self, home: Path, folder: Path, questions: Sequence[str], port: int, settings: Mapping[str, str]
    ) -> None:
        self.home, self._folder, self._questions, self._port = home, folder, cycle(questions), port
        self.settings = {"chat": "extractive", "rate_per_address": "0", "rate_per_key": "0", **settings}
        self._since = 0.0
        self.finds = False
        self.ready_s = 0.0
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False)
        self.serve()

    def serve(self) -> None:
        """Start the service and wait until it is ready; the longest time that took is kept."""
        self.process = self.start("service.log", "serve", "--port", str(self._port))
        self.ready_s = max(self.ready_s, wait_until_answered(f"http://127.0.0.1:{self._port}/ready", 120))

    def start(self, log: str, *words: str) -> "subprocess.Popen[bytes]":
        """Start a command on the home."""
        return start(self.home, *words, log=self._folder / log, settings=self.settings)

    def kill(self) -> None:
        """Kill the service and its worker (-9)."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ask(self) -> float | None:
        """Milliseconds of one search over HTTP; None where it was not answered."""
        began = time.perf_counter()
        try:
            found = self._client.post("/v1/search", json={"query": next(self._questions), "k": 8}).raise_for_status()
        except httpx.HTTPError:
            return None
        took = time.perf_counter() - began
        self.finds = bool(found.json()["results"])
        return 1000 * took

    def idle_ms(self) -> list[float]:
        """Milliseconds of searches while nothing else is done, at the pace of those beside an ingestion."""
        for _ in range(20):
            self.ask()
        found = []
        for _ in range(_IDLE):
            if (took := self.ask()) is not None:
                found.append(took)
            time.sleep(_PAUSE_S)
        return found

    def rebuilt_s(self) -> float:
        """Seconds until the service has rebuilt its indexes beside itself, where it does so within two looks."""
        began = quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < _TWO_LOOKS_S:
            if any(map(_rebuilds, children_of(self.process.pid))):
                quiet_since = time.monotonic()
            time.sleep(1)
        return quiet_since - began

    @property
    def indexes(self) -> bool:
        """Whether the last indexing was seen to have begun."""
        return bool(self._since)

    def reached(self, files: float) -> bool:
        """Whether the newest job has so many files behind it, or, for ``_INDEXING``, indexes the last for a while."""
        job = self._job()
        if not job or job.get("status") != "running":  # an earlier job has all its files behind it
            return False
        its = job["progress"]
        if files != _INDEXING:
            return bool(its.get("files", 0) >= files)
        last = its.get("stage") == "indexing" and its["files"] == its["files_total"]
        self._since = self._since or (time.monotonic() if last else 0.0)
        return bool(self._since) and time.monotonic() - self._since > _A_WHILE_S

    def _job(self) -> dict[str, Any] | None:
        """The newest job, empty where there is none; None where the service does not tell."""
        try:
            jobs = self._client.get("/v1/jobs", params={"limit": 1}).json()["jobs"]
        except (httpx.HTTPError, KeyError, ValueError):
            return None
        return dict(jobs[0]) if jobs else {}

    @contextmanager
    def watched(self, seen: Watched) -> Iterator[None]:
        """Ask, and look at memory and at signs of life, until the block ends."""
        seen.ready_s = max(seen.ready_s, self.ready_s)
        over = threading.Event()
        threads = [threading.Thread(target=look, args=(seen, over)) for look in (self._ask_on, self._look_on)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def _ask_on(self, seen: Watched, over: threading.Event) -> None:
        began = time.monotonic()
        while not over.wait(_PAUSE_S):
            took = self.ask()
            if self.finds and seen.found_s is None:
                seen.found_s = time.monotonic() - began
            if took is None:
                seen.unanswered += 1
            else:
                seen.asked_ms.append(took)

    def _look_on(self, seen: Watched, over: threading.Event) -> None:
        beats, last, stage, since = self.home / "jobs.progress.json", time.time(), "", time.monotonic()
        looked = 0.0
        while not over.wait(1):
            seen.peak_bytes = max(seen.peak_bytes, tree_bytes(self.process.pid))
            if beats.exists():
                last = max(last, beats.stat().st_mtime)
            if stage:
                seen.silence_s = max(seen.silence_s, time.time() - last)
            if time.monotonic() - looked < _JOB_EVERY_S:
                continue
            looked = time.monotonic()
            job = self._job()
            if job is None:
                last = time.time()
                continue
            now = job.get("progress", {}).get("stage", "") if job.get("status") == "running" else ""
            seen.stages_s[now or "none"] = seen.stages_s.get(now or "none", 0.0) + time.monotonic() - since
            since = time.monotonic()
            if stage != now:
                last, stage = time.time(), now


def measure(
    data: Path,
    folder: Path,
    questions: Sequence[str],
    *,
    papers: int,
    kills: int,
    seed: int,
    port: int,
    settings: Mapping[str, str],
) -> dict[str, object]:
    """All figures: 300 papers first, then the rest with kills at numbers of files, then 60 more in the full library.

    ``settings`` are further ones of the service, without their prefix. A measurement that was stopped goes on in the
    same folder; what it saw of the last seconds is lost.
    """
    numbers = range(papers + _MORE)
    parts = {"first": numbers[:_FIRST], "rest": numbers[_FIRST:papers], "more": numbers[papers:]}
    for name, part in parts.items():
        write_papers(data, folder / name, part)
    notes = Notes(folder / "seen.json", parts)
    first, rest, more = notes.parts.values()
    laboratory = Laboratory(folder / "home", folder, questions, port, settings)
    try:
        _ingest(laboratory, folder / "first", [], first, notes.keep)
        drawn = random.Random(seed)  # noqa: S311 - moments
        moments = sorted(drawn.randrange(len(parts["rest"])) for _ in range(kills - 1)) + [_INDEXING] * (kills > 0)
        _say(f"first {first.seconds:.0f} s; kills after so many files of the rest: {' '.join(map(str, moments))}")
        _ingest(laboratory, folder / "rest", moments, rest, notes.keep)
        rebuilt_s = laboratory.rebuilt_s()
        full = laboratory.idle_ms()
        _ingest(laboratory, folder / "more", [], more, notes.keep)
        status = run(laboratory.home, "index", "status", "--json", settings=laboratory.settings).json()
        alone = memory_bytes(pid=laboratory.process.pid)
    finally:
        laboratory.kill()
    hours = (first.seconds + rest.seconds) / 3600
    growing, filled = (percentile(seen.asked_ms, 0.95) / percentile(full, 0.95) for seen in (rest, more))
    peak = max(seen.peak_bytes for seen in (first, rest, more))
    silence = max(seen.silence_s for seen in (first, rest, more))
    ready = max(seen.ready_s for seen in (first, rest, more))
    return {
        "papers": papers, "embedder": settings.get("embedder", "bundled"),
        "documents": status["documents"], "passages": status["passages"], "kills": kills,
        "measurement_stopped": notes.stops,
        "seconds": {name: round(seen.seconds) for name, seen in notes.parts.items()},
        "rebuilt_s": round(rebuilt_s),
        "hours": round(hours, 2),
        "stages_s": {k: round(first.stages_s.get(k, 0.0) + rest.stages_s[k]) for k in rest.stages_s},
        "peak_mb": round(peak / 1e6), "service_mb": round(alone / 1e6), "longest_silence_s": round(silence, 1),
        "longest_ready_s": round(ready, 1),
        **percentiles_ms(rest.asked_ms, 50, 95, name="growing_", digits=1),
        **percentiles_ms(full, 50, 95, name="idle_full_", digits=1),
        **percentiles_ms(more.asked_ms, 50, 95, name="ingesting_full_", digits=1),
        "ratio_growing": round(growing, 2), "ratio_full": round(filled, 2),
        "first_found_s": None if first.found_s is None else round(first.found_s, 1),
        "unanswered_beside_kills": rest.unanswered, "unanswered_full": more.unanswered,
        "holds": status["documents"] == len(numbers)
        and hours <= HOURS
        and peak <= PEAK_BYTES
        and alone <= SERVICE_BYTES
        and max(growing, filled) <= RATIO
        and silence <= SILENCE_S
        and ready <= READY_S,
    }  # fmt: skip


def _ingest(
    laboratory: Laboratory, folder: Path, moments: Sequence[float], seen: Watched, keep: Callable[[], None]
) -> None:
    """Watch ``jianxi ingest`` until it has ended well; the service is killed at some numbers of files done.

    The last kill is some seconds after the indexing has begun.
    """
    if seen.ended:
        return
    with laboratory.watched(seen):
        while not seen.ended:
            command = laboratory.start("ingest.log", "ingest", str(folder), "--json")
            _wait(laboratory, command, moments, seen, keep)
            seen.ended = command.returncode == 0
    keep()


def _wait(
    laboratory: Laboratory,
    command: "subprocess.Popen[bytes]",
    moments: Sequence[float],
    seen: Watched,
    keep: Callable[[], None],
) -> None:
    kept = last = looked = time.monotonic()
    while command.poll() is None:
        if laboratory.process.poll() is not None:
            raise RuntimeError("the service has ended; its log is service.log in the folder")
        moment = moments[seen.kills] if seen.kills < len(moments) else None
        if moment is not None and last - looked >= (_PAUSE_S if laboratory.indexes else _JOB_EVERY_S):
            looked = last
            if laboratory.reached(moment):
                seen.kills += 1
                laboratory.kill()
                laboratory.serve()
                seen.ready_s = max(seen.ready_s, laboratory.ready_s)
                _say(f"killed after {seen.seconds:.0f} s, {len(moments) - seen.kills} left")
        time.sleep(_PAUSE_S)
        now = time.monotonic()
        seen.seconds, last = seen.seconds + now - last, now
        if now - kept > _KEPT_EVERY_S:
            keep()
            kept = now


def _rebuilds(pid: int) -> bool:
    try:
        return b"rebuild" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
