"""A real HTTP server on loopback whose answers a test scripts."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Respond = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Hands every request to the server's ``respond`` and keeps what was asked."""

    server: "Server"

    def do_GET(self) -> None:
        self.asked: dict[str, Any] = {}
        self._serve()

    def do_POST(self) -> None:
        self.asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._serve()

    def _serve(self) -> None:
        self.server.asked.append((self.path, dict(self.headers), self.asked))
        try:
            self.server.respond(self)
        except (BrokenPipeError, ConnectionResetError):
            self.server.cut.set()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def say(self, status: int, body: object, **headers: str) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def events(self, *bodies: object, done: bool = True, pause_s: float = 0) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for body in bodies:
            self.wfile.write(f"data: {json.dumps(body)}\n\n".encode())
            self.wfile.flush()
            time.sleep(pause_s)
        if done:
            self.wfile.write(b"data: [DONE]\n\n")


class Server(ThreadingHTTPServer):
    """Keeps the requests; ``cut`` is set once a client left in the middle of an answer."""

    daemon_threads = True

    def __init__(self, respond: Respond) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.respond = respond
        self.asked: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.cut = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        self.cut.set()


@contextmanager
def serving(respond: Respond) -> Iterator[Server]:
    server = Server(respond)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def delta(content: str | None = None, *, finish: str | None = None, **more: str) -> dict[str, Any]:
    """One chunk of a streamed answer."""
    return {"model": "m", "choices": [{"index": 0, "delta": {"content": content, **more}, "finish_reason": finish}]}
