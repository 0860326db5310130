"""The ECS questions over the library's abstracts and the graph of Chinese medicine."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from eval.json_lines import Row, json_lines, records
from eval.retrieval.domain import Suite, SuiteGraph, SuiteQuestion, SuiteText

GRAPHS = ("herbiv", "gene_go_pubmed")
"""The graphs that the questions ask of, by mapping."""

_CROSS_LANGUAGE = Path(__file__).with_name("cross_language.jsonl")

LISTS = "list_summary"
"""The kind of the questions that ask for a list of papers."""


def read_ecs(data: Path, graphs: Sequence[str] = GRAPHS) -> Suite:
    """60 questions with gold papers, list questions among them, over 563 abstracts, HerbiV and the gene graph."""
    corpus = data / "papers/glymphatic_abstracts/corpus.jsonl"
    tables = tuple(SuiteGraph(data / "kg" / name, name) for name in graphs)
    texts = records(corpus, lambda _, row: SuiteText(row["paper_id"], row["title"] or "", row["abstract"] or ""))
    asked = (q for q in records(data / "bench/ecs/questions.jsonl", _question) if q.gold)
    return Suite("ecs", tuple(texts), tuple(asked), records=corpus, graphs=tables)


def read_cross_language(data: Path) -> Suite:
    """100 Chinese questions of English abstracts; kinds are the halves written before the glossary, and those after."""
    rows = json_lines(_CROSS_LANGUAGE)
    asked = tuple(SuiteQuestion(r["id"], r["question"], {r["gold"]: 1}, "zh", kind=r["part"]) for _, r in rows)
    return replace(read_ecs(data, ()), name="cross-language", questions=asked)


def _question(_: int, row: Row) -> SuiteQuestion:
    gold = dict.fromkeys(row["gold_passages"], 1)
    return SuiteQuestion(row["id"], row["question"], gold, row["language"], kind=row["kind"])
