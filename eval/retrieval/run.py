"""A retrieval run: a suite's home opened, its questions asked through the product, the run kept."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

from eval.retrieval.ask import ask_all
from eval.retrieval.domain import Suite
from eval.retrieval.figures import figures_of
from eval.retrieval.homes import open_home
from eval.retrieval.product import JianxiSystem
from eval.runs import EvalRun, EvalRuns, Json
from kg.progress import Progress
from models.protocols import Embedder
from retrieval.domain import Mode


async def run_product(
    suite: Suite, *, folder: Path, runs: EvalRuns, embedder: Embedder, mode: Mode = Mode.HYBRID, progress: Progress
) -> EvalRun:
    """The product asked all questions of a suite; its home is built where it is not there yet."""
    async with open_home(folder, suite, embedder, progress) as opened:
        system = JianxiSystem(opened, embedder, mode=mode)
        items = await ask_all(system, suite, progress)
        status = await opened.indexes.status()
    making = opened.making
    manifest: dict[str, Json] = {
        "corpus": suite.corpus_digest(),
        "questions": suite.questions_digest(),
        "texts": len(suite.texts),
        "passages": status.passages,
        "embedder": status.embedder,
        "revision": status.revision,
        "snapshot": status.snapshot,
        "index_s": round(system.index_s, 2),
        "embedding_s": round(making.embedding_s, 2),
        "index_llm_tokens": system.index_llm_tokens,
        "program": f"{version('jianxi')} ({making.reading}, {making.indexing})",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "load": round(os.getloadavg()[0], 2),
    }
    return runs.keep("retrieval", suite.name, system.name, items, figures=figures_of(items), manifest=manifest)
