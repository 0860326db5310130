import json
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import Service

QUESTION = "How much more slowly did mice lacking aquaporin-4 clear amyloid-beta?"
UNANSWERABLE = "What does semaglutide do to the thickness of the retina?"


def parsed(text: str) -> list[dict[str, Any]]:
    events = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
        if "data" in fields:
            events.append({"number": int(fields["id"]), "name": fields["event"], "data": json.loads(fields["data"])})
    return events


async def ask(client: httpx.AsyncClient, question: str = QUESTION) -> tuple[str, list[dict[str, Any]]]:
    response = await client.post("/v1/answers", json={"question": question})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    return response.headers["x-run-id"], parsed(response.text)


async def test_an_answer_streams_numbered_events_with_evidence_for_every_sentence(service: Service) -> None:
    run, events = await ask(service.client)
    assert [e["number"] for e in events] == list(range(1, len(events) + 1))
    names = [e["name"] for e in events]
    assert names[0] == "retrieval"
    assert names[-1] == "done"
    answer = (await service.client.get(f"/v1/answers/{run}")).json()["answer"]
    assert "55 percent" in answer["answer"]
    numbers = {c["number"] for c in answer["citations"]}
    assert answer["sentences"]
    assert all(s["citations"] and set(s["citations"]) <= numbers for s in answer["sentences"])


async def test_a_stream_cut_at_any_event_and_resumed_equals_the_uncut_one(service: Service) -> None:
    run, whole = await ask(service.client)
    for cut in range(len(whole) + 1):
        by_header = await service.client.get(
            f"/v1/answers/{run}/events", headers={"Accept": "text/event-stream", "Last-Event-ID": str(cut)}
        )
        assert whole[:cut] + parsed(by_header.text) == whole
        page = (await service.client.get(f"/v1/answers/{run}/events", params={"after": cut})).json()
        assert whole[:cut] + page["events"] == whole
        assert page["done"] is True


async def test_polling_gives_the_same_events_in_pages(service: Service) -> None:
    started = await service.client.post("/v1/answers", json={"question": QUESTION, "stream": False})
    assert started.status_code == 202
    events: list[dict[str, Any]] = []
    after = 0
    for _ in range(500):
        page = (await service.client.get(started.json()["events"], params={"after": after, "limit": 2})).json()
        events += page["events"]
        after = page["next"]
        if page["done"]:
            break
    assert [e["number"] for e in events] == list(range(1, len(events) + 1))
    assert events[-1]["name"] == "done"


@pytest.mark.parametrize(
    ("question", "code"), [("", "empty"), ("   ", "empty"), ("？！……", "punctuation"), ("a" * 2001, "too_long")]
)
async def test_questions_that_cannot_be_asked_get_a_problem_document(
    service: Service, question: str, code: str
) -> None:
    response = await service.client.post("/v1/answers", json={"question": question})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == code


async def test_unknown_mode_model_and_adapter_are_refused(service: Service) -> None:
    mode = await service.client.post("/v1/answers", json={"question": QUESTION, "mode": "psychic"})
    adapter = await service.client.post("/v1/answers", json={"question": QUESTION, "adapter": "nobody"})
    model = await service.client.post(
        "/v1/chat/completions", json={"model": "nobody", "messages": [{"role": "user", "content": QUESTION}]}
    )
    assert (mode.status_code, adapter.status_code, model.status_code) == (422, 422, 404)
    assert "mode" in mode.json()["detail"]
    assert "adapter" in adapter.json()["detail"]
    assert "nobody" in model.json()["error"]["message"]


async def test_an_unknown_run_is_not_found(service: Service) -> None:
    response = await service.client.get("/v1/answers/run_nothing")
    assert response.status_code == 404
    assert response.json()["type"] == "urn:jianxi:problem:unknown-run"


async def test_a_replayed_run_has_the_same_evidence_and_prompt(service: Service) -> None:
    run, _ = await ask(service.client)
    replayed = (await service.client.post(f"/v1/answers/{run}/replay")).json()
    assert replayed["same"] is True, replayed


async def test_feedback_is_stored_with_its_run(service: Service) -> None:
    run, _ = await ask(service.client)
    sent = await service.client.post(
        "/v1/feedback", json={"run": run, "kind": "wrong_fact", "sentence": 0, "comment": "不对"}
    )
    assert sent.status_code == 201
    (entry,) = (await service.client.get("/v1/feedback")).json()["feedback"]
    assert (entry["run"], entry["kind"], entry["comment"]) == (run, "wrong_fact", "不对")


async def test_the_official_client_reads_answers_streamed_and_whole(service: Service) -> None:
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient

    async with AsyncOpenAI(
        base_url=f"{service.url}/v1", api_key="none", http_client=DefaultAsyncHttpxClient(trust_env=False)
    ) as client:
        assert "jianxi" in [m.id async for m in client.models.list()]
        messages: Any = [{"role": "user", "content": QUESTION}]
        whole = await client.chat.completions.create(model="jianxi", messages=messages)
        text = whole.choices[0].message.content or ""
        assert "55 percent" in text
        assert whole.usage is not None
        message = whole.choices[0].message.model_dump()
        assert message["citations"][0]["source_id"] == "PM-1"
        stream = await client.chat.completions.create(model="jianxi", messages=messages, stream=True)
        pieces = [c.choices[0].delta.content or "" async for c in stream if c.choices]
        assert "".join(pieces) == text


async def test_a_refusal_reaches_the_official_client_as_words(service: Service) -> None:
    body = {"model": "jianxi", "messages": [{"role": "user", "content": UNANSWERABLE}]}
    whole = (await service.client.post("/v1/chat/completions", json=body)).json()["choices"][0]["message"]
    assert whole["content"].startswith("The knowledge base does not answer this question.")
    assert whole["citations"] == []
    streamed = await service.client.post("/v1/chat/completions", json={**body, "stream": True})
    chunks = [json.loads(line[5:]) for line in streamed.text.splitlines() if line.startswith("data:") and "{" in line]
    assert "".join(c["choices"][0]["delta"].get("content", "") for c in chunks) == whole["content"]
