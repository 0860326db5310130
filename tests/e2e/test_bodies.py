"""What is told of bodies that cannot be read, of forms that were cut off, and of paths that are no route."""

import gzip
import json

import pytest

from tests.e2e.conftest import Service

PLAIN = json.dumps({"query": "AQP4"}).encode()
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": 'multipart/form-data; boundary="x y"'}


def part(name: str, text: str) -> bytes:
    head = f'--x y\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    return f"{head}{text}\r\n".encode()


@pytest.mark.parametrize(
    ("body", "headers", "told"),
    [
        (gzip.compress(PLAIN, mtime=0), {**JSON, "Content-Encoding": "gzip"}, "Content-Encoding: gzip is not unpacked"),
        (PLAIN, {"Content-Type": "application/x-www-form-urlencoded"}, "with Content-Type: application/json"),
        (PLAIN, {}, "with Content-Type: application/json"),
        ('{"query": "京尼平苷"}'.encode("gbk"), JSON, "not text in UTF-8"),
        (b'{"query": "AQP4",}', JSON, "not JSON at character 17"),
        (b'{"x": ' + b"[" * 100_000, JSON, "too many lists in each other"),
        (b'{"k": ' + b"9" * 5000 + b"}", JSON, "a number too long to read"),
    ],
    ids=["packed", "form", "no type", "GBK", "comma", "deep", "long number"],
)
async def test_a_body_that_cannot_be_read_is_told_with_the_cure(
    service: Service, body: bytes, headers: dict[str, str], told: str
) -> None:
    for path in ("/v1/search", "/v1/chat/completions"):
        response = await service.client.post(path, content=body, headers=headers)
        assert response.status_code in (400, 422), response.text
        whole = response.json()
        assert told in (whole["error"]["message"] if "chat" in path else whole["detail"])


async def test_a_form_that_was_cut_off_stores_nothing(service: Service) -> None:
    client, first, second = service.client, part("a.md", "# A\n\nOtters."), part("b.md", "# B\n\nWalruses.")
    for cut in (first + second[:-8], first + second, first):
        response = await client.post("/v1/documents", content=cut, headers=FORM)
        assert response.status_code == 400, response.text
        assert "cut off" in response.json()["detail"]
    whole = await client.post("/v1/documents", content=first + second + b"--x y--\r\n", headers=FORM)
    assert (whole.status_code, whole.json()["files"]) == (202, ["a.md", "b.md"])


async def test_what_is_no_form_of_files_is_told_with_the_cure(service: Service) -> None:
    bare = await service.client.post("/v1/documents", content=b"# A", headers={"Content-Type": "text/markdown"})
    assert "a field named files" in bare.json()["detail"]
    files = {"files": ("a.md", b"# A\n\nOtters.")}
    more = await service.client.post("/v1/documents", files=files, data={"title": "Otters"})
    assert (more.status_code, "title" in more.json()["detail"]) == (422, True)


async def test_a_path_that_is_no_route_is_told_to_clients_of_openai_too(service: Service) -> None:
    for path in ("/v1/embeddings", "/v1/completions", "/v1/responses", "/v1//models", "/models"):
        response = await service.client.post(path, json={"input": "x"})
        assert response.status_code == 404
        assert response.json()["error"]["message"] == response.json()["detail"]
        assert path in response.json()["detail"]


async def test_a_wrong_method_is_told_with_all_right_ones(service: Service) -> None:
    response = await service.client.delete("/v1/documents")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, POST")
    assert "which takes GET, HEAD, POST" in response.json()["detail"]
