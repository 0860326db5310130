"""HTTP servers on loopback that stand for a chat model or a listener, in a thread of their own."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Quiet(BaseHTTPRequestHandler):
    """A handler that logs nothing and closes the connection after each answer."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def answer(self, body: str, kind: str) -> None:
        """Send a body, unless the client has gone."""
        data = body.encode()
        with suppress(ConnectionError):
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(data)

    def answer_json(self, value: object) -> None:
        """Send a value."""
        self.answer(json.dumps(value), "application/json")

    def answer_models(self, model: str) -> None:
        """Send OpenAI's list of models, of one."""
        self.answer_json({"object": "list", "data": [{"id": model, "object": "model"}]})

    def answer_stream(self, model: str, deltas: Sequence[dict[str, Any]]) -> None:
        """Send a completion as OpenAI streams it."""
        rows: list[dict[str, Any]] = [{"index": 0, "delta": d, "finish_reason": None} for d in deltas]
        rows.append({"index": 0, "delta": {}, "finish_reason": "stop"})
        events = [json.dumps({"model": model, "choices": [row]}) for row in rows]
        self.answer("".join(f"data: {event}\n\n" for event in [*events, "[DONE]"]), "text/event-stream")


@contextmanager
def on_loopback(handler: type[BaseHTTPRequestHandler], port: int = 0) -> Iterator[str]:
    """The address of a server while the block runs; port 0 takes a free one."""
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
