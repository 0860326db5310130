"""Asking a system all questions of a suite, one after another, and keeping the run."""

import time
from collections.abc import Mapping, Sequence

from eval.peers.domain import Corpus, Peer
from eval.retrieval.ask import ask_all
from eval.retrieval.domain import SuiteQuestion
from eval.retrieval.figures import figures_of
from eval.retrieval.metrics import DEPTH, percentile
from eval.retrieval.systems import Ranked
from eval.runs import EvalRun, EvalRuns, Json
from models.protocols import Embedder

KIND = "retrieval"
"""The kind of these runs, so that they compare with those of ``jianxi eval retrieval``."""

QUALITIES = ("recall@2", "recall@5", "recall@10", "all@5", "all@10", "ndcg@10", "mrr@10")
"""The figures of a ranking, in the order of the table."""

_WARM, _TIMED = 3, 20


class Clocked:
    """A system with a clock around it, so that all are timed alike."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self.name = peer.name
        self.index_s = peer.index_s
        self.index_llm_tokens = peer.index_llm_tokens

    async def rank(self, question: SuiteQuestion, k: int) -> Ranked:
        """The system's own ranking; ``retrieve`` is all the time it took."""
        began = time.perf_counter()
        ranked = await self._peer.rank(question, k)
        spent_ms = 1000.0 * (time.perf_counter() - began)
        return Ranked(ranked.ids, {**ranked.stages_ms, "retrieve": spent_ms}, ranked.llm_tokens)


async def measured(
    peer: Peer, corpus: Corpus, runs: EvalRuns, *, table: str, costs: Mapping[str, float], machine: Mapping[str, Json]
) -> EvalRun:
    """Ask every question once, after a few that do not count; ``table`` names the runs that belong together.

    ``costs`` are figures that they share: seconds of embedding the corpus, milliseconds of embedding a question.
    """
    for question in corpus.suite.questions[:_WARM]:
        await peer.rank(question, DEPTH)
    items = await ask_all(Clocked(peer), corpus.suite)
    own = {"index_s": peer.index_s, "index_llm_tokens": float(peer.index_llm_tokens)}
    figures = {**figures_of(items), **own, **costs}
    manifest: dict[str, Json] = {
        "table": table,
        "corpus": corpus.suite.corpus_digest(),
        "questions": corpus.suite.questions_digest(),
        "texts": len(corpus.documents),
        "parameters": dict(peer.parameters),
        "machine": dict(machine),
    }
    return runs.keep(KIND, corpus.suite.name, peer.name, items, figures=figures, manifest=manifest)


def question_ms(questions: Sequence[SuiteQuestion], embedder: Embedder) -> float:
    """Milliseconds of embedding a question, the median of a few."""
    times = []
    for question in questions[: _WARM + _TIMED]:
        began = time.perf_counter()
        embedder.encode_query(question.text)
        times.append(1000.0 * (time.perf_counter() - began))
    return percentile(times[min(_WARM, len(times) - 1) :], 0.5)
