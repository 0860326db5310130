"""/openapi.json tells what the service answers."""

from typing import Any

import httpx
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from app.http.access import OPEN, ROLES
from app.state.domain import Role
from tests.e2e.conftest import Service

PAGES = {"/", "/docs", "/page/{name}", "/openapi.json"}


def closed(schemas: dict[str, Any]) -> dict[str, Any]:
    """The schemas, which allow no field that they do not name."""
    return {
        name: {"additionalProperties": False, **schema} if "properties" in schema else schema
        for name, schema in schemas.items()
    }


def problems_of(api: dict[str, Any], method: str, path: str, response: httpx.Response) -> list[str]:
    """What the description does not say of a response."""
    told = api["paths"][path][method.lower()]["responses"].get(str(response.status_code))
    if told is None:
        return [f"status {response.status_code}"]
    media = response.headers.get("content-type", "").split(";")[0]
    content = told.get("content", {})
    if media not in content and (media or content):
        return [f"{response.status_code} is {media}"]
    schema = content.get(media, {}).get("schema")
    if schema is None:
        return []
    checked = Draft202012Validator({**schema, "components": {"schemas": closed(api["components"]["schemas"])}})
    return [error.message for error in checked.iter_errors(response.json())]


async def test_every_route_answers_as_it_is_described(service: Service) -> None:
    client = service.client
    api = (await client.get("/openapi.json")).json()
    document = (await client.get("/v1/documents")).json()["documents"][0]["id"]
    passage = (await client.get(f"/v1/documents/{document}")).json()["passages"][0]["id"]
    asked = {"question": "How much more slowly did mice lacking aquaporin-4 clear amyloid-beta?"}
    run = (await client.post("/v1/answers", json=asked)).headers["x-run-id"]
    job = (await client.post("/v1/documents", files={"files": ("a.md", b"# A\n\nNumbats sleep.")})).json()["id"]
    await (await service.app.open_jobs()).finished(job)
    feedback = {"run": run, "kind": "helpful"}
    chat = {"model": "jianxi", "messages": [{"role": "user", "content": asked["question"]}]}
    bodies: dict[str, Any] = {
        "/v1/answers": {**asked, "stream": False}, "/v1/search": {"query": "aquaporin-4"}, "/v1/feedback": feedback,
        "/v1/chat/completions": chat,
    }  # fmt: skip
    ids = {"documents": document, "passages": passage, "jobs": job, "models": "jianxi", "graph": "t:danshen"}
    found: list[str] = []
    routes = [(method.upper(), path) for path, operations in api["paths"].items() for method in operations]
    for method, path in sorted(routes, key=lambda route: route[0] == "DELETE"):
        target = path.replace("{run}", run).replace("{id}", ids.get(path.split("/")[2] if "/v1/" in path else "", ""))
        params = {"from": "t:danshen", "to": "t:tan2a"} if path.endswith("/paths") else {}
        params |= {"q": "丹参"} if path.endswith("/entities") else {}
        files = {"files": ("b.md", b"# B\n\nNumbats eat.")} if (method, path) == ("POST", "/v1/documents") else None
        sent = {"params": params, "files": files, "json": bodies.get(path) if method == "POST" else None}
        response = await client.request(method, target, **sent)  # type: ignore[arg-type]
        assert response.status_code < 300, (method, target, response.text)
        found += [f"{method} {path}: {problem}" for problem in problems_of(api, method, path, response)]
    assert found == []


async def test_every_refusal_is_described(service: Service) -> None:
    client = service.client
    api = (await client.get("/openapi.json")).json()
    secret = (await (await service.app.state()).keys.create("one", Role.READER)).secret
    found: list[str] = []
    for (method, path), role in ROLES.items():
        if path in PAGES:
            continue
        operation = api["paths"][path][method.lower()]
        assert ("security" in operation) is (role != OPEN), (method, path)
        target = path.replace("{run}", "nothing").replace("{id}", "nothing")
        reader = {"Authorization": f"Bearer {secret}"}
        answers = [await client.request(method, target, headers=h) for h in ({}, reader)]
        if "requestBody" in operation:
            answers.append(await client.request(method, target, headers=reader, content=b"\xff{"))
        for response in answers:
            found += [f"{method} {path}: {problem}" for problem in problems_of(api, method, path, response)]
    assert found == []
