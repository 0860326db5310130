from starlette.types import Message, Receive, Scope, Send

from app.http.rates import RateLimit, Rates


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def _asked(limit: RateLimit, *, address: str = "10.0.0.1", key: str | None = None) -> tuple[int, dict[str, str]]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"authorization", key.encode())] if key else []
    await limit(
        {"type": "http", "method": "GET", "path": "/v1/models", "headers": headers, "client": (address, 1)},
        receive,
        send,
    )
    return sent[0]["status"], {k.decode(): v.decode() for k, v in sent[0]["headers"]}


async def _answers(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _limit(clock: _Clock, *, address: int | None = None, key: int | None = None) -> RateLimit:
    return RateLimit(_answers, of_address=address, of_key=key, rates=Rates(clock))


async def test_an_address_over_its_rate_is_told_when_to_try_again() -> None:
    clock = _Clock()
    limit = _limit(clock, address=2)
    assert [(await _asked(limit))[0] for _ in range(2)] == [200, 200]

    clock.now = 20.0
    status, headers = await _asked(limit)

    assert (status, headers["retry-after"]) == (429, "40")
    assert (await _asked(limit, address="10.0.0.2"))[0] == 200
    clock.now = 60.0
    assert (await _asked(limit))[0] == 200


async def test_a_key_has_a_rate_of_its_own() -> None:
    limit = _limit(_Clock(), key=1)

    assert (await _asked(limit, key="Bearer a"))[0] == 200
    assert (await _asked(limit, key="Bearer a", address="10.0.0.9"))[0] == 429
    assert (await _asked(limit, key="Bearer b"))[0] == 200


async def test_a_key_is_the_same_however_its_header_is_written() -> None:
    limit = _limit(_Clock(), key=1)

    assert (await _asked(limit, key="Bearer a"))[0] == 200
    for written in ("bearer a", "BEARER   a", " Bearer a ", "Bearer  a"):
        assert (await _asked(limit, key=written))[0] == 429


async def test_a_refused_request_does_not_count() -> None:
    clock = _Clock()
    limit = _limit(clock, address=1)
    await _asked(limit)
    for _ in range(5):
        await _asked(limit)

    clock.now = 60.0
    assert (await _asked(limit))[0] == 200


def test_an_open_stream_counts_until_a_minute_after_its_end() -> None:
    clock = _Clock()
    rates = Rates(clock)
    rates.begin("a")
    rates.opened("a")

    clock.now = 1000.0
    assert rates.wait_s("a", 1) > 0
    rates.ended("a")
    clock.now = 1030.0
    assert rates.wait_s("a", 1) == 30
    clock.now = 1060.0
    assert rates.wait_s("a", 1) == 0
