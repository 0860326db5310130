"""What the service refuses or bounds, so that one caller cannot stop it for the others."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from app.state.domain import Role
from tests.e2e.conftest import Service


async def test_a_question_of_one_repeated_sign_ends(service: Service) -> None:
    for unit in ("1", " 1", "[", "*a ", "一亿", "("):
        async with asyncio.timeout(120):
            told = await service.client.post("/v1/answers", json={"question": (unit * 2000)[:1998] + "个"}, timeout=120)

        assert told.status_code == 200
        assert "event: done" in told.text, told.text


async def _key(service: Service, role: Role = Role.READER) -> dict[str, str]:
    made = await (await service.app.state()).keys.create("a test", role)
    return {"Authorization": f"Bearer {made.secret}"}


async def _head_only(service: Service, *lines: str) -> bytes:
    """The status line for a request whose body never comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.app.settings.port)
    writer.write("\r\n".join([*lines, "Host: 127.0.0.1", "", ""]).encode())
    async with asyncio.timeout(10):
        told = await reader.readline()
    writer.close()
    return told


async def test_a_caller_without_a_key_is_refused_before_the_body_is_read(service: Service) -> None:
    await _key(service)
    form = "Content-Type: multipart/form-data; boundary=b"

    for path in ("/v1/documents", "/v1/answers", "/v1/search", "/v1/chat/completions", "/v1/feedback"):
        for length in ("Content-Length: 1000000", "Transfer-Encoding: chunked"):
            assert b" 401 " in await _head_only(service, f"POST {path} HTTP/1.1", form, length)


async def test_a_role_too_low_is_refused_before_the_body_is_read(service: Service) -> None:
    key = await _key(service)

    told = await _head_only(
        service,
        "POST /v1/documents HTTP/1.1",
        f"Authorization: {key['Authorization']}",
        "Content-Type: multipart/form-data; boundary=b",
        "Content-Length: 1000000",
    )

    assert b" 403 " in told


async def _pieces(count: int) -> AsyncIterator[bytes]:
    yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.md"\r\n\r\n'
    for _ in range(count):
        yield b"x" * 2**20


async def test_only_the_route_of_uploads_takes_large_bodies(service: Service) -> None:
    for kind in ("multipart/form-data; boundary=b", "application/json", "text/plain"):
        headers = {"Content-Type": kind}
        announced = await service.client.post("/v1/answers", content=b"x" * (3 * 2**20), headers=headers)
        chunked = await service.client.post("/v1/search", content=_pieces(3), headers=headers)

        assert (announced.status_code, chunked.status_code) == (413, 413)
        assert "2 MB" in announced.json()["detail"]
        assert chunked.headers["content-type"] == "application/problem+json"


async def test_a_chunked_upload_over_the_limit_is_too_large(service: Service) -> None:
    told = await service.client.post(
        "/v1/documents", content=_pieces(7), headers={"Content-Type": "multipart/form-data; boundary=b"}
    )

    assert told.status_code == 413


async def test_the_service_stays_closed_when_the_last_key_is_revoked(service: Service) -> None:
    keys = (await service.app.state()).keys
    made = await keys.create("the only one", Role.ENGINEER)
    await keys.revoke(made.key.id)

    for headers in ({}, {"Authorization": f"Bearer {made.secret}"}):
        assert (await service.client.get("/v1/answers", headers=headers)).status_code == 401


async def test_without_keys_nothing_is_answered_through_a_proxy(service: Service) -> None:
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Proto", "Via"):
        assert (await service.client.get("/v1/answers", headers={name: "10.0.0.1"})).status_code == 403


async def test_the_log_tells_which_key_is_used_and_who_is_refused_without_secrets(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "app.http.access")
    made = await (await service.app.state()).keys.create("a reader", Role.READER)
    key = {"Authorization": f"Bearer {made.secret}"}
    for headers, path in ((key, "/v1/models"), (key, "/v1/jobs"), ({"Authorization": "Bearer jx_no_no"}, "/v1/jobs")):
        await service.client.get(path, headers=headers)
    told = [record.getMessage() for record in caplog.records if record.name == "app.http.access"]
    assert told[0] == f"GET /v1/models by key {made.key.id}"
    assert told[1].startswith(f"GET /v1/jobs was refused to key {made.key.id}: this needs the role engineer")
    assert told[2].startswith("GET /v1/jobs was refused to 127.0.0.1: an API key is needed")
    assert not any(made.secret in line or "jx_no_no" in line for line in told)


async def test_metrics_do_not_grow_by_made_up_methods(service: Service) -> None:
    for number in range(20):
        await service.client.request(f"MADEUP{number}", "/health")

    told = (await service.client.get("/metrics")).text
    assert "MADEUP" not in told
    assert 'method="other"' in told


async def test_only_engineers_see_what_is_inside(service: Service) -> None:
    reader, engineer = await _key(service), await _key(service, Role.ENGINEER)

    assert "found" not in (await service.client.get("/ready")).text
    assert "found" not in (await service.client.get("/ready", headers=reader)).text
    assert "found" in (await service.client.get("/ready", headers=engineer)).text


async def test_a_job_is_told_without_folders_of_the_server(service: Service) -> None:
    job = (await service.client.post("/v1/documents", files={"files": ("bad.pdf", b"%PDF-1.4 nothing")})).json()["id"]
    for _ in range(200):
        told = await service.client.get(f"/v1/jobs/{job}")
        if told.json()["status"] not in ("waiting", "running"):
            break
        await asyncio.sleep(0.1)

    assert "bad.pdf" in told.text
    assert "inbox" not in told.text
    assert str(service.app.settings.home_path) not in told.text


async def test_others_on_the_machine_cannot_enter_the_home(service: Service) -> None:
    assert service.app.settings.home_path.stat().st_mode & 0o077 == 0
