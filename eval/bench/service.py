"""How soon the service answers, how much memory it holds, how fast it searches, and how soon the help is there."""

import socket
import time
from pathlib import Path

import httpx

from eval.bench.commands import run, start
from eval.json_lines import json_lines
from eval.memory import memory_bytes
from eval.retrieval.metrics import percentile

HEALTH_S = 3.0
RESIDENT_BYTES = 1.2e9
HELP_S = 0.4
SEARCH_P95_MS = 15.0
QUESTION = "How does sleep change the volume fraction of the extracellular space?"


def resident_bytes(pid: int) -> int:
    """Memory that a process and its children hold."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return memory_bytes(pid=pid) + sum(resident_bytes(int(child)) for child in children)


def help_s(home: Path) -> float:
    """Seconds of ``jianxi --help``, the best of five."""
    return min(run(home, "--help").checked().seconds for _ in range(5))


def service(home: Path, folder: Path, queries: list[str]) -> dict[str, float]:
    """Figures of a service on a home."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.perf_counter()
    process = start(home, "serve", "--port", str(port), log=folder / "service.log", settings={"chat": "extractive"})
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client:
            health = _health_s(client, began)
            client.post("/v1/search", json={"query": QUESTION}).raise_for_status()
            client.post("/v1/answers", json={"question": QUESTION}).raise_for_status()
            resident = resident_bytes(process.pid)
            whole, rest, inside = [], [], []
            for query in queries:
                sent = time.perf_counter()
                response = client.post("/v1/search", json={"query": query, "k": 5})
                took = 1000 * (time.perf_counter() - sent)
                stages = response.raise_for_status().json()["stages_ms"]
                whole.append(took)
                rest.append(took - stages["embed"])
                inside.append(sum(stages[s] for s in ("link", "rank", "read", "signals")))
            after = resident_bytes(process.pid)
    finally:
        process.terminate()
        process.wait(20)
    return {
        "health_s": round(health, 2),
        "resident_mb": round(resident / 1e6),
        "resident_after_all_mb": round(after / 1e6),
        "searches": len(queries),
        "http_search_p95_ms": round(percentile(whole, 0.95), 1),
        "http_search_without_embedding_p95_ms": round(percentile(rest, 0.95), 1),
        "search_without_embedding_p95_ms": round(percentile(inside, 0.95), 1),
    }


def _health_s(client: httpx.Client, began: float) -> float:
    while time.perf_counter() - began < 60:
        try:
            if client.get("/health", timeout=1).status_code == 200:
                return time.perf_counter() - began
        except httpx.TransportError:
            time.sleep(0.02)
    raise RuntimeError("the service does not answer")


def measure(home: Path | None, data: Path, folder: Path) -> dict[str, float | bool]:
    """All figures on a home, or on one that is made of the data."""
    asked = [row["question"] for _, row in json_lines(data / "bench/ecs/questions.jsonl")]
    own = home or folder / "home"
    if home is None:
        run(own, "ingest", str(data / "papers/glymphatic_abstracts/corpus.jsonl"), "--json").json()
        run(own, "kg", "import", str(data / "kg/herbiv"), "--mapping", "herbiv", "--json").json()
    found = {**service(own, folder, asked), "help_s": round(help_s(own), 2)}
    holds = (
        found["health_s"] <= HEALTH_S
        and found["resident_mb"] * 1e6 <= RESIDENT_BYTES
        and found["help_s"] <= HELP_S
        and found["search_without_embedding_p95_ms"] <= SEARCH_P95_MS
    )
    return {**found, "holds": holds}
