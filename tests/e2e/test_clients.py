"""What HTTP clients expect beside answers: ids with slashes, HEAD, ends of streams, other sites' pages, bad input."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from app.bootstrap import App
from app.settings import Settings
from app.state.domain import FeedbackKind, Role
from kg.domain import Entity, EntityId, Evidence, Name, Relation, relation_id
from kg.ledger.changes import AddEntity, AddRelation, ChangeSet
from tests.e2e.conftest import Service, free_port, served

QUESTION = "How much more slowly did mice lacking aquaporin-4 clear amyloid-beta?"
HUGE = 2**31


async def finished_run(client: httpx.AsyncClient, secret: str = "") -> str:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    response = await client.post("/v1/answers", json={"question": QUESTION}, headers=headers)
    assert response.status_code == 200, response.text
    return response.headers["x-run-id"]


async def test_ids_with_slashes_are_found_on_every_route_of_the_graph(service: Service) -> None:
    herb = Entity(EntityId("jx:herb/dan shen"), "Herb", (Name("丹参根", "zh", preferred=True),))
    triple = ("jx:herb/dan shen", "herb_has_compound", "t:tan2a")
    contains = Relation(relation_id(*triple), herb.id, triple[1], EntityId(triple[2]), evidence=(Evidence("a table"),))
    await service.app.store.apply(ChangeSet((AddEntity(herb), AddRelation(contains)), "test", "an id with a slash"))
    for written in ("jx:herb/dan shen", "jx%3Aherb%2Fdan%20shen", "jx:herb%2Fdan%20shen"):
        answers = {}
        for suffix in ("", "/relations", "/neighbourhood", "/history"):
            response = await service.client.get(f"/v1/graph/entities/{written}{suffix}")
            assert response.status_code == 200, (suffix, response.text)
            answers[suffix] = response.json()
        assert answers[""]["id"] == herb.id
        assert [r["object"] for r in answers["/relations"]["relations"]] == ["t:tan2a"]
        assert herb.id in {e["id"] for e in answers["/neighbourhood"]["entities"]}
        assert answers["/history"]["history"]
        assert (await service.client.get(f"/v1/graph/entities/{written}x/relations")).status_code == 404


async def test_an_event_source_that_has_all_events_is_told_to_stop(service: Service) -> None:
    run = await finished_run(service.client)
    path, stream = f"/v1/answers/{run}/events", {"Accept": "text/event-stream"}
    page = (await service.client.get(path)).json()
    ended = await service.client.get(path, headers={**stream, "Last-Event-ID": str(page["next"])})
    assert (ended.status_code, ended.content) == (204, b"")
    last = await service.client.get(path, headers={**stream, "Last-Event-ID": str(page["next"] - 1)})
    assert (last.status_code, "event: done" in last.text) == (200, True)
    for bad in ({"Last-Event-ID": str(HUGE)}, {"Last-Event-ID": "x"}):
        assert (await service.client.get(path, headers={**stream, **bad})).status_code == 422


async def test_substitutes_of_event_source_resume_too(service: Service) -> None:
    path = f"/v1/answers/{await finished_run(service.client)}/events"
    stream = {"Accept": "Text/Event-Stream"}
    first = await service.client.get(path, headers={**stream, "Last-Event-ID": ""})
    assert (first.status_code, first.text.startswith("id: 1")) == (200, True)
    for place in ("?lastEventId=2", "?after=1&lastEventId=2"):
        assert (await service.client.get(path + place, headers=stream)).text.startswith("id: 3")
    assert (await service.client.get(f"{path}?lastEventId=", headers=stream)).text.startswith("id: 1")


async def test_a_parameter_that_would_be_ignored_is_refused(service: Service) -> None:
    for target, told in {
        "/v1/documents?yearfrom=2020": "yearfrom: no such parameter; this route knows after, limit",
        "/v1/graph/entities?q=AQP4&limit=5&limit=1": "limit: given twice",
        "/v1/graph/stats?type=Gene": "type: no such parameter; this route knows none",
        "/v1/documents?offset=5": "offset: pages of all documents are asked for by after",
        "/v1/documents?title=a&after=x": "after: pages of matching documents are asked for by offset",
        "/v1/documents?language=EN": "language: Input should be 'zh' or 'en'",
        "/v1/graph/entities?q=AQP4&type=Genes": "no type 'Genes'; known are ",
        "/v1/graph/entities/t:aqp4/relations?predicate=has": "no predicate 'has'; known are ",
        "/v1/documents?year_from=2020&year_to=2010": "year_from: 2020 is after 2010",
        "/v1/answers?before=yesterday": "before: Input should be a valid datetime",
        "/v1/answers?before=9999-12-31T23:59:59-01:00": "before: the calendar does not go so far",
    }.items():
        response = await service.client.get(target)
        assert (response.status_code, told in response.json()["detail"]) == (422, True), response.text
    for fine in ("/v1/documents?_=1", "/v1/documents?title=a&title=b&after=", "/v1/models?api-version=1"):
        assert (await service.client.get(fine)).status_code == 200


async def test_conditions_that_nothing_can_meet_are_refused(service: Service) -> None:
    for filters, told in (
        ({"year_from": 2020, "year_to": 2010}, "filters.year_from: 2020 is after 2010"),
        ({"grades": ["strong"]}, "no grade 'strong'; known are "),
    ):
        for path, asked in (("/v1/search", "query"), ("/v1/answers", "question")):
            response = await service.client.post(path, json={asked: QUESTION, "filters": filters})
            assert (response.status_code, told in response.json()["detail"]) == (422, True), response.text
    feedback = {"run": await finished_run(service.client), "kind": "helpful"}
    assert (await service.client.post("/v1/feedback", json={**feedback, "sentence": 0})).status_code == 201
    beyond = await service.client.post("/v1/feedback", json={**feedback, "sentence": 999})
    assert (beyond.status_code, "counted from 0" in beyond.json()["detail"]) == (422, True)


async def test_pages_of_runs_go_on_before_a_time_however_it_is_written(service: Service) -> None:
    runs = [await finished_run(service.client) for _ in range(2)]
    first = (await service.client.get("/v1/answers?limit=1")).json()
    assert [r["run"] for r in first["runs"]] == runs[1:]
    for before in (first["next"], first["next"].replace("+", "%2B")):
        rest = (await service.client.get(f"/v1/answers?before={before}")).json()
        assert [r["run"] for r in rest["runs"]] == runs[:1]


async def test_head_answers_as_get_without_a_body(service: Service) -> None:
    run = await finished_run(service.client)
    paths = (
        "/",
        "/health",
        "/openapi.json",
        "/v1/documents",
        f"/v1/answers/{run}",
        "/v1/documents/nothing",
        "/no/route",
    )
    for path in (*paths, "/no/route"):
        got, head = [await service.client.request(method, path) for method in ("GET", "HEAD")]
        assert (head.status_code, head.content) == (got.status_code, b""), path
        assert head.headers["content-type"] == got.headers["content-type"], path
    stream = await service.client.head(f"/v1/answers/{run}/events", headers={"Accept": "text/event-stream"})
    assert (stream.status_code, stream.content) == (200, b"")
    assert (await service.client.head("/v1/search")).status_code == 405


async def test_head_needs_the_role_of_get(service: Service) -> None:
    secret = (await (await service.app.state()).keys.create("one", Role.READER)).secret
    reader = {"Authorization": f"Bearer {secret}"}
    assert (await service.client.head("/v1/documents")).status_code == 401
    assert (await service.client.head("/v1/documents", headers=reader)).status_code == 200
    assert (await service.client.head("/v1/jobs", headers=reader)).status_code == 403


async def test_numbers_and_text_that_no_store_keeps_are_refused(service: Service) -> None:
    for target in (
        f"/v1/revisions?after={2**63}",
        f"/v1/feedback?after={HUGE}",
        f"/v1/jobs?offset={HUGE}",
        f"/v1/documents?offset={HUGE}&title=a",
        "/v1/passages/a%00b",
        "/v1/graph/entities/a%00b/relations",
        "/v1/graph/entities?q=%00",
        "/v1/answers/%00",
    ):
        response = await service.client.get(target)
        assert response.status_code == 422, response.text
        assert response.headers["content-type"] == "application/problem+json"


async def test_half_characters_and_nul_in_a_body_are_refused(service: Service) -> None:
    headers = {"Content-Type": "application/json"}
    bodies = {
        "/v1/answers": (
            '{"question": "AQP4 BAD"}',
            '{"question": "AQP4", "filters": {"document_ids": ["BAD"]}}',
            '{"question": "AQP4", "filters": {"entity_ids": ["BAD"]}}',
            '{"question": "AQP4", "history": [{"role": "user", "text": "BAD"}]}',
            '{"question": "AQP4", "BAD": 1}',
        ),
        "/v1/search": ('{"query": "BAD"}',),
        "/v1/feedback": ('{"run": "r", "kind": "helpful", "comment": "BAD"}',),
    }
    for path, body in ((path, body) for path, several in bodies.items() for body in several):
        for bad in ("\\ud800", "\\u0000"):
            response = await service.client.post(path, content=body.replace("BAD", bad), headers=headers)
            assert response.status_code == 422, response.text
            assert response.headers["content-type"] == "application/problem+json"


async def test_an_expert_opens_the_run_that_feedback_is_on_and_no_other(service: Service) -> None:
    state = await service.app.state()
    reader, expert = [(await state.keys.create(r.value, r)).secret for r in (Role.READER, Role.EXPERT)]
    told, silent = [await finished_run(service.client, reader) for _ in range(2)]
    await state.feedback.add(told, FeedbackKind.WRONG_FACT)
    headers = {"Authorization": f"Bearer {expert}"}
    assert (await service.client.get(f"/v1/answers/{told}", headers=headers)).status_code == 200
    assert (await service.client.get(f"/v1/answers/{silent}", headers=headers)).status_code == 404
    assert (await service.client.post(f"/v1/answers/{told}/cancel", headers=headers)).status_code == 404


async def test_a_slash_too_many_is_not_found_and_repeats_no_host(service: Service) -> None:
    response = await service.client.get("/v1/documents/", headers={"Host": "127.0.0.1"})
    assert response.status_code == 404
    assert "location" not in response.headers


async def test_an_error_of_the_program_is_a_problem_with_the_headers_of_every_response(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(service.app.store, "stats", broken)
    response = await service.client.get("/v1/graph/stats")
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"


@asynccontextmanager
async def with_settings(app: App, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The same application served under other settings."""
    before, app.settings = app.settings, settings
    try:
        async with served(settings, app) as url, httpx.AsyncClient(base_url=url, trust_env=False) as client:
            yield client
    finally:
        app.settings = before


