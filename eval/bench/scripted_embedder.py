"""An embedding server that costs next to nothing: vectors of the words of a text, in a process of its own."""

import sys
from contextlib import AbstractContextManager
from typing import Any
from zlib import crc32

import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel

from eval.bench.scripted_server import listed, scripted_server
from models.protocols import Vectors

MODEL, DIMENSION = "scripted", 384


class Wanted(BaseModel):
    """A request for vectors."""

    input: list[str]


def vector_of(text: str) -> Vectors:
    """The signed counts of a text's words by their hash, shape (384,), of length 1; no direction where it has none."""
    hashes = np.array([crc32(word.encode()) for word in text.lower().split()], np.int64)
    counts = np.bincount(hashes % DIMENSION, 1.0 - 2.0 * (hashes >> 31), DIMENSION)
    vector: Vectors = (counts / max(float(np.linalg.norm(counts)), 1e-12)).astype(np.float32)
    return vector


def server() -> FastAPI:
    """The server."""
    app = FastAPI()

    @app.get("/v1/models")
    async def models() -> dict[str, Any]:
        return listed(MODEL)

    @app.post("/v1/embeddings")
    def embeddings(wanted: Wanted) -> dict[str, Any]:
        rows = [{"index": n, "embedding": vector_of(text).tolist()} for n, text in enumerate(wanted.input)]
        return {"object": "list", "model": MODEL, "data": rows}

    return app


def scripted_embedder(port: int) -> AbstractContextManager[str]:
    """The address of such a server until the block ends; raises RuntimeError where it does not start."""
    return scripted_server(__name__, port)


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(server(), port=int(sys.argv[1]), log_level="error")
