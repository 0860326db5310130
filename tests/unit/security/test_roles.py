"""The requests of the role matrix, and what each caller may get."""

import pytest

from app.http.access import OPEN, ROLES
from app.state.domain import Role
from tests.security.roles_cases import Asked, Objects, cases, expected_status, missing, written_otherwise

OBJECTS = Objects(
    runs=(Asked("run_1", "reader A", "mark-1"), Asked("run_2", "reader A", "mark-2", flagged=True)),
    running=Asked("run_3", "reader B", "mark-3"),
    documents=("d1", "10.1/x"),
    doomed=("d2",),
    passage="d1-00000",
    jobs=("j1",),
    entities=("jx:protein/aqp4", "jx:acupoint/ST36"),
)


def test_every_route_of_the_table_of_roles_is_requested() -> None:
    assert missing(ROLES, cases(OBJECTS)) == []
    assert missing([("GET", "/v1/new")], cases(OBJECTS)) == ["GET /v1/new"]


@pytest.mark.parametrize(
    ("needed", "role", "sees", "status"),
    [
        (OPEN, None, True, 200),
        (Role.READER, None, True, 401),
        (Role.READER, None, False, 401),
        (Role.READER, Role.READER, True, 200),
        (Role.READER, Role.READER, False, 404),
        (Role.ENGINEER, Role.EXPERT, True, 403),
        (Role.EXPERT, Role.ENGINEER, False, 404),
    ],
)
def test_a_caller_gets_what_its_role_and_its_objects_allow(
    needed: str, role: Role | None, sees: bool, status: int
) -> None:
    assert expected_status(needed, role, sees=sees, served=200) == status


def test_a_run_is_read_by_its_owner_and_with_feedback_by_experts_too() -> None:
    plain, flagged = OBJECTS.runs
    assert plain.readers == {"reader A"}
    assert flagged.readers == {"reader A", "expert", "engineer"}


def test_only_the_owner_of_a_run_cancels_it() -> None:
    cancels = [c for c in cases(OBJECTS) if c.route == "/v1/answers/{run}/cancel"]
    assert [sorted(c.seen_by or ()) for c in cancels] == [["reader A"], ["reader A"], ["reader B"]]


def test_ids_with_a_slash_are_written_plainly_and_coded() -> None:
    paths = {c.path for c in cases(OBJECTS)}
    assert {"/v1/graph/entities/jx%3Aprotein/aqp4", "/v1/graph/entities/jx%3Aprotein%2Faqp4"} <= paths


def test_a_path_is_written_in_other_ways_that_keep_its_parameters() -> None:
    ways = written_otherwise("/v1/graph/paths?from=a")
    assert "/v1/graph/paths?from=a" not in ways
    assert "/%761/graph/paths?from=a" in ways
    assert all(way.endswith("?from=a") for way in ways)
