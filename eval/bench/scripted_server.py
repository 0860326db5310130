"""Servers of OpenAI's protocol for measurements: a module of this package, run in a process of its own."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx


def listed(model: str) -> dict[str, Any]:
    """What ``GET /v1/models`` answers."""
    return {"object": "list", "data": [{"id": model, "object": "model"}]}


@contextmanager
def scripted_server(module: str, port: int, *words: str) -> Iterator[str]:
    """The address of the server that a module runs, until the block ends; raises RuntimeError where it does not start.

    The module is given the port, then the words.
    """
    process = subprocess.Popen([sys.executable, "-m", module, str(port), *words])  # noqa: S603 - a module of ours
    url = f"http://127.0.0.1:{port}/v1"
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                httpx.get(f"{url}/models", timeout=1, trust_env=False).raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.1)
            else:
                yield url
                return
        raise RuntimeError(f"{module} does not answer")
    finally:
        process.terminate()
        process.wait()
