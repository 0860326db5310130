"""Many answers streamed at once: when each has its evidence, whether one fails, and how the memory grows."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from eval.bench.commands import Service, served
from eval.retrieval.metrics import percentiles_ms

FIRST_P95_MS = 1000.0
HEALTH_P99_MS = 200.0
GROWTH = 0.05
_WARM = 0.1
"""Share of the time after which memory is looked at first: what a service keeps of its first questions is no growth."""


@dataclass(slots=True)
class _Seen:
    first_ms: list[float] = field(default_factory=list)
    health_ms: list[float] = field(default_factory=list)
    done: int = 0
    failed: int = 0


async def measure(
    home: Path, folder: Path, questions: list[str], *, streams: int, seconds: float, settings: Mapping[str, str]
) -> dict[str, float]:
    """Figures of a service on a home that answers ``streams`` readers, each of whom asks again after an answer."""
    limits = httpx.Limits(max_connections=streams + 10)
    seen = _Seen()
    with served(home, folder, settings=settings) as service:
        async with httpx.AsyncClient(base_url=service.url, timeout=300, limits=limits, trust_env=False) as client:
            await _stream(client, questions[0], _Seen())
            began = time.perf_counter()
            until = began + seconds
            firsts = (n % len(questions) for n in range(streams))
            readers = [_read(client, questions[n:] + questions[:n], until, seen) for n in firsts]
            warm = asyncio.create_task(_resident_at(began + _WARM * seconds, service))
            await asyncio.gather(*readers, _watch(client, until, seen))
            before, after = await warm, service.resident_bytes()
    return {
        "streams": streams,
        "seconds": seconds,
        "done": seen.done,
        "failed": seen.failed,
        **percentiles_ms(seen.first_ms, 50, 95, name="first_retrieval_", digits=1),
        **percentiles_ms(seen.health_ms, 99, name="health_", digits=1),
        "resident_before_mb": round(before / 1e6),
        "growth": round(after / before - 1, 3),
    }


async def _resident_at(moment: float, service: Service) -> int:
    await asyncio.sleep(moment - time.perf_counter())
    return service.resident_bytes()


async def _read(client: httpx.AsyncClient, questions: Sequence[str], until: float, seen: _Seen) -> None:
    number = 0
    while time.perf_counter() < until:
        try:
            await _stream(client, questions[number % len(questions)], seen)
        except httpx.HTTPError:
            seen.failed += 1
        number += 1


async def _stream(client: httpx.AsyncClient, question: str, seen: _Seen) -> None:
    began = time.perf_counter()
    name = ""
    async with client.stream("POST", "/v1/answers", json={"question": question}) as response:
        response.raise_for_status()
        async for line in response.aiter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
                if name == "retrieval":
                    seen.first_ms.append(1000 * (time.perf_counter() - began))
    seen.done += name == "done"
    seen.failed += name != "done"


async def _watch(client: httpx.AsyncClient, until: float, seen: _Seen) -> None:
    while time.perf_counter() < until:
        began = time.perf_counter()
        await client.get("/health")
        seen.health_ms.append(1000 * (time.perf_counter() - began))
        await asyncio.sleep(0.2)
