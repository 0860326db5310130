"""What counts as told and as back, on a service that a test hinders."""

import json

import httpx
import pytest

from tests.security.outages_watch import Asked, Outage, Way, done_event, watch

ANSWER = {"answer": "55 percent more slowly.", "notice": ""}


class Service:
    """A service whose store comes and goes."""

    def __init__(self, *, comes_back: bool = True, degrades: bool = False) -> None:
        self.away = False
        self._comes_back = comes_back
        self._degrades = degrades

    async def go(self) -> None:
        self.away = True

    async def come(self) -> None:
        self.away = not self._comes_back

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/health" or not self.away:
            return self._answered("")
        if self._degrades:
            return self._answered("The model is away.")
        return httpx.Response(503, json={"type": "urn:jianxi:problem:store-unavailable"})

    def _answered(self, notice: str) -> httpx.Response:
        data = json.dumps({**ANSWER, "notice": notice})
        return httpx.Response(200, text=f"event: retrieval\r\ndata: {{}}\r\n\r\nevent: done\r\ndata: {data}\r\n\r\n")


async def watched(service: Service, asked: Asked) -> Outage:
    transport = httpx.MockTransport(service.answer)
    async with httpx.AsyncClient(base_url="http://service", transport=transport) as client:
        way = Way("away", service.go, service.come)
        return await watch(client, "a store", way, [asked], seconds=0, patience_s=0.2)


async def test_an_outage_that_is_told_and_ends_holds() -> None:
    outage = await watched(Service(), Asked("/v1/search", {"query": "x"}, problem="store-unavailable"))
    assert outage.holds, outage
    assert outage.back_s is not None
    assert outage.back_s < 1


async def test_a_service_that_does_not_come_back_does_not_hold() -> None:
    outage = await watched(Service(comes_back=False), Asked("/v1/search", {"query": "x"}, problem="store-unavailable"))
    assert (outage.holds, outage.back_s) == (False, None)
    assert "store-unavailable" in outage.failures[-1]


async def test_another_problem_than_the_right_one_is_a_failure() -> None:
    outage = await watched(Service(), Asked("/v1/search", {"query": "x"}, problem="state-unavailable"))
    assert not outage.holds
    assert outage.back_s is not None


@pytest.mark.parametrize("degrades", [True, False])
async def test_a_degraded_answer_says_why(degrades: bool) -> None:
    outage = await watched(Service(degrades=degrades), Asked("/v1/answers", {"question": "x"}, degraded=True))
    assert outage.holds is degrades


def test_times_over_the_limits_do_not_hold() -> None:
    assert Outage("a", "away", responses=1, told_s=3.0, back_s=10.0).holds
    assert not Outage("a", "away", responses=1, told_s=3.1, back_s=1.0).holds
    assert not Outage("a", "away", responses=1, told_s=1.0, back_s=10.1).holds


def test_only_a_last_event_named_done_is_an_answer() -> None:
    assert done_event(httpx.Response(200, text='event: error\ndata: {"code": "x"}\n\n')) == {}
    assert done_event(httpx.Response(503, text="")) == {}
