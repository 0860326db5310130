"""A home of its own for each suite, filled by the product's ingestion and asked through its retrieval."""

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from eval.retrieval.domain import Suite
from eval.retrieval.home_provenance import Making, noted, wanted
from kg.ontology import Ontology
from kg.progress import Progress, untold
from kg.protocols import Store
from models.protocols import Embedder
from retrieval.index.builder import Indexes
from retrieval.retriever import Retriever

if TYPE_CHECKING:
    from app.bootstrap import App


@dataclass(frozen=True, slots=True)
class SuiteHome:
    """An open home; ``making`` tells what it was made of."""

    store: Store
    indexes: Indexes
    retriever: Retriever
    ontology: Ontology
    making: Making


@asynccontextmanager
async def open_home(
    folder: Path, suite: Suite, embedder: Embedder, progress: Progress = untold
) -> AsyncIterator[SuiteHome]:
    """The suite's texts, ingested and indexed; quick where an earlier run left them and nothing has changed since.

    Nobody builds the home anew while it is open. Raises NotBuilt where texts could not be brought in.
    """
    from eval.retrieval.build import build_home

    want = await asyncio.to_thread(wanted, suite, embedder)
    with _lock_of(folder) as lock:
        while not (made := await _fit(folder, want, lock)):
            await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
            await build_home(folder, suite, embedder, want, progress)
        async with built_home(folder, embedder) as app:
            yield SuiteHome(app.store, app.indexes, app.retriever, app.domain.ontology, made)


@asynccontextmanager
async def built_home(folder: Path, embedder: Embedder) -> AsyncIterator["App"]:
    """The product on a folder as it is, with store and state in files there whatever the settings say."""
    from app.bootstrap import build
    from app.settings import Settings

    async with build(Settings(home=folder, store="sqlite", state="sqlite"), embedder=embedder) as app:
        yield app


async def _fit(folder: Path, want: Making, lock: TextIO) -> Making | None:
    """What the home was made of, where it is what is wanted; the lock is then shared with other readers."""
    await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_SH)
    made = noted(folder)
    return made if made is not None and made.whole and want.same_indexes(made) else None


def _lock_of(folder: Path) -> TextIO:
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / "suite.lock").open("a")
