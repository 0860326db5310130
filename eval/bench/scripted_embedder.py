"""An embedding server that costs a quarter of a millisecond a passage: vectors of hashed words, in its own process."""

import sys
from contextlib import AbstractContextManager
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from eval.bench.scripted_server import listed, scripted_server
from models.scripted import HashingEmbedder

MODEL, DIMENSION = "scripted", 384


class Wanted(BaseModel):
    """A request for vectors."""

    input: list[str]


def server() -> FastAPI:
    """The server."""
    app, embedder = FastAPI(), HashingEmbedder(DIMENSION)

    @app.get("/v1/models")
    async def models() -> dict[str, Any]:
        return listed(MODEL)

    @app.post("/v1/embeddings")
    def embeddings(wanted: Wanted) -> dict[str, Any]:
        vectors = embedder.encode_passages(wanted.input)
        rows = [{"index": n, "embedding": vector.tolist()} for n, vector in enumerate(vectors)]
        return {"object": "list", "model": MODEL, "data": rows}

    return app


def scripted_embedder(port: int) -> AbstractContextManager[str]:
    """The address of such a server until the block ends; raises RuntimeError where it does not start."""
    return scripted_server(__name__, port)


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(server(), port=int(sys.argv[1]), log_level="error")
