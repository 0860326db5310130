"""A server of OpenAI's protocol that costs next to nothing: one sentence, said slowly, and vectors of hashed words.

A vector costs a quarter of a millisecond.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from eval.bench.commands import wait_until_answered
from models.scripted import HashingEmbedder

MODEL, DIMENSION = "scripted", 384
_SENTENCE = "The evidence gives an answer to this question in what it says of the extracellular space [1]."


class Wanted(BaseModel):
    """A request for vectors."""

    input: list[str]


def server(reply_s: float) -> FastAPI:
    """The server; every reply of its chat model takes so long."""
    app, embedder = FastAPI(), HashingEmbedder(DIMENSION)

    @app.get("/v1/models")
    async def models() -> dict[str, Any]:
        return {"object": "list", "data": [{"id": MODEL, "object": "model"}]}

    @app.post("/v1/chat/completions")
    async def completions() -> StreamingResponse:
        return StreamingResponse(_chunks(reply_s), media_type="text/event-stream")

    @app.post("/v1/embeddings")
    def embeddings(wanted: Wanted) -> dict[str, Any]:
        vectors = embedder.encode_passages(wanted.input)
        rows = [{"index": n, "embedding": vector.tolist()} for n, vector in enumerate(vectors)]
        return {"object": "list", "model": MODEL, "data": rows}

    return app


async def _chunks(reply_s: float) -> AsyncIterator[str]:
    words = _SENTENCE.split(" ")
    for number, word in enumerate(words, 1):
        await asyncio.sleep(reply_s / len(words))
        last = number == len(words)
        delta = {"content": word if last else f"{word} "}
        choice = {"index": 0, "delta": delta, "finish_reason": "stop" if last else None}
        yield f"data: {json.dumps({'model': MODEL, 'choices': [choice]})}\n\n"
    yield "data: [DONE]\n\n"


@contextmanager
def scripted_server(port: int, reply_s: float = 0.0) -> Iterator[str]:
    """The address of the server, in a process of its own until the block ends; raises RuntimeError where it fails."""
    process = subprocess.Popen([sys.executable, "-m", __name__, str(port), str(reply_s)])  # noqa: S603 - this module
    url = f"http://127.0.0.1:{port}/v1"
    try:
        wait_until_answered(f"{url}/models", 30)
        yield url
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(server(float(sys.argv[2])), port=int(sys.argv[1]), log_level="error")
