"""Start a service and use it: ``python use_service.py PORT FILE...`` uploads the files, asks, and deletes them."""

import subprocess
import sys
import time
from pathlib import Path

import httpx

_QUESTION = "Where does AQP4 lie?"


def use(client: httpx.Client, files: list[Path]) -> None:
    """What readers and engineers do; raises where anything is refused."""
    _until(lambda: client.get("/ready").status_code == 200)
    for file in files:
        client.post("/v1/documents", files={"files": (file.name, file.read_bytes())}).raise_for_status()
    _until(lambda: all(job["status"] not in ("waiting", "running") for job in _jobs(client)))
    failed = [job for job in _jobs(client) if job["status"] != "succeeded"]
    assert not failed, failed
    assert "event: done" in client.post("/v1/answers", json={"question": _QUESTION}).text
    said = {"model": "jianxi", "messages": [{"role": "user", "content": _QUESTION}]}
    client.post("/v1/chat/completions", json=said).raise_for_status()
    client.post("/v1/search", json={"query": "AQP4"}).raise_for_status()
    for path in ("/", "/docs", "/openapi.json", "/metrics", "/v1/graph/stats", "/v1/revisions"):
        client.get(path).raise_for_status()
    for document in client.get("/v1/documents").json()["documents"]:
        client.delete(f"/v1/documents/{document['id']}").raise_for_status()


def _jobs(client: httpx.Client) -> list[dict[str, object]]:
    return list(client.get("/v1/jobs").raise_for_status().json()["jobs"])


def _until(holds: object, seconds: float = 180) -> None:
    began = time.monotonic()
    while True:
        try:
            if holds():  # type: ignore[operator]
                return
        except (httpx.TransportError, httpx.HTTPStatusError):
            pass
        assert time.monotonic() - began < seconds
        time.sleep(0.1)


def main(port: str, *files: str) -> None:
    """Start, use and stop."""
    program = "from app.cli.main import main; main()"
    service = subprocess.Popen([sys.executable, "-c", program, "serve", "--port", port])
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120, trust_env=False) as client:
            use(client, [Path(file) for file in files])
    finally:
        service.terminate()
        service.wait(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