async def test_pages_of_named_origins_only_may_call_the_service(service: Service) -> None:
    port = free_port()
    here, elsewhere = "https://lab.example", "https://evil.example"
    named = service.app.settings.model_copy(update={"cors_origins": (here,), "port": port})
    async with with_settings(service.app, named) as client:
        for origin, allowed in ((here, True), (elsewhere, False)):
            got = await client.get("/v1/documents", headers={"Origin": origin})
            assert (got.status_code == 200) is allowed
            assert (got.headers.get("access-control-allow-origin") == origin) is allowed
            asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            asked["Access-Control-Request-Headers"] = "authorization, content-type, x-stainless-os"
            assert ((await client.options("/v1/answers", headers=asked)).status_code == 200) is allowed
    plain = await service.client.get("/v1/documents", headers={"Origin": service.url})
    assert "access-control-allow-origin" not in plain.headers


async def test_an_empty_field_for_the_key_is_no_key(service: Service) -> None:
    for empty in ("", "Bearer", "bearer"):
        assert (await service.client.get("/v1/models", headers={"Authorization": empty})).status_code == 200
    assert (await service.client.get("/v1/models", headers={"Authorization": "Basic eDp5"})).status_code == 401
    await (await service.app.state()).keys.create("one", Role.READER)
    refused = await service.client.get("/v1/models", headers={"Authorization": "Bearer"})
    assert (refused.status_code, "an API key is needed" in refused.json()["error"]["message"]) == (401, True)
