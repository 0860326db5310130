"""A chat server that says one sentence slowly, in a process of its own."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

MODEL = "scripted"
_SENTENCE = "The evidence gives an answer to this question in what it says of the extracellular space [1]."


def server(seconds: float) -> FastAPI:
    """An OpenAI-compatible server whose every reply takes so long."""
    app = FastAPI()

    @app.get("/v1/models")
    async def models() -> dict[str, Any]:
        return {"object": "list", "data": [{"id": MODEL, "object": "model"}]}

    @app.post("/v1/chat/completions")
    async def completions() -> StreamingResponse:
        return StreamingResponse(_chunks(seconds), media_type="text/event-stream")

    return app


async def _chunks(seconds: float) -> AsyncIterator[str]:
    words = _SENTENCE.split(" ")
    for number, word in enumerate(words):
        await asyncio.sleep(seconds / len(words))
        last = number + 1 == len(words)
        delta = {"content": word if last else f"{word} "}
        choice = {"index": 0, "delta": delta, "finish_reason": "stop" if last else None}
        yield f"data: {json.dumps({'model': MODEL, 'choices': [choice]})}\n\n"
    yield "data: [DONE]\n\n"


@contextmanager
def scripted_chat(port: int, seconds: float) -> Iterator[str]:
    """The address of such a server until the block ends; raises RuntimeError where it does not start."""
    process = subprocess.Popen([sys.executable, "-m", __name__, str(port), str(seconds)])  # noqa: S603 - this module
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
        raise RuntimeError("the scripted chat server does not answer")
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(server(float(sys.argv[2])), port=int(sys.argv[1]), log_level="error")
