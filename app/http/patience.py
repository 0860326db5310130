"""Connections that open and then say nothing are closed, so that they cannot hold the service."""

import asyncio
from typing import Any

from app.http.raw_targets import RawTargetProtocol

HEAD_S = 15.0
"""Longest time from the opening of a connection, or its first byte behind a response, to the end of the head."""


class PatientProtocol(RawTargetProtocol):
    """The protocol with a time-out for the head of a request."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Wait for the first head."""
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Wait for the rest of a head that has begun."""
        super().data_received(data)
        if self._between_requests and self._late is None:
            self._wait_for_head()
        elif not self._between_requests and self._late is not None:
            self._late.cancel()
            self._late = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        if self._late is not None:
            self._late.cancel()
        super().connection_lost(exc)

    @property
    def _between_requests(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait_for_head(self) -> None:
        self._late = self.loop.call_later(HEAD_S, self._close_if_between)

    def _close_if_between(self) -> None:
        self._late = None
        if self._between_requests and not self.transport.is_closing():
            self.transport.close()
