"""What counts as an answer that the description does not name, and the known values in requests."""

import random
from pathlib import Path

import pytest

from eval import extras
from eval.extras import MissingPackage
from tests.security import contract
from tests.security.contract import MEDIA, SERVER_ERROR, STATUS, Answer, flaws_of
from tests.security.contract_inputs import body_with_known, path_with_known, query_with_known

RESPONSES = {
    "200": {"content": {"application/json": {}, "text/event-stream": {}}},
    "204": {"description": "nothing"},
    "4XX": {"content": {"application/problem+json": {}}},
    "503": {"content": {"application/*": {}}},
}
KNOWN = {
    "documents": ["d1"],
    "entities": ["jx:protein/aqp4"],
    "runs": ["run_1"],
    "questions": ["What?"],
    "models": ["jianxi"],
}


@pytest.mark.parametrize(
    ("status", "media", "body", "kinds"),
    [
        (200, "application/json", b"{}", []),
        (200, "text/event-stream", b"", []),
        (200, "text/html", b"<p>", [MEDIA]),
        (200, "", b"", [MEDIA]),
        (204, "", b"", []),
        (204, "text/plain", b"x", [MEDIA]),
        (201, "application/json", b"{}", [STATUS]),
        (404, "application/problem+json", b"{}", []),
        (404, "application/json", b"{}", [MEDIA]),
        (500, "text/plain", b"Internal Server Error", [SERVER_ERROR, STATUS]),
        (503, "application/json", b"{}", [SERVER_ERROR]),
    ],
)
def test_an_answer_is_held_against_its_description(status: int, media: str, body: bytes, kinds: list[str]) -> None:
    assert [kind for kind, _ in flaws_of(Answer(status, media, body), RESPONSES)] == kinds


def test_default_describes_every_other_status() -> None:
    told: dict[str, dict[str, dict[str, dict[str, str]]]] = {"default": {"content": {"*/*": {}}}}
    assert flaws_of(Answer(418, "text/plain", b"x"), told) == []


def test_a_flaw_of_an_operation_is_told_once_and_counted_each_time() -> None:
    found = contract.Found()
    for body in ("a", "b"):
        found.note(SERVER_ERROR, "GET /x", f"500: {body}", "GET /x")
    assert found.flaws[SERVER_ERROR] == 2
    assert list(found.told.values()) == ["server error: GET /x: 500: a; GET /x"]


def test_half_of_the_paths_name_what_exists() -> None:
    drawn = random.Random(7)
    ids = [path_with_known("/v1/graph/entities/{id}/history", {"id": "0"}, KNOWN, drawn)["id"] for _ in range(200)]
    assert set(ids) == {"0", "jx%3Aprotein%2Faqp4"}
    assert 70 < ids.count("0") < 130


def test_paths_without_an_id_stay_the_same() -> None:
    assert path_with_known("/health", {}, KNOWN, random.Random(7)) == {}


def test_queries_and_bodies_hold_known_values_or_their_own_and_nothing_else() -> None:
    body = {"question": "q", "filters": {"document_ids": [], "k": 3}, "messages": [{"role": "user", "content": "c"}]}
    drawn = random.Random(7)
    made = [repr(body_with_known(body, KNOWN, drawn)) for _ in range(200)]
    assert len(set(made)) == 8
    queries = [query_with_known({"from": "a", "limit": 2}, KNOWN, drawn) for _ in range(50)]
    assert {query["from"] for query in queries} == {"a", "jx:protein/aqp4"}
    assert {query["limit"] for query in queries} == {2}
    assert body_with_known("text", KNOWN, drawn) == "text"


def test_the_same_seed_makes_the_same_requests() -> None:
    one, other = random.Random(7), random.Random(7)
    body = {"run": "r", "question": "q"}
    assert [body_with_known(body, KNOWN, one) for _ in range(20)] == [
        body_with_known(body, KNOWN, other) for _ in range(20)
    ]


def test_a_missing_package_is_told_before_a_home_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(extras, "import_module", absent)
    with pytest.raises(MissingPackage, match=r"jianxi\[security\]"):
        contract.measure(tmp_path, cases=1, seed=7)
    assert not list(tmp_path.iterdir())
