"""What a body must be to be read: not packed, of the type of its route, and, if it is a form, whole."""

from fastapi import HTTPException, Request
from starlette.types import Message

UPLOAD = ("POST", "/v1/documents")
"""The one route that takes files."""
_TAIL = 300
"""Bytes at the end of a form that hold its last boundary, which has 70 characters at most, and blanks after it."""


def why_unread(request: Request) -> str | None:
    """Why the body of a request that was refused could not be read, by what its headers say of it."""
    packed = request.headers.get("content-encoding", "").strip()
    if packed.lower() not in ("", "identity"):
        return f"Content-Encoding: {packed} is not unpacked here; send the body plain"
    told = request.headers.get("content-type", "")
    kind = told.partition(";")[0].strip().lower()
    if (request.method, request.url.path) == UPLOAD:
        cure = "send multipart/form-data with each file in a field named files"
        return None if kind == "multipart/form-data" else f"Content-Type: {told or 'none'} is no form of files; {cure}"
    if kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json")):
        return None
    return f"Content-Type: {told or 'none'} is not JSON; send the body as JSON with Content-Type: application/json"


def whole_form(request: Request) -> Request:
    """The request, refused at the end of its body where the form was cut off before its last boundary."""
    told = request.headers.get("content-type", "")
    _, _, boundary = told.partition("boundary=")
    end = f"--{boundary.partition(';')[0].strip().strip(chr(34))}--".encode("latin-1", "replace")
    tail = b""

    async def receive() -> Message:
        nonlocal tail
        message = await request.receive()
        tail = (tail + message.get("body", b""))[-_TAIL:]
        if message["type"] == "http.request" and not message.get("more_body", False) and boundary and end not in tail:
            raise HTTPException(
                400, "the form is cut off before its last boundary, so files may be missing; send it again"
            )
        return message

    return Request(request.scope, receive)
