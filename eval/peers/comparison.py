"""A comparison on one suite: its home opened, its vectors made, every system asked in turn."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from eval.peers.corpus import StringVectors, corpus_of, embedding_s, product_index_s
from eval.peers.hipporag_environment import python_of
from eval.peers.lineup import Given, lineup
from eval.peers.measure import machine, measured, question_ms
from eval.retrieval.domain import Suite
from eval.retrieval.homes import open_home
from eval.runs import EvalRun, EvalRuns
from kg.progress import Progress, untold
from models.protocols import Embedder


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
    takes part where that is made.
    """
    strings = StringVectors(
        folder / f"{suite.name}.sqlite", embedder, lambda n, of: progress("strings embedded", n, of)
    )
    table = secrets.token_hex(4)
    python = python_of(folder / "hipporag")
    async with open_home(home, suite, embedder, progress) as opened:
        corpus = await asyncio.to_thread(
            corpus_of, suite, home, embedder, strings, lambda n, of: progress("whole texts embedded", n, of)
        )
        given = Given(
            corpus=corpus,
            vectors=strings,
            home=opened,
            embedder=embedder,
            index_s=await product_index_s(home, embedder),
            triples=triples,
            hipporag=python if python.is_file() else None,
        )
        costs = {
            "embedding_s": embedding_s(corpus.documents, embedder),
            "question_ms": question_ms(corpus.suite.questions, embedder),
        }
        made = []
        for peer in lineup(given, families):
            run = await measured(peer, corpus, runs, table=table, costs=costs, machine=machine())
            tell(f"{run.system}: recall@5 {run.figures['recall@5']:.3f}, p50 {run.figures['p50_ms']:.1f} ms, {run.id}")
            made.append(run)
    return made
