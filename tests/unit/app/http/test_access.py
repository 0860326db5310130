"""Every route has a role, or the service does not start."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.http import access, knowledge
from app.http.api import create_api
from app.settings import Settings
from tests.unit.app.http.conftest import Routes


@pytest.fixture
def forget(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    def forget(method: str, path: str) -> None:
        others = {route: role for route, role in access.ROLES.items() if route != (method, path)}
        monkeypatch.setattr(access, "ROLES", others)  # a deleted entry would come back at the end of the table

    return forget


def test_a_route_without_a_role_keeps_the_service_from_starting(
    tmp_path: Path, forget: Callable[[str, str], None]
) -> None:
    create_api(Settings(home=tmp_path))
    assert "/v1/graph/stats" in {route.path_format for route in access.routes_in(knowledge.router.routes)}
    forget("GET", "/v1/graph/stats")
    with pytest.raises(RuntimeError, match="GET /v1/graph/stats"):
        create_api(Settings(home=tmp_path))


@pytest.mark.parametrize(
    "header",
    ["Forwarded", "Via", "X-Real-IP", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix"],
)
async def test_without_keys_nothing_is_answered_through_a_proxy_on_this_machine(routes: Routes, header: str) -> None:
    for path in ("/metrics", "/v1/documents"):
        assert (await routes.client.get(path)).status_code == 200
        refused = await routes.client.get(path, headers={header: "1.1 proxy"})
        assert (refused.status_code, "make a key" in refused.json()["detail"]) == (403, True)
    assert (await routes.client.get("/v1/documents", headers={header: "x", **await routes.key()})).status_code == 200
