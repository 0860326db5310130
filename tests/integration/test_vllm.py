import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from eval.bench.commands import run
from tests.e2e.conftest import ROWS, Service
from tests.integration.serving import QUESTION, served, settings_of
from tests.integration.test_dependencies import last_event
from tests.integration.tiny_adapter import write_adapter

URL = os.environ.get("VLLM_TEST_URL", "")
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not URL, reason="VLLM_TEST_URL does not name a vLLM (tests/integration/serve-vllm starts one)"),
]
HIDDEN, LAYERS = 896, 24
"""Of the 0.5B model."""
ADAPTER = "tiny"


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    settings = settings_of(tmp_path / "home", chat=f"openai+{URL}", adapters=(ADAPTER, "absent"))
    async with served(settings, fill_from=tmp_path) as running:
        yield running


@pytest.fixture
def adapter(tmp_path: Path) -> Iterator[str]:
    folder = write_adapter(tmp_path / "adapter", hidden=HIDDEN, layers=LAYERS)
    with httpx.Client(base_url=URL, timeout=120, trust_env=False) as client:
        client.post("load_lora_adapter", json={"lora_name": ADAPTER, "lora_path": str(folder)}).raise_for_status()
        yield ADAPTER
        client.post("unload_lora_adapter", json={"lora_name": ADAPTER}).raise_for_status()


def events_of(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").split("\n")
    return [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]


async def running_requests() -> int:
    async with httpx.AsyncClient(trust_env=False) as client:
        told = (await client.get(URL.removesuffix("/v1") + "/metrics")).text
    counts = [line for line in told.splitlines() if line.startswith("vllm:num_requests_running")]
    return int(sum(float(line.rsplit(" ", 1)[1]) for line in counts))


async def test_a_streamed_answer_has_evidence_for_every_sentence(service: Service) -> None:
    response = await service.client.post("/v1/answers", json={"question": QUESTION, "temperature": 0, "max_tokens": 48})
    assert response.status_code == 200, response.text
    names = events_of(response.text)
    assert names[0] == "retrieval"
    assert names[-1] == "done", response.text
    done = last_event(response.text)
    numbers = {c["number"] for c in done["citations"]}
    assert done["sentences"], done
    assert all(s["citations"] and set(s["citations"]) <= numbers for s in done["sentences"])
    assert done["manifest"]["raw"], "the model wrote nothing"
    assert URL not in done["notice"], "the model was away"


async def test_the_parameters_of_a_question_reach_the_model(service: Service) -> None:
    asked = {"question": QUESTION, "temperature": 0, "top_p": 0.9, "repetition_penalty": 1.1, "max_tokens": 5}
    response = await service.client.post("/v1/answers", json=asked)
    done = last_event(response.text)
    assert 0 < len(done["manifest"]["raw"]) < 60, done["manifest"]["raw"]
    beams = await service.client.post("/v1/answers", json={"question": QUESTION, "beam_width": 2, "max_tokens": 8})
    assert events_of(beams.text)[-1] == "done", beams.text


async def test_a_cancelled_question_stops_the_model_within_2_s(service: Service) -> None:
    question = "Describe everything that the sources say about aquaporin-4, sleep and clearance, sentence by sentence."
    started = await service.client.post(
        "/v1/answers",
        json={"question": question, "stream": False, "unsupported": "mark", "temperature": 1.5, "max_tokens": 1500},
    )
    run_id = started.json()["run"]
    began = time.monotonic()
    while await running_requests() == 0:
        assert time.monotonic() - began < 60, "the model was never asked"
        await asyncio.sleep(0.02)
    began = time.monotonic()
    cancelled = await service.client.post(f"/v1/answers/{run_id}/cancel")
    assert cancelled.status_code == 200
    while await running_requests() > 0:
        assert time.monotonic() - began < 2, "the model still works"
        await asyncio.sleep(0.02)
    assert (await service.client.get(f"/v1/answers/{run_id}")).json()["status"] == "cancelled"


async def test_a_reader_who_asks_by_an_adapter_is_answered_by_it(service: Service, adapter: str) -> None:
    with_it = await service.client.post(
        "/v1/answers", json={"question": QUESTION, "temperature": 0, "max_tokens": 48, "adapter": adapter}
    )
    assert events_of(with_it.text)[-1] == "done", with_it.text
    without = await service.client.post("/v1/answers", json={"question": QUESTION, "temperature": 0, "max_tokens": 48})
    assert last_event(with_it.text)["manifest"]["raw"] != last_event(without.text)["manifest"]["raw"]
    compatible = await service.client.post(
        "/v1/chat/completions",
        json={"model": adapter, "max_tokens": 16, "messages": [{"role": "user", "content": QUESTION}]},
    )
    assert compatible.json()["model"] == adapter


async def test_an_adapter_that_the_server_has_not_loaded_ends_the_run_and_is_logged(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    response = await service.client.post("/v1/answers", json={"question": QUESTION, "adapter": "absent"})
    ended = last_event(response.text)
    assert ended["code"] == "ModelRefused", ended
    assert "absent" in caplog.text


async def test_a_model_that_the_server_does_not_have_is_refused_by_name(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home", chat=f"openai+{URL}", chat_model="no-such-model", chat_fallback=False)
    async with served(settings, fill_from=tmp_path) as service:
        response = await service.client.post("/v1/answers", json={"question": QUESTION})
        assert response.status_code == 422, response.text
        assert "no-such-model" in response.json()["detail"]
        assert "qwen-small" in response.json()["detail"]


def test_the_commands_give_the_same_evidence_with_other_servers_behind_them(tmp_path: Path) -> None:
    source = tmp_path / "abstracts.jsonl"
    source.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in ROWS))
    plain = tmp_path / "plain"
    run(plain, "ingest", str(source), "--json").json()
    settings: dict[str, dict[str, str]] = {"vllm": {"chat": f"openai+{URL}"}}
    homes = {"vllm": plain}
    server, password = os.environ.get("NEO4J_TEST_URI"), os.environ.get("NEO4J_TEST_PASSWORD")
    if server and password:
        address = f"neo4j://neo4j:{password}@{server.split('://', 1)[1]}"
        settings["neo4j"] = {**settings["vllm"], "store": address}
        homes["neo4j"] = tmp_path / "neo4j"
        run(homes["neo4j"], "ingest", str(source), "--json", settings=settings["neo4j"]).json()
    expected = run(plain, "ask", QUESTION, "--json", settings={"chat": "extractive"}).json()
    for name, given in settings.items():
        got = run(homes[name], "ask", QUESTION, "--json", settings=given).json()
        assert _evidence(got) == _evidence(expected), name
        assert got["manifest"]["raw"], name
        assert URL not in got["notice"], name
        assert got["sentences"], name
        assert all(s["citations"] for s in got["sentences"]), name


def _evidence(answer: dict[str, Any]) -> Any:
    return [(e["number"], e["kind"], e["id"], e["text_hash"]) for e in answer["manifest"]["evidence"]]
