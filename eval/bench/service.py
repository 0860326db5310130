"""How soon the service answers, how much memory it holds, how fast it searches, and how soon the help is there."""

import time
from pathlib import Path

import httpx

from eval.answers.suites import read_ecs
from eval.bench.commands import run, served
from eval.retrieval.metrics import percentiles_ms

HEALTH_S = 3.0
RESIDENT_BYTES = 1.2e9
HELP_S = 0.4
SEARCH_P95_MS = 15.0
QUESTION = "How does sleep change the volume fraction of the extracellular space?"


def service(home: Path, folder: Path, queries: list[str]) -> dict[str, float]:
    """Figures of a service on a home."""
    whole, rest, inside = [], [], []
    with (
        served(home, folder, settings={"chat": "extractive"}) as its,
        httpx.Client(base_url=its.url, timeout=60, trust_env=False) as client,
    ):
        client.post("/v1/search", json={"query": QUESTION}).raise_for_status()
        client.post("/v1/answers", json={"question": QUESTION}).raise_for_status()
        resident = its.resident_bytes()
        for query in queries:
            sent = time.perf_counter()
            response = client.post("/v1/search", json={"query": query, "k": 5})
            took = 1000 * (time.perf_counter() - sent)
            stages = response.raise_for_status().json()["stages_ms"]
            whole.append(took)
            rest.append(took - stages["embed"])
            inside.append(sum(stages[s] for s in ("link", "rank", "read", "signals")))
        after = its.resident_bytes()
    return {
        "health_s": round(its.health_s, 2),
        "resident_mb": round(resident / 1e6),
        "resident_after_all_mb": round(after / 1e6),
        "searches": len(queries),
        **percentiles_ms(whole, 95, name="http_search_", digits=1),
        **percentiles_ms(rest, 95, name="http_search_without_embedding_", digits=1),
        **percentiles_ms(inside, 95, name="search_without_embedding_", digits=1),
    }


def measure(home: Path | None, data: Path, folder: Path) -> dict[str, float | bool]:
    """All figures on a home, or on one that is made of the data."""
    asked = [question.text for question in read_ecs(data).questions]
    own = home or folder / "home"
    if home is None:
        run(own, "ingest", str(data / "papers/glymphatic_abstracts/corpus.jsonl"), "--json").json()
        run(own, "kg", "import", str(data / "kg/herbiv"), "--mapping", "herbiv", "--json").json()
    help_s = min(run(own, "--help").checked().seconds for _ in range(5))
    found = {**service(own, folder, asked), "help_s": round(help_s, 2)}
    holds = (
        found["health_s"] <= HEALTH_S
        and found["resident_mb"] * 1e6 <= RESIDENT_BYTES
        and found["help_s"] <= HELP_S
        and found["search_without_embedding_p95_ms"] <= SEARCH_P95_MS
    )
    return {**found, "holds": holds}
