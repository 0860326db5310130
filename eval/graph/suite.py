"""Ask the questions to the graph through the product: ``python -m eval.graph --json``."""

import asyncio
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Annotated

import typer

from app.answering.domain import AnswerRequest
from app.bootstrap import App, build
from app.cli.output import AsJson, out_of
from app.providers import ChatChoice, extractive_chat
from app.settings import Settings
from eval.answers.ask import ask
from eval.graph import tables
from eval.graph.gold import Gold, GraphQuestion, gold_of, questions_of
from eval.graph.tables import Tables
from eval.retrieval.metrics import percentiles_ms
from eval.runs import Item, kept_runs
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


async def ask_source(source: Source, home: Path, embedder: Embedder) -> list[Item]:
    """Every question of a source, asked in a home of its own that is filled once."""
    made = source.read(source.folder)
    chat = ChatChoice(extractive_chat(embedder), "extractive", "extractive", "no model is needed")
    settings = Settings(home=home / f"graph-{source.name}", store="sqlite")
    async with build(settings, embedder=embedder, chat=chat) as app:
        if not (await app.store.stats()).entities:
            mapping = load_mapping(source.mapping)
            await import_tables(app.store, source.folder, mapping, app.domain.ontology, author="evaluation")
        await app.indexes.catch_up()
        items: list[Item] = []
        for question in questions_of(source.name):
            print(f"\r{source.name} {question.id}   ", end="", file=sys.stderr, flush=True)
            items.append(await _asked(app, question, gold_of(question, made), made))
        return items


async def _asked(app: App, question: GraphQuestion, gold: Gold, made: Tables) -> Item:
    """One question: whether retrieval finds all gold triples, and whether the answer says all of the gold."""
    pack = await app.retriever.retrieve(Query(question.text))
    facts = {(str(f.relation.subject), f.relation.predicate, str(f.relation.object)) for f in pack.facts}
    found = len(gold.triples & facts) / len(gold.triples) if gold.triples else 1.0
    answer = await ask(await app.answering(), AnswerRequest(question.text))
    answered = answer.sufficiency != "cannot_answer" and found == 1.0 and says(answer.text, gold, made)
    ms = sum(v for k, v in pack.stages_ms.items() if k != "embed")
    return Item(
        question.id,
        {"triples": found, "complete": float(found == 1.0), "answered": float(answered), "ms": ms},
        {"language": question.language, "kind": question.kind},
        detail={
            "question": question.text,
            "answer": answer.text[:2000],
            "facts": len(pack.facts),
            "gold_triples": len(gold.triples),
        },
    )


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


def figures(items: Sequence[Item]) -> dict[str, float]:
    """Over all questions."""
    return {
        "n": len(items),
        "triples": round(fmean(i.metrics["triples"] for i in items), 4),
        "complete": int(sum(i.metrics["complete"] for i in items)),
        "answered": int(sum(i.metrics["answered"] for i in items)),
        **percentiles_ms([i.metrics["ms"] for i in items], 50, 95),
    }


def document(asked: Mapping[str, Sequence[Item]]) -> dict[str, object]:
    """Figures over all, by source and by kind, with what was not answered completely."""
    every = [item for items in asked.values() for item in items]
    kinds = {kind: [i for i in every if i.groups["kind"] == kind] for kind in sorted({i.groups["kind"] for i in every})}
    return {
        "suite": "graph",
        "development_set": True,
        **figures(every),
        "by_source": {name: figures(items) for name, items in asked.items()},
        "by_kind": {kind: f"{sum(bool(i.metrics['answered']) for i in own)}/{len(own)}" for kind, own in kinds.items()},
        "missed": [{"id": i.id, "found": round(i.metrics["triples"], 3)} for i in every if not i.metrics["answered"]],
    }


def main(
    source: Annotated[list[str] | None, typer.Option(help="sample, herbiv or genes, again for more; all.")] = None,
    as_json: AsJson = False,
    show: Annotated[bool, typer.Option("--show", help="Print what was not answered completely.")] = False,
) -> None:
    """Questions that only the graph can answer."""
    from app.providers import embedder_of

    settings = Settings()
    if unknown := set(source or ()) - {"sample", "herbiv", "genes"}:
        raise typer.BadParameter(f"no source {', '.join(sorted(unknown))}; choose sample, herbiv or genes")
    chosen = [s for s in sources(settings.shared_data) if not source or s.name in source]
    embedder, home = embedder_of(settings), settings.home_path / "eval"
    asked = {s.name: asyncio.run(ask_source(s, home, embedder)) for s in chosen}
    made = document(asked)
    every = [item for items in asked.values() for item in items]
    manifest = {"sources": sorted(asked)}
    kept = kept_runs(settings).keep("retrieval", "graph", "jianxi", every, figures=figures(every), manifest=manifest)
    out = out_of(as_json)
    out.tell({**made, "run": kept.id}, "\n".join(f"{key:10} {value}" for key, value in made.items()))
    for item in every if show else ():
        if not item.metrics["answered"]:
            said = str(item.detail["answer"])[:300]
            of = f"{item.metrics['triples']:.2f} of {item.detail['gold_triples']}"
            out.note(f"{item.id} {item.detail['question']}\n  {of}: {said!r}")
