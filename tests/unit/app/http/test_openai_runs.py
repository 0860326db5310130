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
        self.asked: list[AnswerRequest] = []
        self.begun, self.cancelled = asyncio.Event(), asyncio.Event()

    def check(self, request: AnswerRequest) -> None:
        """Every question may be asked."""

    async def start(self, request: AnswerRequest) -> str:
        self.asked.append(request)
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


FAILED = {
    "ModelRefused": (400, "model_refused", None),
    "InvalidQuery": (400, "invalid_query", None),
    "ModelUnavailable": (503, "model_unavailable", "10"),
    "StorageFull": (507, "disk_full", None),
    "ExtraMissing": (501, "extra_missing", None),
    "interrupted": (503, "interrupted", "5"),
    "deadline": (504, "deadline", None),
    "internal": (500, "internal", None),
}


@pytest.mark.parametrize("code", FAILED)
async def test_a_failed_run_is_told_by_its_own_status_in_openais_form(
    routes: Routes, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    answers = EndlessAnswers(code)
    answered_by(routes, answers, monkeypatch)
    status, named, wait_s = FAILED[code]
    kind = "server_error" if status >= 500 else "invalid_request_error"
    error = {"message": "why", "type": kind, "code": named, "param": None}

    whole = await routes.client.post("/v1/chat/completions", json=ASKED)
    assert not answers.cancelled.is_set()
    streamed = await routes.client.post("/v1/chat/completions", json={**ASKED, "stream": True})

    assert (whole.status_code, whole.headers.get("retry-after")) == (status, wait_s)
    assert whole.json() == {"error": error}
    assert json.loads(streamed.text.split("data: ")[-1]) == {"error": error}


async def test_a_seed_of_any_client_is_one_that_models_know(routes: Routes, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = EndlessAnswers("internal")
    answered_by(routes, answers, monkeypatch)
    for seed in (7, -1, 2**40 + 7, None):
        await routes.client.post("/v1/chat/completions", json={**ASKED, "seed": seed})
    assert [asked.parameters.seed for asked in answers.asked] == [7, 2**32 - 1, 7, None]
