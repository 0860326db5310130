"""HippoRAG 2 as its authors publish it: the ``hipporag`` package in a process and an environment of its own."""

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import numpy as np

from eval.peers.corpus import Corpus, StringVectors
from eval.peers.hipporag_environment import VERSION
from eval.retrieval.domain import SuiteQuestion
from eval.retrieval.systems import Ranked
from eval.runs import Json
from models.protocols import Vectors

_WORKER = Path(__file__).with_name("hipporag_worker.py")


class HippoRagFailed(Exception):
    """The package's process ended; what it last said is told."""


class HippoRag:
    """Given triples, our vectors, no filter by a language model; a context that ends the process."""

    index_llm_tokens = 0

    def __init__(
        self,
        name: str,
        corpus: Corpus,
        triples: Path,
        vectors: StringVectors,
        *,
        python: Path,
        synonym: float = 0.8,
    ) -> None:
        self.name = name
        self.parameters: Mapping[str, Json] = {"package": f"hipporag {VERSION}", "synonym": synonym, "filter": "none"}
        self._ids = corpus.ids
        self._vectors = vectors
        self._texts = dict(zip(corpus.documents, corpus.vectors, strict=True))
        with ExitStack() as opening:
            self._folder = Path(opening.enter_context(tempfile.TemporaryDirectory(prefix="hipporag-")))
            self._log = opening.enter_context((self._folder / "log.txt").open("w+", encoding="utf-8"))
            # The package wants a key even where it asks nobody.
            self._process = subprocess.Popen(  # noqa: S603 - our own script
                ["env", "-u", "PYTHONPATH", "OPENAI_API_KEY=none", str(python), "-P", str(_WORKER)],  # noqa: S607
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                text=True,
                start_new_session=True,
            )
            opening.callback(self._end)
            answer = self._asked(
                documents=list(corpus.documents),
                questions=[q.text for q in corpus.suite.questions],
                triples=str(triples),
                folder=str(self._folder / "index"),
                synonym=synonym,
            )
            self._open = opening.pop_all()
        self.index_s = float(answer["indexed_s"])

    def close(self) -> None:
        """End the process and remove what it wrote."""
        self._open.close()

    async def rank(self, question: SuiteQuestion, k: int) -> Ranked:
        """The package's own ``retrieve``."""
        found = self._asked(question=question.text, k=k)["found"]
        return Ranked(tuple(self._ids[row] for row in found))

    def _asked(self, **request: object) -> Mapping[str, Any]:
        self._say(request)
        while "embed" in (answer := self._heard()):
            path = self._folder / "vectors.npy"
            np.save(path, self._embedded(answer["embed"], answer["kind"]), allow_pickle=False)
            self._say({"npy": str(path)})
        return answer

    def _embedded(self, strings: Sequence[str], kind: str) -> Vectors:
        """Vectors of questions, of texts (which all systems share) or of what the package made of triples."""
        if kind == "query":
            return self._vectors.questions(strings)
        if all(string in self._texts for string in strings):
            return np.array([self._texts[string] for string in strings])
        return self._vectors.passages(strings)

    def _say(self, document: Mapping[str, object]) -> None:
        assert self._process.stdin is not None  # noqa: S101  (opened as a pipe)
        self._process.stdin.write(json.dumps(document) + "\n")
        self._process.stdin.flush()

    def _heard(self) -> Mapping[str, Any]:
        assert self._process.stdout is not None  # noqa: S101  (opened as a pipe)
        line = self._process.stdout.readline()
        if not line:
            self._log.flush()
            said = (self._folder / "log.txt").read_text("utf-8")[-1500:]
            raise HippoRagFailed(f"the hipporag package ended: {said}")
        answer: Mapping[str, Any] = json.loads(line)
        return answer

    def _end(self) -> None:
        """The package starts processes of its own, which end with its group."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
