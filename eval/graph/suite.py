"""Ask the questions to the graph through the product: ``python -m eval.graph --json``."""

import argparse
import asyncio
import json
import re
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from app.answering.domain import AnswerRequest
from app.bootstrap import App, build
from app.providers import ChatChoice, extractive_chat
from app.settings import Settings
from eval.graph import tables
from eval.graph.gold import Gold, GraphQuestion, gold_of, questions_of
from eval.graph.tables import Tables
from eval.retrieval.metrics import percentile
from eval.runs import EvalRuns, Item
from kg.tables.mapping import load_mapping
from kg.tables.table_import import import_tables
from models.protocols import Embedder
from retrieval.domain import Query

_SAMPLE = Path("kg/domains/ecs_tcm/sample/graph")
_LONG_LIST = 60


@dataclass(frozen=True, slots=True)
class Source:
    """A graph with its questions."""

    name: str
    folder: Path
    mapping: str
    read: Callable[[Path], Tables]


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """What one question gave: whether all gold triples were found, and whether the answer says all of the gold."""

    question: GraphQuestion
    gold: Gold
    found: float
    complete: bool
    answered: bool
    ms: float
    facts: int
    text: str


def sources(data: Path | None) -> list[Source]:
    """The graphs that are there: the sample always, the others with the evaluation data."""
    root = Path(__file__).parents[2] / _SAMPLE
    known = [Source("sample", root, str(root / "mapping.yaml"), tables.sample)]
    if data is not None:
        known += [
            Source("herbiv", data / "kg/herbiv", "herbiv", tables.herbiv),
            Source("genes", data / "kg/gene_go_pubmed", "gene_go_pubmed", tables.genes),
        ]
    return known


async def ask_source(source: Source, home: Path, embedder: Embedder) -> list[QuestionResult]:
    """Every question of a source."""
    made = source.read(source.folder)
    async with _open(source, home / f"graph-{source.name}", embedder) as app:
        asked: list[QuestionResult] = []
        for question in questions_of(source.name):
            print(f"\r{source.name} {question.id}   ", end="", file=sys.stderr, flush=True)
            asked.append(await ask(app, question, gold_of(question, made), made))
        return asked


async def ask(app: App, question: GraphQuestion, gold: Gold, made: Tables) -> QuestionResult:
    """One question: its facts by retrieval, its answer by the use case."""
    pack = await app.retriever.retrieve(Query(question.text))
    facts = {(str(f.relation.subject), f.relation.predicate, str(f.relation.object)) for f in pack.facts}
    found = len(gold.triples & facts) / len(gold.triples) if gold.triples else 1.0
    answer: Mapping[str, object] = {}
    async for event in (await app.answering()).ask(AnswerRequest(question.text)):
        if event.name == "done":
            answer = event.data
    text = str(answer.get("answer", ""))
    answered = answer.get("sufficiency") != "cannot_answer" and found == 1.0 and says(text, gold, made)
    ms = sum(v for k, v in pack.stages_ms.items() if k != "embed")
    return QuestionResult(question, gold, found, found == 1.0, answered, ms, len(pack.facts), text)


def says(text: str, gold: Gold, made: Tables) -> bool:
    """Whether an answer says the number, every item by one of its names (of short lists), yes or no, every text."""
    plain = re.sub(r"\[\d+\]", "", text)
    folded = plain.casefold()
    if gold.count is not None and not re.search(rf"(?<![\d.]){gold.count}(?![\d.]\d)", plain):
        return False
    if gold.yes is not None and not re.match(r"是|yes" if gold.yes else r"否|no\b", folded):
        return False
    if any(t.casefold() not in folded for t in gold.texts):
        return False
    if len(gold.items) > _LONG_LIST:
        return True
    return all(any(n.casefold() in folded for n in made.names[i]) for i in gold.items)


@asynccontextmanager
async def _open(source: Source, home: Path, embedder: Embedder) -> AsyncIterator[App]:
    chat = ChatChoice(extractive_chat(embedder), "extractive", "extractive", "no model is needed")
    async with build(Settings(home=home, store="sqlite"), embedder=embedder, chat=chat) as app:
        if not (await app.store.stats()).entities:
            mapping = load_mapping(source.mapping)
            await import_tables(app.store, source.folder, mapping, app.domain.ontology, author="evaluation")
        await app.indexes.catch_up()
        yield app


def figures(asked: Sequence[QuestionResult]) -> dict[str, float]:
    """Over all questions."""
    return {
        "n": len(asked),
        "triples": round(sum(a.found for a in asked) / len(asked), 4),
        "complete": sum(a.complete for a in asked),
        "answered": sum(a.answered for a in asked),
        "p50_ms": round(percentile([a.ms for a in asked], 0.5), 2),
        "p95_ms": round(percentile([a.ms for a in asked], 0.95), 2),
    }


def document(asked: Mapping[str, Sequence[QuestionResult]]) -> dict[str, object]:
    """Figures over all, by source and by kind, with what was not answered completely."""
    every = [a for of in asked.values() for a in of]
    kinds: dict[str, list[QuestionResult]] = defaultdict(list)
    for one in every:
        kinds[one.question.kind].append(one)
    return {
        "suite": "graph",
        "development_set": True,
        **figures(every),
        "by_source": {name: figures(of) for name, of in asked.items()},
        "by_kind": {kind: f"{sum(a.answered for a in of)}/{len(of)}" for kind, of in sorted(kinds.items())},
        "missed": [{"id": a.question.id, "found": round(a.found, 3)} for a in every if not a.answered],
    }


def items(asked: Sequence[QuestionResult]) -> list[Item]:
    """The questions as lines of a kept run."""
    return [
        Item(
            a.question.id,
            {"triples": a.found, "complete": float(a.complete), "answered": float(a.answered), "ms": a.ms},
            {"language": a.question.language, "kind": a.question.kind},
            detail={"question": a.question.text, "answer": a.text[:2000], "facts": a.facts},
        )
        for a in asked
    ]


async def run(names: Sequence[str], settings: Settings, embedder: Embedder) -> dict[str, list[QuestionResult]]:
    """Ask all questions of the named sources, or of all that are there."""
    home = settings.home_path / "eval"
    chosen = [s for s in sources(settings.shared_data) if not names or s.name in names]
    return {s.name: await ask_source(s, home, embedder) for s in chosen}


def main() -> None:
    """The command."""
    from app.providers import embedder_of

    parser = argparse.ArgumentParser(description="Questions that only the graph can answer.")
    parser.add_argument("--source", action="append", default=[], choices=["sample", "herbiv", "genes"])
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--show", action="store_true", help="print what was not answered completely")
    options = parser.parse_args()
    settings = Settings()
    asked = asyncio.run(run(options.source, settings, embedder_of(settings)))
    made = document(asked)
    every = [a for of in asked.values() for a in of]
    kept = EvalRuns(settings.home_path / "eval" / "runs").keep(
        "retrieval", "graph", "jianxi", items(every), figures=figures(every), manifest={"sources": sorted(asked)}
    )
    print(json.dumps({**made, "run": kept.id}, ensure_ascii=False) if options.json else _table(made))
    if options.show:
        for a in every:
            if not a.answered:
                print(f"{a.question.id} {a.question.text}\n  {a.found:.2f} of {len(a.gold.triples)}: {a.text[:300]!r}",
                      file=sys.stderr)  # fmt: skip


def _table(made: Mapping[str, object]) -> str:
    return "\n".join(f"{key:10} {value}" for key, value in made.items())
