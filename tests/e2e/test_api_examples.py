"""The examples of docs/api.md run as they are written and answer what is written below them."""

import asyncio
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from app.http.access import ROLES
from tests.e2e.conftest import Service

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
BASE = "http://127.0.0.1:8321"
PAPER = "---\ntitle: Tortuosity\n---\n# Tortuosity\n\nThe tortuosity of cortex is about 1.6 for small molecules.\n"


@dataclass
class Curl:
    """A command of the page, and the JSON answer that stands below it."""

    target: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    upload: bool = False
    answer: Any = None

    async def send(self, client: httpx.AsyncClient) -> httpx.Response:
        files = {"files": ("paper.md", PAPER.encode())} if self.upload else None
        return await client.request(self.method, self.target, headers=self.headers, content=self.body, files=files)


def curl_of(line: str) -> Curl:
    words = iter(shlex.split(line)[1:])
    made = Curl("")
    for word in words:
        if word == "-H":
            name, _, value = next(words).partition(": ")
            made.headers[name] = value
        elif word in ("-d", "-F"):
            value = next(words)
            made.method, made.upload = "POST", word == "-F"
            made.body = None if made.upload else value
        elif word == "-X":
            made.method = next(words)
        elif word != "-N":
            made.target = word.removeprefix(BASE)
    return made


def examples(values: dict[str, str]) -> Iterator[Curl]:
    """Commands in the order of the page; ``values`` are those of the variables when a command is reached."""
    for command, answer in re.findall(r"```bash\n(curl [^\n]+)\n```(?:\n```json\n(.+?)\n```)?", PAGE, re.S):
        made = curl_of(re.sub(r"\$([A-Z]+)", lambda m: values[m[1]], command))
        made.answer = json.loads(answer) if answer else None
        yield made


def missing(written: Any, given: Any, where: str = "") -> list[str]:
    """Fields that the page has and the answer lacks."""
    if isinstance(written, dict) and isinstance(given, dict):
        absent = [f"{where}.{name}" for name in written if name not in given]
        return absent + [m for n, v in written.items() if n in given for m in missing(v, given[n], f"{where}.{n}")]
    if isinstance(written, list) and isinstance(given, list) and written and given:
        return missing(written[0], given[0], f"{where}[0]")
    return []


async def test_every_example_runs_and_its_answer_has_the_written_fields(service: Service) -> None:
    client = service.client
    known = (await client.get("/v1/documents")).json()["documents"]
    values = {"DOCUMENT": known[0]["id"], "ENTITY": "t:danshen", "OTHER": "t:tan2a"}
    for example in examples(values):
        response = await example.send(client)
        refused = "errors" in (example.answer or {})
        assert (response.status_code < 400) is not refused, (example, response.text)
        if run := response.headers.get("x-run-id"):
            values["RUN"] = run
            await ended(client, f"/v1/answers/{run}")
        if "json" not in response.headers["content-type"]:
            continue
        given = response.json()
        assert missing(example.answer, given) == [], example
        if given.get("results"):
            values["PASSAGE"] = given["results"][0]["passage_id"]
        if example.upload:
            values["JOB"] = given["id"]
            await ended(client, f"/v1/jobs/{given['id']}")


def test_every_route_of_the_api_has_an_example() -> None:
    values = {name: name.lower() for name in ("DOCUMENT", "ENTITY", "OTHER", "RUN", "PASSAGE", "JOB")}
    shown = {(e.method, e.target.split("?")[0]) for e in examples(values)}
    pages = {"/", "/docs", "/page/{name}", "/openapi.json"}
    for method, path in ROLES:
        pattern = re.sub(r"\{\w+\}", "[^/]+", path)
        assert path in pages or any(m == method and re.fullmatch(pattern, p) for m, p in shown), (method, path)


async def ended(client: httpx.AsyncClient, path: str) -> None:
    for _ in range(600):
        if (await client.get(path)).json()["status"] not in ("waiting", "running"):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(path)
