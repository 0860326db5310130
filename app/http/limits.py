"""Limits of the request body."""

import asyncio
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.bodies import UPLOAD
from app.http.problems import problem_response

_SILENCE_S = 30.0


class _Refused(Exception):
    """No more of the body is read."""


class BodyLimit:
    """Refuses bodies over the limit, with or without a Content-Length; only the route of uploads takes large ones.

    A body of which nothing comes for 30 s is refused too.
    """

    def __init__(self, app: ASGIApp, *, json_bytes: int, upload_bytes: int) -> None:
        self._app = app
        self._json_bytes = json_bytes
        self._upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        limit = self._upload_bytes if (scope["method"], path) == UPLOAD else self._json_bytes
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdigit() and (len(announced) > 18 or int(announced) > limit):
            await _too_large(limit, path)(scope, receive, send)
            return
        seen = 0
        started = whole = False
        refusal: JSONResponse | None = None

        async def counted() -> Message:
            nonlocal seen, whole, refusal
            try:
                message = await (receive() if whole else asyncio.wait_for(receive(), _SILENCE_S))
            except TimeoutError:
                detail = f"nothing more of the body came for {_SILENCE_S:.0f} s"
                refusal = problem_response(408, "request-timeout", detail, path)
                raise _Refused from None
            whole = not message.get("more_body", False)
            seen += len(message.get("body", b""))
            if seen > limit:
                refusal = _too_large(limit, path)
                raise _Refused
            return message

        async def noting(message: Message) -> None:
            nonlocal started
            if refusal is not None and not started:
                return
            started = True
            await send(message)

        with suppress(_Refused):
            await self._app(scope, counted, noting)
        if refusal is not None and not started:
            await refusal(scope, receive, send)


def _too_large(limit: int, path: str) -> JSONResponse:
    return problem_response(413, "too-large", f"the body is over the limit of {limit / 2**20:.0f} MB", path)
