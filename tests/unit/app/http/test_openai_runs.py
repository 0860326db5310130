"""What becomes of the run behind a chat completion."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.types import Message

from app.answering.domain import AnswerRequest
from app.http import openai_compat
from app.state.domain import Event
from tests.unit.app.http.conftest import Routes

ASKED = {"model": "jianxi", "messages": [{"role": "user", "content": "What is AQP4?"}]}


class EndlessAnswers:
    """Runs that end when they are cancelled, or at once with the error that they are given."""

    def __init__(self, error: str | None = None) -> None:
        self.error = error
        self.begun, self.cancelled = asyncio.Event(), asyncio.Event()

    def check(self, request: AnswerRequest) -> None:
        """Every question may be asked."""

    async def start(self, request: AnswerRequest) -> str:
        return "run_1"

    async def events(self, run: str) -> AsyncIterator[Event]:
        yield Event(1, "retrieval", {})
        self.begun.set()
        if self.error is None:
            await self.cancelled.wait()
        yield Event(2, "error", {"code": self.error or "cancelled", "message": "why"})

    async def cancel(self, run: str) -> bool:
        self.cancelled.set()
        return True


def answered_by(routes: Routes, answers: EndlessAnswers, monkeypatch: pytest.MonkeyPatch) -> None:
    async def answering() -> EndlessAnswers:
        return answers

    async def reachable(app: object) -> None:
        pass

    monkeypatch.setattr(routes.app, "answering", answering)
    monkeypatch.setattr(openai_compat, "reachable", reachable)


@pytest.mark.parametrize("stream", [True, False])
async def test_a_client_that_leaves_stops_its_run(
    routes: Routes, monkeypatch: pytest.MonkeyPatch, stream: bool
) -> None:
    answers = EndlessAnswers()
    answered_by(routes, answers, monkeypatch)
    come = [{"type": "http.request", "body": json.dumps({**ASKED, "stream": stream}).encode(), "more_body": False}]

    async def receive() -> Message:
        if come:
            return come.pop()
        await answers.begun.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        pass

    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
    scope: dict[str, Any] = {
        "type": "http", "method": "POST", "path": "/v1/chat/completions", "raw_path": b"/v1/chat/completions",
        "query_string": b"", "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        "scheme": "http", "http_version": "1.1", "root_path": "",
    }  # fmt: skip
    await asyncio.wait_for(routes.api(scope, receive, send), 20)
    assert answers.cancelled.is_set()
