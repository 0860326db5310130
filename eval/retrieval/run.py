"""A retrieval run: a system asked all questions of a suite, the run kept."""

import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from eval.retrieval.ask import ask_all
from eval.retrieval.domain import Suite
from eval.retrieval.figures import figures_of
from eval.retrieval.homes import open_home
from eval.retrieval.product import JianxiSystem
from eval.retrieval.systems import System
from eval.runs import EvalRun, EvalRuns, Item, Json
from kg.progress import Progress
from models.protocols import Embedder
from retrieval.domain import Mode

KIND = "retrieval"
"""The kind of these runs."""


def kept(
    system: System,
    suite: Suite,
    items: Sequence[Item],
    runs: EvalRuns,
    *,
    figures: Mapping[str, float] | None = None,
    manifest: Mapping[str, Json],
) -> EvalRun:
    """Keep the run of a system; ``figures`` and ``manifest`` join what every system has of them."""
    told = {**figures_of(items), **(figures or {})}
    about: dict[str, Json] = {
        "corpus": suite.corpus_digest(),
        "questions": suite.questions_digest(),
        "texts": len(suite.texts),
        **manifest,
    }
    return runs.keep(KIND, suite.name, system.name, items, figures=told, manifest=about)


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
    return kept(system, suite, items, runs, manifest=manifest)
