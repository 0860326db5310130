"""Asking a system all questions of a suite, and keeping the run with what the machine and the vectors cost."""

import os
import platform
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from eval.peers.corpus import Corpus
from eval.retrieval.ask import ask_all
from eval.retrieval.domain import SuiteQuestion
from eval.retrieval.figures import figures_of
from eval.retrieval.metrics import DEPTH, percentile
from eval.retrieval.systems import System
from eval.runs import EvalRun, EvalRuns, Json
from models.protocols import Embedder

KIND = "retrieval"
"""The kind of these runs, so that they compare with those of ``jianxi eval retrieval``."""

QUALITIES = ("recall@2", "recall@5", "recall@10", "all@5", "all@10", "ndcg@10", "mrr@10")
"""The figures of a ranking, in the order of the table."""

_WARM, _TIMED = 3, 20
_CPU = Path("/proc/cpuinfo")
_BUSY_SHARE = 0.75


async def measured(
    peer: System, corpus: Corpus, runs: EvalRuns, *, table: str, costs: Mapping[str, float], machine: Mapping[str, Json]
) -> EvalRun:
    """Ask every question once, after a few that do not count; ``table`` names the runs that belong together.

    ``costs`` are figures that they share: seconds of embedding the corpus, milliseconds of embedding a question.
    """
    for question in corpus.suite.questions[:_WARM]:
        await peer.rank(question, DEPTH)
    items = await ask_all(peer, corpus.suite)
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


def machine() -> Mapping[str, Json]:
    """Processor, cores, Python, and the load before the run; ``busy`` where others were at work beside it."""
    cores, load = os.cpu_count() or 1, os.getloadavg()[0]
    lines = _CPU.read_text("utf-8").splitlines() if _CPU.is_file() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return {
        "processor": next(named, platform.machine()),
        "cores": cores,
        "python": platform.python_version(),
        "load": round(load, 2),
        "busy": load > _BUSY_SHARE * cores,
    }
