"""How soon the service answers, how much memory it holds, how fast it searches, and how soon the help is there."""

import argparse
import json
import socket
import sys
import tempfile
import time
from pathlib import Path

import httpx

from app.settings import Settings
from eval.bench.commands import Ran, run, start

HEALTH_S = 3.0
RESIDENT_BYTES = 1.2e9
HELP_S = 0.4
SEARCH_P95_MS = 15.0
QUESTION = "How does sleep change the volume fraction of the extracellular space?"


def resident_bytes(pid: int) -> int:
    """Memory that a process and its children hold."""
    own = 0
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            own = int(line.split()[1]) * 1024
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(resident_bytes(int(child)) for child in children)


def help_s(home: Path) -> float:
    """Seconds of ``jianxi --help``, the best of five."""
    return min(_checked(run(home, "--help")).seconds for _ in range(5))


def _checked(ran: Ran) -> Ran:
    if ran.code != 0:
        raise RuntimeError(ran.err)
    return ran


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
                inside.append(sum(stages[s] for s in ("link", "rank", "read", "facts", "signals") if s in stages))
            after = resident_bytes(process.pid)
    finally:
        process.terminate()
        process.wait(20)
    return {
        "health_s": round(health, 2),
        "resident_mb": round(resident / 1e6),
        "resident_after_all_mb": round(after / 1e6),
        "searches": len(queries),
        "http_search_p95_ms": _p95(whole),
        "http_search_without_embedding_p95_ms": _p95(rest),
        "search_without_embedding_p95_ms": _p95(inside),
    }


def _health_s(client: httpx.Client, began: float) -> float:
    while time.perf_counter() - began < 60:
        try:
            if client.get("/health", timeout=1).status_code == 200:
                return time.perf_counter() - began
        except httpx.TransportError:
            time.sleep(0.02)
    raise RuntimeError("the service does not answer")


def _p95(values: list[float]) -> float:
    return round(sorted(values)[int(0.95 * (len(values) - 1))], 1)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a home that is filled already; by default one is made of the data")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    data = Settings().shared_data
    if data is None:
        sys.stderr.write("JIANXI_SHARED_DATA must name the folder of the evaluation data\n")
        return 2
    asked = (data / "bench/ecs/questions.jsonl").read_text("utf-8").splitlines()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = given.home or folder / "home"
        if given.home is None:
            run(home, "ingest", str(data / "papers/glymphatic_abstracts/corpus.jsonl"), "--json").json()
            run(home, "kg", "import", str(data / "kg/herbiv"), "--mapping", "herbiv", "--json").json()
        found = service(home, folder, [json.loads(line)["question"] for line in asked])
        found["help_s"] = round(help_s(home), 2)
    holds = (
        found["health_s"] <= HEALTH_S
        and found["resident_mb"] * 1e6 <= RESIDENT_BYTES
        and found["help_s"] <= HELP_S
        and found["search_without_embedding_p95_ms"] <= SEARCH_P95_MS
    )
    sys.stdout.write(json.dumps({**found, "holds": holds}, indent=None if given.json else 1) + "\n")
    return 0 if holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
