"""What pages of a named site may send and read."""

import pytest

from tests.unit.app.http.conftest import Routes

HERE = {"Origin": "https://lab.example"}


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
async def test_a_page_may_use_every_method_of_the_routes(routes: Routes, method: str) -> None:
    asked = {**HERE, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization"}
    allowed = await routes.client.options("/v1/documents", headers=asked)
    assert allowed.status_code == 200
    assert method in allowed.headers["access-control-allow-methods"]


async def test_a_page_reads_why_the_service_failed(routes: Routes, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(routes.app.store, "stats", broken)
    failed = await routes.client.get("/v1/graph/stats", headers=HERE)
    assert failed.status_code == 500
    assert failed.headers["access-control-allow-origin"] == HERE["Origin"]
    assert failed.headers["x-content-type-options"] == "nosniff"
    assert failed.json()["type"] == "urn:jianxi:problem:internal"
