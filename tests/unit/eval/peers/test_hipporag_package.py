"""The package in its own process, stood in for by a small one with the same seams."""

import sys
from pathlib import Path

import pytest

from eval.peers.corpus import Corpus, StringVectors
from eval.peers.hipporag_package import HippoRag, HippoRagFailed
from tests.unit.eval.peers.conftest import QUESTION, TableEmbedder, corpus_with

_PACKAGE = """
import numpy as np

class Store:
    embedding_model = None

class Solution:
    def __init__(self, docs):
        self.docs = docs

class HippoRAG:
    def __init__(self, global_config):
        print("chatter that is no answer")
        self.chunk_embedding_store, self.entity_embedding_store, self.fact_embedding_store = Store(), Store(), Store()

    def index(self, documents):
        self.documents = documents
        self.vectors = self.chunk_embedding_store.embedding_model.batch_encode(documents)

    def prepare_retrieval_objects(self):
        pass

    def get_query_embeddings(self, queries):
        found = self.embedding_model.batch_encode(queries, instruction="asked", norm=True)
        self.asked = dict(zip(queries, found))

    def retrieve(self, queries, num_to_retrieve):
        order = np.argsort(-(self.vectors @ self.asked[queries[0]]), kind="stable")
        return [Solution([self.documents[n] for n in order[:num_to_retrieve]])]
"""


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """An interpreter whose ``hipporag`` is the small one."""
    package = tmp_path / "site" / "hipporag"
    (package / "utils").mkdir(parents=True)
    (package / "__init__.py").write_text("", "utf-8")
    (package / "utils" / "__init__.py").write_text("", "utf-8")
    (package / "utils" / "config_utils.py").write_text(
        "class BaseConfig:\n    def __init__(self, **_): pass\n", "utf-8"
    )
    (package / "HippoRAG.py").write_text(_PACKAGE, "utf-8")
    path = tmp_path / "python"
    path.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path / "site"} exec {sys.executable} "$@"\n', "utf-8")
    path.chmod(0o755)
    return path


async def test_the_package_ranks_by_our_vectors(tmp_path: Path, python: Path) -> None:
    corpus = corpus_with([[0, 0, 1, 0], [0, 0, 0, 1], [0, 1, 0, 0], [1, 0, 0, 0]], [0, 0, 0, 1])
    triples = tmp_path / "openie.json"
    triples.write_text('{"docs": []}', "utf-8")
    embedder = TableEmbedder({QUESTION.text: (0.1, 1, 0, 0)})
    peer = HippoRag("hipporag", corpus, triples, StringVectors(tmp_path / "v.sqlite", embedder), python=python)
    assert (await peer.rank(QUESTION, 2)).ids == ("falls", "other")
    assert embedder.asked == [QUESTION.text]
    assert peer.index_s >= 0.0
    peer.close()
    assert peer._process.returncode is not None


def test_a_package_that_ends_tells_why(corpus: Corpus, tmp_path: Path, python: Path) -> None:
    with pytest.raises(HippoRagFailed, match="No such file"):
        HippoRag(
            "x", corpus, tmp_path / "no.json", StringVectors(tmp_path / "v.sqlite", TableEmbedder()), python=python
        )
