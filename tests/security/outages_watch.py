"""What a service says while a dependency is away, and how soon it works again."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

TOLD_S, BACK_S = 3.0, 10.0
_EVERY_S, _LOOK_S = 1.0, 0.1
_PATIENCE_S = 120.0
_TOLD = 10
QUESTION = "How much more slowly did mice lacking aquaporin-4 clear amyloid-beta?"


@dataclass(frozen=True, slots=True)
class Way:
    """How a dependency goes and comes back."""

    name: str
    hinder: Callable[[], Awaitable[None]]
    restore: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request while it is away, and what is right then: a 503 of one type of problem, or an answer that says why."""

    path: str
    body: Mapping[str, str]
    problem: str = ""
    degraded: bool = False

    def fault(self, response: httpx.Response) -> str:
        """What is wrong with a response, nothing where it is right."""
        if self.degraded:
            done = done_event(response)
            return "" if done.get("answer") and done.get("notice") else f"is not told: {_brief(response)}"
        wanted = f"urn:jianxi:problem:{self.problem}"
        told = response.status_code == 503 and response.json().get("type") == wanted
        return "" if told else f"is no 503 of the type {self.problem}: {_brief(response)}"


@dataclass(slots=True)
class Outage:
    """One outage; ``told_s`` is the longest response while it lasted, ``back_s`` None where the service stayed away."""

    dependency: str
    how: str
    lasted_s: float = 0.0
    responses: int = 0
    told_s: float = 0.0
    health_s: float = 0.0
    back_s: float | None = None
    job_s: float | None = None
    """Of a job that was sent once the service was back."""
    failures: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether it was told in time and rightly, and the service was back in time."""
        in_time = max(self.told_s, self.health_s) <= TOLD_S and self.back_s is not None and self.back_s <= BACK_S
        return in_time and self.responses > 0 and not self.failures

    def to_json(self) -> dict[str, object]:
        """A JSON object."""
        times = {name: getattr(self, name) for name in ("lasted_s", "told_s", "health_s", "back_s", "job_s")}
        return {
            "dependency": self.dependency,
            "how": self.how,
            "responses": self.responses,
            **{name: None if value is None else round(value, 2) for name, value in times.items()},
            "failures": self.failures[:_TOLD],
            "holds": self.holds,
        }


async def watch(
    client: httpx.AsyncClient,
    dependency: str,
    way: Way,
    asked: Sequence[Asked],
    *,
    seconds: float,
    patience_s: float = _PATIENCE_S,
) -> Outage:
    """Hinder a dependency for so many seconds, ask all the while, and wait until the service answers as before."""
    outage = Outage(dependency, way.name)
    usual = _shape(await client.post("/v1/answers", json={"question": QUESTION}))
    await way.hinder()
    began = time.monotonic()
    while not outage.responses or time.monotonic() - began < seconds:
        for each in asked:
            outage.told_s = max(
                outage.told_s, await _timed(outage, each.path, client.post(each.path, json=each.body), each)
            )
        outage.health_s = max(outage.health_s, await _timed(outage, "/health", client.get("/health"), None))
        outage.responses += 1
        await asyncio.sleep(_EVERY_S)
    outage.lasted_s = time.monotonic() - began
    await way.restore()
    outage.back_s = await works(client, patience_s, usual=usual, failures=outage.failures)
    return outage


async def works(
    client: httpx.AsyncClient,
    patience_s: float,
    *,
    usual: tuple[object, ...] | None = None,
    failures: list[str] | None = None,
) -> float | None:
    """Seconds until ``/ready`` says yes and a question is answered, in the ``usual`` way where that is given.

    None where that takes longer than ``patience_s``; then the last response is added to ``failures``, or raised.
    """
    began = time.monotonic()
    while True:
        try:
            response = await client.get("/ready")
            if response.status_code == 200:
                response = await client.post("/v1/answers", json={"question": QUESTION})
                shape = _shape(response)
                if shape[0] and usual in (None, shape):
                    return time.monotonic() - began
            last = _brief(response)
        except httpx.HTTPError as error:
            last = f"{type(error).__name__}: {error}"
        if time.monotonic() - began > patience_s:
            if failures is None:
                raise RuntimeError(f"the service does not answer within {patience_s:.0f} s: {last}")
            failures.append(f"not back within {patience_s:.0f} s: {last}")
            return None
        await asyncio.sleep(_LOOK_S)


async def job_s(client: httpx.AsyncClient, name: str) -> float | None:
    """Seconds from an upload until its job has ended well, None where it has not."""
    began = time.monotonic()
    text = f"# {name}\n\nThe interstitial fluid moves in sleep.\n"
    reply = await client.post("/v1/documents", files=[("files", (name, text.encode()))])
    if reply.status_code != 202:
        return None
    while time.monotonic() - began < _PATIENCE_S:
        job = await client.get(f"/v1/jobs/{reply.json()['id']}")
        if job.status_code == 200 and job.json()["status"] in ("succeeded", "failed", "cancelled"):
            return time.monotonic() - began if job.json()["status"] == "succeeded" else None
        await asyncio.sleep(_LOOK_S)
    return None


def done_event(response: httpx.Response) -> dict[str, Any]:
    """What the last event of an answer says, empty where it is another one."""
    events = [part for part in response.text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    lines = events[-1].split("\n") if events else []
    if response.status_code != 200 or "event: done" not in lines:
        return {}
    return dict(json.loads("".join(line.removeprefix("data: ") for line in lines if line.startswith("data: "))))


def _shape(response: httpx.Response) -> tuple[object, ...]:
    """Whether there is an answer, what it consists of, and what it notes of itself."""
    done = done_event(response)
    return bool(done.get("answer")), done.get("kind"), done.get("notice")


async def _timed(outage: Outage, path: str, request: Awaitable[httpx.Response], asked: Asked | None) -> float:
    """Seconds of a request; what is wrong with the response goes to the failures."""
    began = time.monotonic()
    try:
        response = await request
        fault = asked.fault(response) if asked else "" if response.status_code == 200 else f"is {_brief(response)}"
    except (httpx.HTTPError, ValueError) as error:
        fault = f"{type(error).__name__}: {error}"
    if fault:
        outage.failures.append(f"{path} {fault}")
    return time.monotonic() - began


def _brief(response: httpx.Response) -> str:
    return f"{response.status_code} {response.text[-300:]}"
