"""A comparison on one suite: its home opened, its vectors made, every system asked in turn, its runs kept."""

import asyncio
import os
import platform
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from eval.peers.corpus import Corpus, StringVectors, corpus_of, embedding_s, product_index_s, question_ms
from eval.peers.hipporag_environment import python_of
from eval.peers.hipporag_package import HippoRag
from eval.peers.lineup import lineup
from eval.retrieval.ask import ask_all
from eval.retrieval.domain import Suite
from eval.retrieval.homes import open_home
from eval.retrieval.metrics import DEPTH
from eval.retrieval.product import JianxiSystem
from eval.retrieval.run import kept
from eval.retrieval.systems import System
from eval.runs import EvalRun, EvalRuns, Json
from kg.progress import Progress, untold
from models.protocols import Embedder

_WARM = 3
_CPU = Path("/proc/cpuinfo")
_BUSY_SHARE = 0.75


async def compared(
    suite: Suite,
    families: Sequence[str],
    *,
    home: Path,
    folder: Path,
    runs: EvalRuns,
    embedder: Embedder,
    triples: Path | None = None,
    progress: Progress = untold,
    tell: Callable[[str], None] = lambda line: None,
) -> list[EvalRun]:
    """Runs of the families' systems in the order of the table.

    ``home`` is the suite's; ``folder`` has vectors of strings and the environment of the ``hipporag`` package, which
    takes part where that is made and where there is a file of ``triples``.
    """
    strings = StringVectors(folder / f"{suite.name}.sqlite", embedder, partial(progress, "strings embedded"))
    table = secrets.token_hex(4)
    python = python_of(folder / "hipporag")
    async with open_home(home, suite, embedder, progress) as opened:
        told = partial(progress, "whole texts embedded")
        corpus = await asyncio.to_thread(corpus_of, suite, home, embedder, strings, told)
        index_s = await product_index_s(home, embedder)
        product = partial(JianxiSystem, opened, embedder, index_s=index_s, asked=corpus.asked)
        hipporag = None
        if triples is not None and python.is_file():
            hipporag = partial(HippoRag, corpus=corpus, triples=triples, vectors=strings, python=python)
        costs = {
            "embedding_s": embedding_s(corpus.documents, embedder),
            "question_ms": question_ms(corpus.suite.questions, embedder),
        }
        made = []
        for peer in lineup(families, corpus, product, hipporag):
            run = await measured(peer, corpus, runs, table=table, costs=costs)
            tell(f"{run.system}: recall@5 {run.figures['recall@5']:.3f}, p50 {run.figures['p50_ms']:.1f} ms, {run.id}")
            made.append(run)
    return made


async def measured(peer: System, corpus: Corpus, runs: EvalRuns, *, table: str, costs: Mapping[str, float]) -> EvalRun:
    """Ask every question once, after a few that do not count; ``table`` names the runs that belong together.

    ``costs`` are figures that they share: seconds of embedding the corpus, milliseconds of embedding a question.
    """
    about: dict[str, Json] = {"table": table, "parameters": dict(peer.parameters), "machine": _machine()}
    for question in corpus.suite.questions[:_WARM]:
        await peer.rank(question, DEPTH)
    items = await ask_all(peer, corpus.suite)
    own = {"index_s": peer.index_s, "index_llm_tokens": float(peer.index_llm_tokens)}
    return kept(peer, corpus.suite, items, runs, figures={**own, **costs}, manifest=about)


def _machine() -> Mapping[str, Json]:
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
