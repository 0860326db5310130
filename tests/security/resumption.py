"""Streams that are cut at every event and resumed, and answers that are cancelled."""

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from eval.bench.commands import run, served
from tests.security.cancels import MOMENTS, Cancelled, Moment, cancel_each, shortfalls
from tests.security.event_bytes import (
    HOW,
    broken_order,
    compare_resumed,
    events_of,
    field_of,
    first_difference,
    resumed,
)
from tests.security.resumption_inputs import CANCELLED, LOADING, SLOW, STREAMED, WHOLE
from tests.security.slow_model import slow_model

_MOST_FAILURES = 50
_START_S = 120.0
_LOADING = Moment("while the model is loaded", into_model_s=0.5)


@dataclass(slots=True)
class Cuts:
    """How often streams were resumed, and what was not the same."""

    questions: int = 0
    events: int = 0
    stored: int = 0
    """Resumed after the run had ended, by ``Last-Event-ID`` and by ``after``."""
    live: int = 0
    unfinished: int = 0
    """Of the live ones: the run was unfinished when its stream was cut."""
    differences: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        """A JSON object with figures only."""
        counts = {name: getattr(self, name) for name in ("questions", "events", "stored", "live", "unfinished")}
        return {**counts, "differences": len(self.differences)}


@dataclass(slots=True)
class Stops:
    """The cancels of one kind of model."""

    kind: str
    model: str = ""
    whole_s: float | None = None
    """An answer that nobody cancels."""
    loading: Cancelled | None = None
    """A cancel while the model is loaded, which is shown and not judged."""
    cancels: list[Cancelled] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def shortfalls(self) -> list[str]:
        """What is not as it must be."""
        return [*self.failures, *shortfalls(self.kind, self.cancels)]

    @property
    def differences(self) -> list[str]:
        """Where the streams of cancelled runs, resumed, differ from what was heard."""
        return [f"{self.kind}, {c.moment}: {text}" for c in self.cancels for text in c.differences]

    def to_json(self) -> dict[str, object]:
        """A JSON object."""
        stopped = [c.stopped_s for c in self.cancels]
        known = [s for s in stopped if s is not None]
        return {
            "model": self.model,
            "whole_s": self.whole_s,
            "longest_s": round(max(known), 2) if known and None not in stopped else None,
            "cancels": [c.to_json() for c in self.cancels],
            "loading": self.loading.to_json() if self.loading else None,
        }


def measure(folder: Path, *, chat: str = "auto") -> dict[str, object]:
    """Figures of a home with the sample; ``holds``: nothing differs and each model stops in 2 s after a cancel."""
    home = folder / "home"
    run(home, "demo", "--extractive").checked()
    return asyncio.run(measure_home(home, folder, chat=chat))


async def measure_home(
    home: Path, folder: Path, *, chat: str, streamed: Sequence[str] = STREAMED, slow: Sequence[str] = SLOW
) -> dict[str, object]:
    """Figures of a home that is filled."""
    began = time.perf_counter()
    extractive = await _cut_extractive(home, folder, streamed)
    _say(f"extractive answers cut: {extractive.to_json()}")
    slowly, server = await _cut_and_stop_server(home, folder, slow)
    _say(f"slow answers cut: {slowly.to_json()}; cancelled: {server.to_json()}")
    embedded = await stop_embedded(home, folder, chat)
    _say(f"embedded model cancelled: {embedded.to_json()}")
    parts = (extractive, slowly, server, embedded)
    different = [text for part in parts for text in part.differences]
    short = [*extractive.failures, *slowly.failures, *server.shortfalls, *embedded.shortfalls]
    resumptions = sum(c.stored + c.live for c in (extractive, slowly))
    return {
        "resumptions": resumptions + sum(c.resumptions for s in (server, embedded) for c in s.cancels),
        "differences": len(different),
        "cut": {"extractive": extractive.to_json(), "slow_server": slowly.to_json()},
        "cancelled": {"embedded": embedded.to_json(), "server": server.to_json()},
        "seconds": round(time.perf_counter() - began, 1),
        "failures": [*short, *different][:_MOST_FAILURES],
        "holds": not short and not different,
    }


async def _cut_extractive(home: Path, folder: Path, questions: Sequence[str]) -> Cuts:
    with served(home, folder, settings={"chat": "extractive"}) as service:
        async with _client(service.url) as client:
            return await _cut(client, questions)


