"""Answers that are cancelled at several moments: how soon the model stops."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx

from eval.bench.commands import Service
from tests.security.cpu_time import SHARE, CpuTimes, command_of, cpu_times, quiet_after, spent
from tests.security.event_bytes import broken_order, compare_resumed, events_of, field_of
from tests.security.slow_model import SlowModel

LIMIT_S = 2.0
_PATIENCE_S = 120.0
_LONGEST_S = 60.0
_MODEL = "models.gguf.worker"
_MODEL_WORKS_S = 0.2
_BEFORE_S = 0.5
_WATCHED_S = 3.0


@dataclass(frozen=True, slots=True)
class Moment:
    """When an answer is cancelled: after an event, or some seconds after its model began; else at once."""

    name: str
    event: str = ""
    into_model_s: float | None = None


MOMENTS = (
    Moment("at once"),
    Moment("after retrieval", event="retrieval"),
    Moment("after judgement", event="judgement"),
    Moment("1 s into the model", into_model_s=1.0),
    Moment("3 s into the model", into_model_s=3.0),
)


@dataclass(slots=True)
class Cancelled:
    """One cancel; times are seconds from the request to cancel, None where ``failures`` says why."""

    moment: str
    events: int = 0
    share_before: float | None = None
    """Of a core, in the half second before the cancel; only where the model had begun."""
    answered_s: float | None = None
    quiet_s: float | None = None
    """Until the processes of the service are quiet (see tests.security.cpu_time)."""
    wanted_s: float | None = None
    """Until they do not even wait for a core."""
    cpu_s: float | None = None
    """CPU time that they used after the cancel."""
    left_s: float | None = None
    """Until the chat server saw its connection closed; only where it was asked."""
    resumptions: int = 0
    differences: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def stopped_s(self) -> float | None:
        """Seconds until the model stopped."""
        return None if self.quiet_s is None else max(self.quiet_s, self.left_s or 0.0)

    def to_json(self) -> dict[str, object]:
        """A JSON object."""
        found = {**asdict(self), "stopped_s": self.stopped_s}
        return {name: round(v, 2) if isinstance(v, float) else v for name, v in found.items()}


@dataclass(slots=True)
class _Heard:
    raw: bytes = b""
    ended: bool = False

    @property
    def names(self) -> list[str]:
        return [field_of(event, "event") for event in events_of(self.raw)]


async def cancel_each(
    service: Service,
    client: httpx.AsyncClient,
    questions: Sequence[str],
    *,
    moments: Sequence[Moment] = MOMENTS,
    slow: SlowModel | None = None,
) -> list[Cancelled]:
    """A cancel at each moment, each of another question; ``slow`` is the chat server, None for the embedded model."""
    return [
        await _cancel(service, client, question, moment, slow)
        for moment, question in zip(moments, questions, strict=True)
    ]


async def _cancel(
    service: Service, client: httpx.AsyncClient, question: str, moment: Moment, slow: SlowModel | None
) -> Cancelled:
    result = Cancelled(moment.name)
    await quiet_after(service.pid, time.perf_counter(), watched_s=0, limit_s=_LONGEST_S)
    began = _began_of(service.pid, slow)
    known = len(slow.asked) if slow else 0
    heard = _Heard()
    async with client.stream("POST", "/v1/answers", json={"question": question}) as response:
        run = response.raise_for_status().headers["X-Run-Id"]
        listening = asyncio.create_task(_listen(response, heard))
        await _reached(moment, heard, began, service.pid, result)
        asked = time.perf_counter()
        cancelling = asyncio.create_task(_post_cancel(client, run, asked, result))
        quiet = await quiet_after(service.pid, asked, watched_s=_WATCHED_S, limit_s=_LONGEST_S)
        result.quiet_s, result.wanted_s, result.cpu_s = quiet.used_s, quiet.wanted_s, quiet.cpu_s
        await cancelling
        await listening
    if result.quiet_s is None:
        result.failures.append(f"still busy {_LONGEST_S:.0f} s after the cancel")
    if slow:
        _look_at(slow, known, asked, result)
    events = events_of(heard.raw)
    result.events = len(events)
    if wrong := broken_order(events, last="error"):
        result.failures.append(wrong)
    result.resumptions, result.differences = await compare_resumed(client, run, events)
    return result


def _began_of(pid: int, slow: SlowModel | None) -> Callable[[], bool]:
    """Whether the model has begun: the server was asked, or the process of the embedded model computes."""
    if slow:
        known = len(slow.asked)
        return lambda: len(slow.asked) > known
    before = _of_model(pid)
    return lambda: spent(before, _of_model(pid)) >= _MODEL_WORKS_S


def _of_model(pid: int) -> CpuTimes:
    return {child: seconds for child, seconds in cpu_times(pid).items() if _MODEL in command_of(child)}


async def _listen(response: httpx.Response, heard: _Heard) -> None:
    async for chunk in response.aiter_raw():
        heard.raw += chunk
    heard.ended = True


async def _reached(moment: Moment, heard: _Heard, began: Callable[[], bool], pid: int, result: Cancelled) -> None:
    """Wait for the moment; a failure tells that the answer ended before, or that the model did not work."""
    if moment.event:
        await _until(lambda: moment.event in heard.names or heard.ended)
    if moment.into_model_s is not None:
        await _until(lambda: began() or heard.ended)
        await asyncio.sleep(moment.into_model_s - _BEFORE_S)
        before, since = cpu_times(pid), time.perf_counter()
        await asyncio.sleep(_BEFORE_S)
        result.share_before = spent(before, cpu_times(pid)) / (time.perf_counter() - since)
    if heard.ended:
        result.failures.append("the answer had ended before the cancel")


async def _until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while not reached():
            await asyncio.sleep(0.02)


async def _post_cancel(client: httpx.AsyncClient, run: str, asked: float, result: Cancelled) -> None:
    response = await client.post(f"/v1/answers/{run}/cancel")
    result.answered_s = time.perf_counter() - asked
    found: dict[str, Any] = response.json()
    if response.status_code != 200 or found.get("status") != "cancelled":
        result.failures.append(f"the cancel was answered {response.status_code}: {found.get('status')}")


def _look_at(slow: SlowModel, known: int, asked: float, result: Cancelled) -> None:
    """What the chat server saw of this answer."""
    for request in slow.asked[known:]:
        if request.whole:
            result.failures.append("the chat server wrote its answer to the end")
        elif request.left is None:
            result.failures.append(f"the chat server is connected {_WATCHED_S:.0f} s after the cancel")
        elif request.began > asked + (result.answered_s or 0.0):
            result.failures.append("the chat server was asked after the cancel")
        else:
            result.left_s = max(result.left_s or 0.0, request.left - asked)


def shortfalls(kind: str, cancels: Sequence[Cancelled]) -> list[str]:
    """What is not as it must be: failures, slow stops, and an embedded model that was not seen at work."""
    found = []
    for each in cancels:
        told = list(each.failures)
        if each.stopped_s is not None and each.stopped_s > LIMIT_S:
            told.append(f"stopped after {each.stopped_s:.1f} s")
        elif each.stopped_s is not None and (each.wanted_s is None or each.wanted_s > LIMIT_S):
            waited = f"over {_LONGEST_S:.0f}" if each.wanted_s is None else f"{each.wanted_s:.1f}"
            told.append(f"processes waited for a core for {waited} s; measure on a machine that is less busy")
        if kind == "embedded" and each.share_before is not None and each.share_before < SHARE:
            told.append(f"the model used {each.share_before:.2f} of a core before the cancel")
        found += [f"{kind}, {each.moment}: {text}" for text in told]
    return found
