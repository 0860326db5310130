"""The description of the API tells the errors that occur."""

import pytest

from app.http.access import ROLES
from models.errors import ExtraMissing
from tests.unit.app.http.conftest import Routes


async def test_a_missing_extra_is_told_as_it_is_described(routes: Routes, monkeypatch: pytest.MonkeyPatch) -> None:
    class WithoutExtra:
        async def retrieve(self, query: object) -> None:
            raise ExtraMissing("pymilvus", "milvus")

    monkeypatch.setattr(routes.app, "pausing_retriever", WithoutExtra())
    failed = await routes.client.post("/v1/search", json={"query": "AQP4"})
    described = (await routes.client.get("/openapi.json")).json()["paths"]

    assert failed.status_code == 501
    assert "jianxi[milvus]" in failed.json()["detail"]
    assert failed.headers["content-type"] in described["/v1/search"]["post"]["responses"]["501"]["content"]
    for (method, path), role in ROLES.items():
        operation = described.get(path, {}).get(method.lower())
        if operation is not None:
            assert ("501" in operation["responses"]) is (role != "open"), (method, path)
