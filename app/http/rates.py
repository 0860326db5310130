"""How many requests an address and a key may make in a minute; a stream counts for as long as it is open."""

import hashlib
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.access import secret_of
from app.http.problems import Denied, too_much_response

_WINDOW_S = 60.0
_MOST_NAMES = 10_000
_FREE = frozenset({"/health"})


@dataclass(slots=True)
class _Used:
    begun: deque[float] = field(default_factory=deque)
    open: int = 0


class Rates:
    """Requests begun in the last minute and streams still open, by name."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._used: dict[str, _Used] = {}

    def wait_s(self, name: str, most: int) -> int:
        """0 if one more is allowed now, else the seconds until then."""
        used = self._used.get(name)
        if used is None:
            return 0
        self._forget(used)
        if len(used.begun) + used.open < most:
            return 0
        return max(1, math.ceil(used.begun[0] + _WINDOW_S - self._clock())) if used.begun else 5

    def begin(self, name: str) -> None:
        """Count a request."""
        if len(self._used) >= _MOST_NAMES:
            self._drop_idle()
        self._used.setdefault(name, _Used()).begun.append(self._clock())

    def opened(self, name: str) -> None:
        """The request counted last is a stream: it counts until its end, and for a minute after it."""
        used = self._used.setdefault(name, _Used())
        used.open += 1
        if used.begun:
            used.begun.pop()

    def ended(self, name: str) -> None:
        """A stream has ended."""
        used = self._used.setdefault(name, _Used())
        used.open -= 1
        used.begun.append(self._clock())

    def _forget(self, used: _Used) -> None:
        while used.begun and used.begun[0] <= self._clock() - _WINDOW_S:
            used.begun.popleft()

    def _drop_idle(self) -> None:
        for name, used in list(self._used.items()):
            self._forget(used)
            if not used.begun and not used.open:
                del self._used[name]


class RateLimit:
    """Refuses requests over the rates with 429 and Retry-After; a key is known by its secret."""

    def __init__(self, app: ASGIApp, *, of_address: int | None, of_key: int | None, rates: Rates | None = None) -> None:
        self._app = app
        self._of_address = of_address
        self._of_key = of_key
        self._rates = rates or Rates()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] in _FREE:
            await self._app(scope, receive, send)
            return
        limits = self._limits(scope)
        for name, most in limits.items():
            wait_s = self._rates.wait_s(name, most)
            if wait_s:
                detail = f"over the rate of {most} requests a minute, open streams included; try again in {wait_s} s"
                await too_much_response(429, detail, wait_s, scope["path"])(scope, receive, send)
                return
        for name in limits:
            self._rates.begin(name)
        streaming = False

        async def noting(message: Message) -> None:
            nonlocal streaming
            if message["type"] == "http.response.start" and not streaming:
                kind = Headers(raw=message["headers"]).get("content-type", "")
                if kind.startswith("text/event-stream"):
                    streaming = True
                    for name in limits:
                        self._rates.opened(name)
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            for name in limits if streaming else ():
                self._rates.ended(name)

    def _limits(self, scope: Scope) -> dict[str, int]:
        address = scope["client"][0] if scope.get("client") else ""
        limits = {f"address {address}": self._of_address} if self._of_address else {}
        if self._of_key and (secret := _secret(scope)):
            limits[f"key {hashlib.sha256(secret.encode()).hexdigest()}"] = self._of_key
        return limits


def _secret(scope: Scope) -> str | None:
    """What the header says as it is read for access; None where it is refused there."""
    try:
        return secret_of(Headers(scope=scope))
    except Denied:
        return None
