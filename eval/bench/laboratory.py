"""A laboratory's library: thousands of full texts ingested beside a service that is asked, and killed, meanwhile."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from eval.bench.commands import run, start
from eval.memory import children_of, memory_bytes, tree_bytes
from eval.retrieval.metrics import percentiles_ms
from eval.scale.papers import write_papers

HOURS, PEAK_BYTES, SERVICE_BYTES, RATIO, SILENCE_S = 4.0, 6e9, 3e9, 1.3, 60.0
_FIRST, _MORE, _IDLE = 300, 60, 300
_PAUSE_S = 0.3
_TWO_LOOKS_S = 130.0
_INDEXING, _A_WHILE_S = float("inf"), 3.0


@dataclass(slots=True)
class Watched:
    """What was seen beside an ingestion."""

    asked_ms: list[float] = field(default_factory=list)
    unanswered: int = 0
    peak_bytes: int = 0
    silence_s: float = 0.0
    stages_s: dict[str, float] = field(default_factory=dict)
    found_s: float | None = None
    """Seconds until a question was first answered with a passage."""


class Laboratory:
    """A home with its service, which can be killed and started again."""

    def __init__(
        self, home: Path, folder: Path, questions: Sequence[str], port: int, settings: Mapping[str, str]
    ) -> None:
        self.home, self.folder, self._questions, self._port = home, folder, questions, port
        self.settings = {"chat": "extractive", "rate_per_address": "0", "rate_per_key": "0", **settings}
        self._asked = 0
        self._since = 0.0
        self.finds = False
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False)
        self.process: subprocess.Popen[bytes] | None = None

    def serve(self) -> None:
        """Start the service and wait until it answers."""
        words = ("serve", "--port", str(self._port))
        self.process = start(self.home, *words, log=self.folder / "service.log", settings=self.settings)
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                if self._client.get("/health").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise RuntimeError("the service does not answer")

    def kill(self) -> None:
        """Kill the service and its worker (-9)."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def ask(self) -> float | None:
        """Milliseconds of one search over HTTP; None where it was not answered."""
        question = self._questions[self._asked % len(self._questions)]
        self._asked += 1
        began = time.perf_counter()
        try:
            found = self._client.post("/v1/search", json={"query": question, "k": 8})
        except httpx.TransportError:
            return None
        if found.status_code != 200:
            return None
        took = time.perf_counter() - began
        self.finds = bool(found.json()["results"])
        return 1000 * took

    def idle_ms(self) -> list[float]:
        """Milliseconds of searches while nothing else is done."""
        for _ in range(20):
            self.ask()
        found = []
        for _ in range(_IDLE):
            if (took := self.ask()) is not None:
                found.append(took)
            time.sleep(_PAUSE_S / 10)
        return found

    def rebuilt_s(self) -> float:
        """Seconds until the service has rebuilt its indexes beside itself, where it does so within two looks."""
        began = quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < _TWO_LOOKS_S:
            if self.process is not None and any(map(_rebuilds, children_of(self.process.pid))):
                quiet_since = time.monotonic()
            time.sleep(1)
        return quiet_since - began

    def reached(self, files: float) -> bool:
        """Whether the newest job has so many files behind it, or, for ``_INDEXING``, indexes the last for a while."""
        try:
            job = self.progress()
        except (httpx.HTTPError, KeyError, ValueError):
            return False
        if job.get("status") != "running":  # an earlier job has all its files behind it
            return False
        its = job["progress"]
        if files != _INDEXING:
            return bool(its.get("files", 0) >= files)
        last = its.get("stage") == "indexing" and its["files"] == its["files_total"]
        self._since = self._since or (time.monotonic() if last else 0.0)
        return bool(self._since) and time.monotonic() - self._since > _A_WHILE_S

    def progress(self) -> dict[str, Any]:
        """Of the newest job."""
        jobs = self._client.get("/v1/jobs", params={"limit": 1}).json()["jobs"]
        return dict(jobs[0]) if jobs else {}

    @contextmanager
    def watched(self) -> Iterator[Watched]:
        """Ask, and look at memory and at signs of life, until the block ends."""
        seen, over = Watched(), threading.Event()
        threads = [threading.Thread(target=self._ask_on, args=(seen, over))]
        threads.append(threading.Thread(target=self._look_on, args=(seen, over)))
        for thread in threads:
            thread.start()
        try:
            yield seen
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
        while not over.wait(1):
            if self.process is not None:
                seen.peak_bytes = max(seen.peak_bytes, tree_bytes(self.process.pid))
            try:
                job = self.progress()
            except (httpx.HTTPError, KeyError, ValueError):
                last = time.time()
                continue
            now = job.get("progress", {}).get("stage", "") if job.get("status") == "running" else ""
            seen.stages_s[now or "none"] = seen.stages_s.get(now or "none", 0.0) + time.monotonic() - since
            since = time.monotonic()
            if not now or stage != now:
                last, stage = time.time(), now
            if beats.exists():
                last = max(last, beats.stat().st_mtime)
            seen.silence_s = max(seen.silence_s, time.time() - last)


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

    ``settings`` are further ones of the service, without their prefix.
    """
    files = write_papers(data, folder / "made", papers + _MORE)
    parts = {"first": files[:_FIRST], "rest": files[_FIRST:papers], "more": files[papers:]}
    folders = {name: _linked(folder / name, its) for name, its in parts.items()}
    laboratory = Laboratory(folder / "home", folder, questions, port, settings)
    laboratory.serve()
    try:
        found: dict[str, object] = {"papers": papers, "embedder": settings.get("embedder", "bundled")}
        with laboratory.watched() as first:
            first_s = _ingested(laboratory, folders["first"], [])
        drawn = random.Random(seed)  # noqa: S311 - moments
        moments = sorted(drawn.randrange(len(parts["rest"])) for _ in range(kills - 1)) + [_INDEXING] * (kills > 0)
        _say(f"first {first_s:.0f} s; kills after so many files of the rest: {' '.join(map(str, moments))}")
        with laboratory.watched() as rest:
            rest_s = _ingested(laboratory, folders["rest"], moments)
        rebuilt_s = laboratory.rebuilt_s()
        full = laboratory.idle_ms()
        with laboratory.watched() as more:
            more_s = _ingested(laboratory, folders["more"], [])
        status = run(laboratory.home, "index", "status", "--json", settings=laboratory.settings).json()
        alone = memory_bytes(pid=laboratory.process.pid) if laboratory.process else 0
        idle = _p95(full)
        ratios = {"growing": _p95(rest.asked_ms) / idle, "full": _p95(more.asked_ms) / idle}
        peak = max(seen.peak_bytes for seen in (first, rest, more))
        silence = max(seen.silence_s for seen in (first, rest, more))
        found |= {
            "documents": status["documents"], "passages": status["passages"], "kills": kills,
            "seconds": {"first": round(first_s), "rest": round(rest_s), "more": round(more_s)},
            "rebuilt_s": round(rebuilt_s),
            "hours": round((first_s + rest_s) / 3600, 2),
            "stages_s": {k: round(first.stages_s.get(k, 0) + rest.stages_s.get(k, 0)) for k in rest.stages_s},
            "peak_mb": round(peak / 1e6), "service_mb": round(alone / 1e6), "longest_silence_s": round(silence, 1),
            **percentiles_ms(rest.asked_ms, 50, 95, name="growing_", digits=1),
            **percentiles_ms(full, 50, 95, name="idle_full_", digits=1),
            **percentiles_ms(more.asked_ms, 50, 95, name="ingesting_full_", digits=1),
            "ratio_growing": round(ratios["growing"], 2), "ratio_full": round(ratios["full"], 2),
            "first_found_s": None if first.found_s is None else round(first.found_s, 1),
            "unanswered_beside_kills": rest.unanswered, "unanswered_full": more.unanswered,
        }  # fmt: skip
        found["holds"] = (
            status["documents"] == len(files)
            and (first_s + rest_s) / 3600 <= HOURS
            and peak <= PEAK_BYTES
            and alone <= SERVICE_BYTES
            and max(ratios.values()) <= RATIO
            and silence <= SILENCE_S
        )
        return found
    finally:
        laboratory.kill()


def _ingested(laboratory: Laboratory, folder: Path, moments: Sequence[float]) -> float:
    """Seconds until ``jianxi ingest`` has ended well; the service is killed at some numbers of files done.

    The last kill is some seconds after the indexing has begun.
    """
    began, left = time.monotonic(), list(moments)
    while True:
        words, log = ("ingest", str(folder), "--json"), laboratory.folder / "ingest.log"
        command = start(laboratory.home, *words, log=log, settings=laboratory.settings)
        while command.poll() is None:
            if left and laboratory.reached(left[0]):
                left.pop(0)
                laboratory.kill()
                laboratory.serve()
                _say(f"killed after {time.monotonic() - began:.0f} s, {len(left)} left")
            time.sleep(0.2)
        if command.returncode == 0:
            return time.monotonic() - began
        if laboratory.process is None or laboratory.process.poll() is not None:
            raise RuntimeError("the service has ended")


def _linked(folder: Path, files: Sequence[Path]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        link = folder / file.name
        if not link.exists():
            link.hardlink_to(file)
    return folder


def _rebuilds(pid: int) -> bool:
    try:
        return b"rebuild" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _p95(asked_ms: Sequence[float]) -> float:
    return percentiles_ms(list(asked_ms), 95, name="", digits=3)["p95_ms"]


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