async def _cut_and_stop_server(home: Path, folder: Path, questions: Sequence[str]) -> tuple[Cuts, Stops]:
    stops = Stops("server", "a slow server")
    async with slow_model(silence_s=0.3, pause_s=0.05) as model:
        with served(home, folder, settings={"chat": f"openai+{model.url}", "chat_model": "slow"}) as service:
            async with _client(service.url) as client:
                cuts = await _cut(client, questions)
                model.silence_s, model.pause_s = 1.5, 0.1
                stops.cancels = await cancel_each(service, client, CANCELLED, slow=model)
    return cuts, stops


async def stop_embedded(home: Path, folder: Path, chat: str) -> Stops:
    """Cancels of the embedded model, which is loaded by an answer that is cancelled meanwhile."""
    stops = Stops("embedded")
    with served(home, folder, settings={"chat": chat}) as service:
        async with _client(service.url) as client:
            stops.model = await _chat_of(client)
            if not stops.model.startswith("gguf"):
                stops.failures.append(f"no embedded model to cancel: the chat is {stops.model}")
                return stops
            [stops.loading] = await cancel_each(service, client, [LOADING], moments=[_LOADING])
            _say(f"loading: {stops.loading.to_json()}")
            stops.whole_s, stops.failures = await _whole_s(client, WHOLE)
            stops.cancels = await cancel_each(service, client, CANCELLED, moments=MOMENTS)
    return stops


async def _chat_of(client: httpx.AsyncClient) -> str:
    """What a service that has just started says of its chat model, once it is ready."""
    async with asyncio.timeout(_START_S):
        while (response := await client.get("/ready")).status_code != 200:
            await asyncio.sleep(0.5)
    return str(response.json()["checks"]["chat"]["found"])


async def _whole_s(client: httpx.AsyncClient, question: str) -> tuple[float, list[str]]:
    """Seconds of an answer that nobody cancels, and what is wrong with its stream."""
    began = time.perf_counter()
    response = await client.post("/v1/answers", json={"question": question})
    wrong = broken_order(events_of(response.raise_for_status().content))
    return round(time.perf_counter() - began, 1), [f"{question}: {wrong}"] if wrong else []


async def _cut(client: httpx.AsyncClient, questions: Sequence[str]) -> Cuts:
    """Ask each question once without a cut, resume it after each event, then ask it again for a live cut at each."""
    cuts = Cuts(len(questions))
    for question in questions:
        response = await client.post("/v1/answers", json={"question": question})
        events = events_of(response.raise_for_status().content)
        if wrong := broken_order(events):
            cuts.failures.append(f"{question}: {wrong}")
        count, found = await compare_resumed(client, response.headers["X-Run-Id"], events)
        cuts.events += len(events)
        cuts.stored += count
        cuts.differences += [f"{question} {text}" for text in found]
        await asyncio.gather(*(_cut_live(client, question, after, cuts) for after in range(len(events) + 1)))
        names = ",".join(field_of(event, "event") for event in events)
        _say(f"{question} {names}: {len(cuts.differences)} differences so far")
    return cuts


async def _cut_live(client: httpx.AsyncClient, question: str, after: int, cuts: Cuts) -> None:
    """Leave a stream after an event while the answer is made, resume, and compare with a reader who stays."""
    raw, how = b"", HOW[after % 2]
    async with client.stream("POST", "/v1/answers", json={"question": question}) as response:
        run_id = response.raise_for_status().headers["X-Run-Id"]
        staying = asyncio.create_task(resumed(client, run_id, 0, "after"))
        chunks = response.aiter_raw()
        while len(events_of(raw)) < after and (chunk := await anext(chunks, b"")):
            raw += chunk
        cut_at = datetime.now(UTC)
    kept = events_of(raw)[:after]
    rest = await resumed(client, run_id, len(kept), how)
    whole = await staying
    ended: dict[str, Any] = (await client.get(f"/v1/answers/{run_id}")).raise_for_status().json()
    cuts.live += 1
    cuts.unfinished += datetime.fromisoformat(str(ended["finished_at"])) > cut_at
    if wrong := first_difference(whole, b"".join(kept) + rest) or broken_order(events_of(whole)):
        cuts.differences.append(f"{question} live, {how} {after}: {wrong}")


def _client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=300, limits=httpx.Limits(max_connections=200), trust_env=False)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
