"""The ECS questions over the library's abstracts and the graph of Chinese medicine."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from eval.retrieval.abstracts import put_abstracts
from eval.retrieval.domain import SuiteQuestion
from eval.retrieval.homes import SuiteHome, built_home
from kg.tables.importing import import_tables
from kg.tables.mapping import load_mapping
from models.protocols import Embedder


def questions(data: Path, *, lists: bool = False) -> list[SuiteQuestion]:
    """The questions with gold papers; those that ask for lists only where wanted."""
    rows = [json.loads(line) for line in (data / "bench/ecs/questions.jsonl").read_text("utf-8").splitlines()]
    return [
        SuiteQuestion(row["id"], row["question"], dict.fromkeys(row["gold_passages"], 1), row["language"])
        for row in rows
        if row["gold_passages"] and (lists or row["kind"] != "list_summary")
    ]


@asynccontextmanager
async def open_home(
    folder: Path, data: Path, embedder: Embedder, progress: Callable[[str, int, int], None] | None = None
) -> AsyncIterator[SuiteHome]:
    """563 abstracts and HerbiV, stored and indexed; quick where an earlier run left them."""
    async with built_home(folder, embedder) as opened:
        store = opened.store
        await put_abstracts(store, data)
        if not (await store.stats()).entities:
            mapping = load_mapping("herbiv")
            await import_tables(store, data / "kg/herbiv", mapping, opened.ontology, author="evaluation")
        await opened.indexes.catch_up(progress)
        yield opened
