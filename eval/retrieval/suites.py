"""The suites by name, read from the folder of evaluation data."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from eval.errors import UnknownSuite
from eval.json_lines import Row, json_lines, json_object, records
from eval.retrieval.beir import read_beir
from eval.retrieval.domain import Suite, SuiteQuestion, SuiteText

GRAPHS = ("herbiv", "gene_go_pubmed")
"""The graphs that the questions ask of, by mapping."""

_CROSS_LANGUAGE = Path(__file__).with_name("cross_language.jsonl")

LISTS = "list_summary"
"""The kind of the questions that ask for a list of papers."""


def suite_named(name: str, data: Path) -> Suite:
    """A suite by name; any other name where ``data`` is a folder in BEIR's layout.

    Raises UnknownSuite, MissingData, BrokenData.
    """
    if name == "beir" or ((data / "corpus.jsonl").is_file() and (data / "queries.jsonl").is_file()):
        return read_beir(name, data)
    if name not in _READERS:
        known = ", ".join(_READERS)
        raise UnknownSuite(f"no suite {name!r}; choose {known}, or beir with --data and a folder in its layout")
    return _READERS[name](data)


def read_ecs(data: Path, graphs: Sequence[str] = GRAPHS) -> Suite:
    """60 questions with gold papers, list questions among them, over 563 abstracts, HerbiV and the gene graph."""
    corpus = data / "papers/glymphatic_abstracts/corpus.jsonl"
    texts = records(corpus, lambda _, row: SuiteText(row["paper_id"], row["title"] or "", row["abstract"] or ""))
    asked = (q for q in records(data / "bench/ecs/questions.jsonl", _ecs_question) if q.gold)
    return Suite("ecs", tuple(texts), tuple(asked), records=corpus, graphs=tuple(data / "kg" / g for g in graphs))


def read_cross_language(data: Path) -> Suite:
    """100 Chinese questions of English abstracts; kinds are the halves written before the glossary, and those after."""
    rows = json_lines(_CROSS_LANGUAGE)
    asked = tuple(SuiteQuestion(r["id"], r["question"], {r["gold"]: 1}, "zh", kind=r["part"]) for _, r in rows)
    return replace(read_ecs(data, ()), name="cross-language", questions=asked)


def _ecs_question(_: int, row: Row) -> SuiteQuestion:
    gold = dict.fromkeys(row["gold_passages"], 1)
    return SuiteQuestion(row["id"], row["question"], gold, row["language"], kind=row["kind"])


def musique100(data: Path) -> Suite:
    """100 questions of two to four hops over 1,890 paragraphs of Wikipedia."""
    folder = data / "bench/musique100"
    texts = records(folder / "train_corpus.json", lambda n, row: SuiteText(f"m{n - 1:05d}", row["title"], row["text"]))
    ids = {(t.title, t.text): t.id for t in texts}

    def question(_: int, row: Row) -> SuiteQuestion:
        return SuiteQuestion(
            row["id"],
            row["question"],
            {ids[p["title"], p["paragraph_text"]]: 1 for p in row["paragraphs"] if p["is_supporting"]},
            kind=row["id"].split("__")[0],
            hops=int(row["id"][0]),
        )

    return Suite("musique100", tuple(texts), tuple(records(folder / "qa_train.json", question)))


def hotpot100(data: Path) -> Suite:
    """100 questions of two hops over 994 paragraphs of Wikipedia."""
    folder = data / "bench/hotpot100"
    corpus = json_object(folder / "train_corpus.json")
    texts = tuple(SuiteText(f"h{n:05d}", title, "".join(lines)) for n, (title, lines) in enumerate(corpus.items()))
    ids = {t.title: t.id for t in texts}

    def question(number: int, row: Row) -> SuiteQuestion:
        gold = {ids[title]: 1 for title, _ in row["supporting_facts"] if title in ids}
        return SuiteQuestion(str(number - 1), row["question"], gold, kind=str(row.get("type") or ""), hops=2)

    return Suite("hotpot100", texts, tuple(records(folder / "qa_train.json", question)))


def scifact(data: Path) -> Suite:
    """809 claims of SciFact's training part over 5,183 abstracts."""
    folder = data / "bench/scifact_train"
    return read_beir("scifact", folder, queries="queries_train.jsonl", qrels="qrels_train.tsv")


def rgb(data: Path) -> Suite:
    """RGB in Chinese as retrieval: 400 questions with their positive snippets, over the snippets of all."""
    ids: dict[str, str] = {}

    def question(part: str, kind: str, number: int, row: Row) -> SuiteQuestion:
        positive = [t for p in row["positive"] for t in (p if isinstance(p, list) else [p]) if t.strip()]
        for text in [*positive, *(t for t in row["negative"] if t.strip())]:
            ids.setdefault(text, f"r{len(ids):05d}")
        return SuiteQuestion(f"{part}-{number - 1}", row["query"], {ids[t]: 1 for t in positive}, "zh", kind)

    questions = [
        asked
        for part, kind in (("zh_refine", "noise"), ("zh_int", "integration"))
        for asked in records(data / f"bench/rgb/{part}.json", partial(question, part, kind))
    ]
    return Suite("rgb", tuple(SuiteText(id_, "", text) for text, id_ in ids.items()), tuple(questions))


_READERS: dict[str, Callable[[Path], Suite]] = {
    "ecs": read_ecs,
    "cross-language": read_cross_language,
    "musique100": musique100,
    "hotpot100": hotpot100,
    "scifact": scifact,
    "rgb": rgb,
}
