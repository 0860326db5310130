"""A door in front of a real server: open, shut (connections are refused), or silent (accepted and never answered)."""

import asyncio
from contextlib import suppress


class Gate:
    """Forwards bytes from a port of its own to a server, while it is open."""

    def __init__(self, port: int, to: int) -> None:
        self.port = port
        self._to = to
        self._server: asyncio.Server | None = None
        self._silent = False
        self._going = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Let everything through, also what has waited since the door fell silent."""
        self._silent = False
        self._going.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def silence(self) -> None:
        """Accept connections and let nothing through; those that are open stay open."""
        await self.open()
        self._silent = True
        self._going.clear()

    async def shut(self) -> None:
        """Refuse connections and cut those that are open."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._going.wait()
            behind, ahead = await asyncio.open_connection("127.0.0.1", self._to)
            try:
                await asyncio.gather(self._pass(reader, ahead), self._pass(behind, writer))
            finally:
                ahead.close()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while piece := await source.read(65536):
            await self._going.wait()
            sink.write(piece)
            await sink.drain()
        with suppress(OSError):
            sink.write_eof()
