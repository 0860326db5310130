"""Every route has a role, or the service does not start."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.http import access, knowledge
from app.http.api import create_api
from app.settings import Settings


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
