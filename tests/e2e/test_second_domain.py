"""Another subject is configuration: the physics domain answers its own questions, with no line of Python about it."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.answering.domain import AnswerRequest
from app.bootstrap import App, build
from app.settings import Settings
from kg.ontology import load_domain
from kg.tables.mapping import load_mapping
from kg.tables.table_import import import_tables
from models.scripted import HashingEmbedder

_SAMPLE = load_domain("alevel_physics").folder / "sample"
_QUESTIONS = [json.loads(line) for line in (_SAMPLE / "questions.jsonl").read_text("utf-8").splitlines()]
_OF_THE_GRAPH = [q for q in _QUESTIONS if q["source"] == "graph"]
_OF_DOCUMENTS = [q for q in _QUESTIONS if q["source"] not in ("graph", "none")]


@pytest.fixture
async def physics(tmp_path: Path) -> AsyncIterator[App]:
    """A home of the physics domain with its sample."""
    settings = Settings(home=tmp_path, domain="alevel_physics", chat="extractive", judge="none", offline=True)
    async with build(settings, embedder=HashingEmbedder(64)) as app:
        mapping = load_mapping(_SAMPLE / "graph" / "mapping.yaml")
        report = await import_tables(
            app.store, _SAMPLE / "graph", mapping, app.domain.ontology, author="test", strict=True
        )
        assert not report.problems
        jobs = await app.open_jobs()
        await jobs.start("a test")
        job = await jobs.finished(await jobs.submit([_SAMPLE / "documents"], author="test"))
        assert job.status == "succeeded", job
        yield app


async def _wrong(app: App, questions: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Questions of the graph with a wrong answer or in another language; of documents, those that cite another one."""
    wrong: list[tuple[str, str]] = []
    answering = await app.answering()
    for question in questions:
        events = [event async for event in answering.ask(AnswerRequest(question["question"]))]
        answer = dict(events[-1].data)
        text = str(answer.get("answer"))
        if question["source"] != "graph":
            sources = {c["source_id"] for c in answer["citations"]}  # type: ignore[index, union-attr, call-overload]
            wrong += [(question["id"], f"from {sources}")] if question["source"] not in sources else []
            continue
        holds_all = all(_holds(text, gold) for gold in question["gold"])
        if not holds_all or any(_holds(text, other) for other in question["absent"]):
            wrong.append((question["id"], text))
        elif answer["language"] != question["language"]:
            wrong.append((question["id"], f"in {answer['language']}"))
    return wrong


def _holds(answer: str, gold: str) -> bool:
    if gold.isdecimal():
        return re.search(rf"(?<!\d){gold}(?!\d)", answer) is not None
    return gold.casefold() in answer.casefold()


async def test_the_graph_and_the_documents_of_another_subject_answer_in_both_languages(physics: App) -> None:
    assert await _wrong(physics, _OF_THE_GRAPH) == []
    assert await _wrong(physics, _OF_DOCUMENTS) == []
