"""What was acknowledged and is lost is told; what was not may be there or not."""

import json
import re
from collections.abc import Iterator

import httpx
import pytest

from eval.bench.edits import Edits


class Library:
    """A service's answers: uploads are stored at once, and killed services do not answer."""

    def __init__(self) -> None:
        self.documents: set[str] = set()
        self.jobs: list[dict[str, object]] = []
        self.answers = True
        self.forgets = False

    def answer(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        match request.method, request.url.path:
            case "POST", "/v1/documents":
                found = re.search(rb'"paper_id": "([^"]+)"', request.content)
                assert found
                if not self.forgets:
                    self.documents.add(found[1].decode())
                reply = httpx.Response(202, json={"id": "a"})
            case "GET", "/v1/jobs":
                reply = httpx.Response(200, json={"jobs": self.jobs})
            case "POST", "/v1/search":
                number = str(json.loads(request.content)["query"]).removeprefix("killmark")
                there = [d for d in self.documents if d.endswith(number)]
                reply = httpx.Response(200, json={"results": [{"source_id": d} for d in there]})
            case "DELETE", _:
                self.documents.discard(name)
                reply = httpx.Response(200, json={})
            case _:
                reply = httpx.Response(200 if name in self.documents else 404, json={})
        if not self.answers:
            raise httpx.ReadError("the service was killed")
        return reply


@pytest.fixture
def library() -> Library:
    return Library()


@pytest.fixture
def client(library: Library) -> Iterator[httpx.Client]:
    with httpx.Client(base_url="http://service", transport=httpx.MockTransport(library.answer)) as client:
        yield client


def test_what_is_kept_is_in_order(library: Library, client: httpx.Client) -> None:
    edits = Edits()
    for _ in range(3):
        edits.add(client)
    edits.delete(client, "KILLED-0001")
    edits.settle(client)
    assert (edits.flaws, edits.acknowledged) == ([], 4)
    assert library.documents == {"KILLED-0002", "KILLED-0003"}


def test_an_upload_that_was_acknowledged_and_lost_is_told(library: Library, client: httpx.Client) -> None:
    library.forgets = True
    edits = Edits()
    edits.add(client)
    edits.settle(client)
    assert edits.flaws == ["KILLED-0001 is lost, and its upload was acknowledged"]


def test_a_deletion_that_was_acknowledged_and_lost_is_told(library: Library, client: httpx.Client) -> None:
    edits = Edits()
    edits.add(client)
    edits.delete(client, "KILLED-0001")
    library.documents.add("KILLED-0001")
    edits.settle(client)
    assert edits.flaws == ["KILLED-0001 is there or found, and its deletion was acknowledged"]


def test_an_upload_without_an_answer_may_be_there_and_is_then_kept_in_mind(
    library: Library, client: httpx.Client
) -> None:
    edits = Edits()
    library.answers = False
    edits.go_on(client)
    assert (edits.open, edits.there) == (["KILLED-0001"], [])
    library.answers = True
    edits.settle(client)
    assert (edits.flaws, edits.open, edits.there) == ([], [], ["KILLED-0001"])


def test_a_job_that_failed_is_told_once(library: Library, client: httpx.Client) -> None:
    library.jobs = [{"id": "a", "status": "failed", "error": "torn"}]
    edits = Edits()
    edits.settle(client)
    edits.settle(client)
    assert edits.flaws == ["job a failed: torn"]
