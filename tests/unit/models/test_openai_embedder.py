"""The embedder at a server, against a real HTTP server that speaks the protocol."""

import numpy as np
import pytest

from models.errors import ModelBusy, ModelRefused, ModelUnavailable
from models.openai_embedder import OpenAIEmbedder
from tests.unit.models.protocol_server import Handler, serving


def _lengths(handler: Handler) -> None:
    rows = [{"index": i, "embedding": [float(len(t)), 1.0, 2.0]} for i, t in enumerate(handler.asked["input"])]
    handler.say(200, {"data": rows[::-1]})


def test_vectors_are_of_length_one_in_the_order_of_the_texts() -> None:
    with serving(_lengths) as server:
        embedder = OpenAIEmbedder(f"{server.url}/v1", "bge-m3", "secret", query_prefix="query: ")
        vectors = embedder.encode_passages(["a" * (i + 1) for i in range(100)])
        question = embedder.encode_query("abc")
        assert embedder.dimension == 3
        assert embedder.encode_passages([]).shape == (0, 3)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1)
    assert bool(np.all(np.diff(vectors[:, 0]) > 0))
    assert question[0] / question[1] == pytest.approx(10)
    path, headers, asked = server.asked[0]
    assert (path, headers["Authorization"], asked["model"]) == ("/v1/embeddings", "Bearer secret", "bge-m3")
    assert embedder.identity == "openai|bge-m3|query: "


def test_too_few_vectors_are_refused() -> None:
    def respond(handler: Handler) -> None:
        handler.say(200, {"data": [{"index": 0, "embedding": [1.0]}]})

    with serving(respond) as server, pytest.raises(ModelUnavailable, match="1 vectors for 2 texts"):
        OpenAIEmbedder(server.url, "m").encode_passages(["a", "b"])


@pytest.mark.parametrize(
    ("status", "kind"), [(401, ModelRefused), (404, ModelRefused), (429, ModelBusy), (503, ModelUnavailable)]
)
def test_refusals_are_our_errors(status: int, kind: type[Exception]) -> None:
    with serving(lambda h: h.say(status, {"error": {"message": "no"}})) as server, pytest.raises(kind):
        OpenAIEmbedder(server.url, "m").encode_query("a")
