"""Three passages that lead from a river to a waterfall, with vectors laid out by hand."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from eval.peers.corpus import Corpus
from eval.retrieval.domain import Suite, SuiteQuestion, SuiteText
from models.protocols import Vectors

TEXTS = (
    SuiteText("river", "Bubye River", "The Bubye River is a river in Zimbabwe."),
    SuiteText("country", "Zimbabwe", "Zimbabwe is home of the Victoria Falls."),
    SuiteText("falls", "Victoria Falls", "The Victoria Falls are a waterfall."),
    SuiteText("other", "Oslo", "Oslo is a town by the sea."),
)
QUESTION = SuiteQuestion("q", "Which waterfall lies in the country of the Bubye River?", {"river": 1, "falls": 1})


class TableEmbedder:
    """Vectors by string from a table, the first axis for all that is not in it; counts what it is asked."""

    identity = "table"
    dimension = 4

    def __init__(self, table: Mapping[str, Sequence[float]] | None = None) -> None:
        self._table = dict(table or {})
        self.asked: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        rows = np.array([self._table.get(t, (1.0, 0.0, 0.0, 0.0)) for t in texts], np.float32)
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def encode_query(self, text: str) -> Vectors:
        row: Vectors = self.encode_passages([text])[0]
        return row


def corpus_with(vectors: Sequence[Sequence[float]], asked: Sequence[float]) -> Corpus:
    """The four passages and the question with vectors of these values."""
    documents = tuple(f"{t.title}\n{t.text}" for t in TEXTS)
    return Corpus(
        Suite("tiny", TEXTS, (QUESTION,)),
        documents,
        np.array(vectors, np.float32),
        {QUESTION.id: np.array(asked, np.float32)},
    )


@pytest.fixture
def corpus() -> Corpus:
    """The question is nearest to the river, equally far from all else."""
    return corpus_with([[1, 0, 0, 0], [0.5, 0, 0, 0], [0.5, 0, 0, 0], [0.5, 0, 0, 0]], [1, 0, 0, 0])
