"""A chat server that says one sentence slowly, in a process of its own."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from typing import Any

from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from eval.bench.scripted_server import listed, scripted_server

MODEL = "scripted"
_SENTENCE = "The evidence gives an answer to this question in what it says of the extracellular space [1]."


def server(seconds: float) -> FastAPI:
    """An OpenAI-compatible server whose every reply takes so long."""
    app = FastAPI()

    @app.get("/v1/models")
    async def models() -> dict[str, Any]:
        return listed(MODEL)

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


def scripted_chat(port: int, seconds: float) -> AbstractContextManager[str]:
    """The address of such a server until the block ends; raises RuntimeError where it does not start."""
    return scripted_server(__name__, port, str(seconds))


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(server(float(sys.argv[2])), port=int(sys.argv[1]), log_level="error")
