"""The ``hipporag`` package behind a line of JSON a request; runs in an environment of its own and imports none of ours.

Requests come on stdin, answers go to stdout. The package's own seams carry what it does not compute here: its
embedding model asks the parent process for vectors, its triples are read from its own file of results, its filter of
facts by a language model keeps every fact, and no language model is called.
"""

import json
import os
import shutil
import sys
import time
import types
from pathlib import Path
from typing import Any, TextIO

import numpy as np


class Parent:
    """The process that asks and that has the vectors."""

    def __init__(self, asking: TextIO, answering: TextIO) -> None:
        self._asking = asking
        self._answering = answering
        self.waited_s = 0.0

    def request(self) -> dict[str, Any] | None:
        """The next request, None at the end."""
        line = self._asking.readline()
        return json.loads(line) if line else None

    def answer(self, **document: object) -> None:
        """Answer a request."""
        self._answering.write(json.dumps(document) + "\n")
        self._answering.flush()

    def vectors(self, strings: list[str], kind: str) -> Any:
        """Vectors (n, dimension) of strings, of the kind ``passage`` or ``query``."""
        began = time.perf_counter()
        self.answer(embed=strings, kind=kind)
        reply = self.request()
        if reply is None:
            raise EOFError("the parent process has gone")
        loaded = np.load(reply["npy"], allow_pickle=False)
        self.waited_s += time.perf_counter() - began
        return loaded


class ParentEmbedding:
    """The package's embedding model, answered by the parent."""

    def __init__(self, parent: Parent) -> None:
        self._parent = parent

    def batch_encode(self, texts: Any, instruction: str = "", norm: bool = True, **_: object) -> Any:
        """As the package calls it; what has an instruction is a question."""
        strings = [texts] if isinstance(texts, str) else list(texts)
        return self._parent.vectors(strings, "query" if instruction else "passage")


def keep_all(query: str, facts: list[Any], indices: list[int], len_after_rerank: int | None = None) -> Any:
    """In place of the filter by a language model."""
    return indices[:len_after_rerank], facts[:len_after_rerank], {"confidence": None}


def indexed(
    parent: Parent, documents: list[str], questions: list[str], triples: str, folder: str, synonym: float
) -> Any:
    """The package with its index built, and the seconds that took without the vectors."""
    shutil.rmtree(folder, ignore_errors=True)
    Path(folder).mkdir(parents=True)
    sys.modules["vllm"] = _without_vllm()
    from hipporag.HippoRAG import HippoRAG
    from hipporag.utils.config_utils import BaseConfig

    config = BaseConfig(
        save_dir=folder,
        llm_name="gpt-given",
        llm_base_url="http://localhost:9/v1",
        embedding_model_name="text-embedding-given",
        embedding_base_url="http://localhost:9/v1",
        synonymy_edge_sim_threshold=synonym,
        save_openie=False,
    )
    shutil.copy(triples, Path(folder) / "openie_results_ner_gpt-given.json")
    system = HippoRAG(global_config=config)
    system.embedding_model = ParentEmbedding(parent)
    for store in (system.chunk_embedding_store, system.entity_embedding_store, system.fact_embedding_store):
        store.embedding_model = system.embedding_model
    system.rerank_filter = keep_all
    began, waited = time.perf_counter(), parent.waited_s
    system.index(documents)
    system.prepare_retrieval_objects()
    seconds = time.perf_counter() - began - (parent.waited_s - waited)
    system.get_query_embeddings(questions)
    return system, seconds


def serve(parent: Parent) -> None:
    """Answer until the parent has no more requests."""
    system: Any = None
    rows: dict[str, int] = {}
    while (request := parent.request()) is not None:
        if "documents" in request:
            rows = {document: row for row, document in reversed(list(enumerate(request["documents"])))}
            system, seconds = indexed(parent, **request)
            parent.answer(indexed_s=seconds)
        else:
            (solution,) = system.retrieve(queries=[request["question"]], num_to_retrieve=request["k"])
            parent.answer(found=[rows[document] for document in solution.docs])


def _without_vllm() -> types.ModuleType:
    """The package imports vLLM for offline extraction, which is not used here."""
    module = types.ModuleType("vllm")
    module.SamplingParams = module.LLM = object  # type: ignore[attr-defined]
    return module


def main() -> None:
    """Speak with the parent; all that the package prints goes to stderr."""
    answering = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    serve(Parent(sys.stdin, answering))


if __name__ == "__main__":
    main()
