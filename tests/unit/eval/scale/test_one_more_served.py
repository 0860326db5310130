"""How long a service takes to find one file more, and to find it no longer."""

from pathlib import Path

import httpx
import pytest

from eval.scale.one_more_served import add_s, delete_s, markdown
from kg.documents.parse import parse
from kg.protocols import ParseLimits


class Slow:
    """A service that finds an upload, and its deletion, at the third search after it."""

    def __init__(self) -> None:
        self.there = False
        self.searches = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        match request.method, request.url.path:
            case "POST", "/v1/search":
                self.searches += 1
                found = self.there if self.searches > 2 else not self.there
                results = [{"document_id": "d-1", "text": "a mark"}] if found else []
                return httpx.Response(200, json={"results": results})
            case "GET", "/v1/jobs":
                return httpx.Response(200, json={"jobs": [{"status": "succeeded"}]})
            case _:
                self.there, self.searches = request.method == "POST", 0
                return httpx.Response(200, json={})


async def test_an_addition_ends_when_it_is_found_and_a_deletion_when_it_is_not() -> None:
    service = Slow()
    transport = httpx.MockTransport(service.answer)
    async with httpx.AsyncClient(base_url="http://service", transport=transport) as client:
        assert await add_s(client, "# A file", "mark") >= 0.2
        assert service.searches == 3
        assert await delete_s(client, "mark") > 0.1
        assert not service.there


def test_each_text_is_a_passage_with_the_mark(tmp_path: Path) -> None:
    file = tmp_path / "one.md"
    file.write_text(markdown("zebrafishology", [f"The velocity was {n} micrometers." for n in range(60)]))
    ((_, blocks),) = parse(file, ParseLimits()).documents
    assert sum("zebrafishology" in block.text and "velocity" in block.text for block in blocks) == 60


async def test_a_refused_upload_is_an_error() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(503))
    async with httpx.AsyncClient(base_url="http://service", transport=transport) as client:
        with pytest.raises(httpx.HTTPStatusError):
            await add_s(client, "# A file", "mark")
