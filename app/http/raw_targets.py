"""Request targets with characters that are not percent-encoded, as curl sends them: 归 instead of %E5%BD%92."""

import re

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


class RawTargetProtocol(H11Protocol):
    """Uvicorn's protocol on h11, which encodes such characters; its parser refuses the request."""

    def data_received(self, data: bytes) -> None:
        """Encode what has come of the request line; headers and bodies stay as they are."""
        if not data.isascii() and self.conn.their_state is h11.IDLE and b"\n" not in self.conn.trailing_data[0]:
            line, end, rest = data.partition(b"\n")
            data = _BEYOND_ASCII.sub(lambda found: b"%%%02X" % found[0][0], line) + end + rest
        super().data_received(data)
