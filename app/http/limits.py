"""Limits of the request body and security headers of every response."""

import asyncio
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SILENCE_S = 30.0
UPLOAD = ("POST", "/v1/documents")
"""The one route that takes files."""

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
}


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
        limit = self._upload_bytes if (scope["method"], scope["path"]) == UPLOAD else self._json_bytes
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdigit() and (len(announced) > 18 or int(announced) > limit):
            await _too_large(limit)(scope, receive, send)
            return
        seen = 0
        started = whole = False
        refusal: JSONResponse | None = None

        async def counted() -> Message:
            nonlocal seen, whole, refusal
            try:
                message = await (receive() if whole else asyncio.wait_for(receive(), _SILENCE_S))
            except TimeoutError:
                refusal = _problem(408, "request-timeout", f"nothing more of the body came for {_SILENCE_S:.0f} s")
                raise _Refused from None
            whole = not message.get("more_body", False)
            seen += len(message.get("body", b""))
            if seen > limit:
                refusal = _too_large(limit)
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


class SecurityHeaders:
    """Headers that let browsers load and run only the page's own files."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def _too_large(limit: int) -> JSONResponse:
    return _problem(413, "too-large", f"the body is over the limit of {limit / 2**20:.0f} MB")


def _problem(status: int, name: str, detail: str) -> JSONResponse:
    problem = {
        "type": f"urn:jianxi:problem:{name}",
        "title": name.replace("-", " "),
        "status": status,
        "detail": detail,
    }
    return JSONResponse(problem, status, media_type="application/problem+json")
