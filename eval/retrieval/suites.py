"""The suites by name, read from the folder of evaluation data."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from eval.errors import MissingData, UnknownSuite
from eval.retrieval import ecs
from eval.retrieval.beir import read_beir
from eval.retrieval.domain import Suite, SuiteQuestion, SuiteText


def suite_named(name: str, data: Path) -> Suite:
    """A suite by name; any other name where ``data`` is a folder in BEIR's layout.

    Raises UnknownSuite, MissingData, BrokenData.
    """
    if name == "beir" or ((data / "corpus.jsonl").is_file() and (data / "queries.jsonl").is_file()):
        return read_beir(name, data)
    if name not in _READERS:
        raise UnknownSuite(
            f"no suite {name!r}; choose {', '.join(names())}, or beir with --data and a folder in its layout"
        )
    try:
        return _READERS[name](data)
    except FileNotFoundError as error:
        raise MissingData(
            f"{error.filename} is not there; {data} should be the folder of evaluation data (eval/README.md)"
        ) from error


def names() -> tuple[str, ...]:
    """The suites that have a name."""
    return tuple(_READERS)


def musique100(data: Path) -> Suite:
    """100 questions of two to four hops over 1,890 paragraphs of Wikipedia."""
    folder = data / "bench/musique100"
    corpus = _json(folder / "train_corpus.json")
    texts = tuple(SuiteText(f"m{n:05d}", row["title"], row["text"]) for n, row in enumerate(corpus))
    ids = {(t.title, t.text): t.id for t in texts}
    questions = tuple(
        SuiteQuestion(
            row["id"],
            row["question"],
            {ids[p["title"], p["paragraph_text"]]: 1 for p in row["paragraphs"] if p["is_supporting"]},
            kind=row["id"].split("__")[0],
            hops=int(row["id"][0]),
        )
        for row in _json(folder / "qa_train.json")
    )
    return Suite("musique100", texts, questions)


def hotpot100(data: Path) -> Suite:
    """100 questions of two hops over 994 paragraphs of Wikipedia."""
    folder = data / "bench/hotpot100"
    corpus = _json(folder / "train_corpus.json")
    texts = tuple(SuiteText(f"h{n:05d}", title, "".join(lines)) for n, (title, lines) in enumerate(corpus.items()))
    ids = {t.title: t.id for t in texts}
    questions = tuple(
        SuiteQuestion(
            str(number),
            row["question"],
            {ids[title]: 1 for title, _ in row["supporting_facts"] if title in ids},
            kind=str(row.get("type") or ""),
            hops=2,
        )
        for number, row in enumerate(_json(folder / "qa_train.json"))
    )
    return Suite("hotpot100", texts, questions)


def scifact(data: Path) -> Suite:
    """809 claims of SciFact's training part over 5,183 abstracts."""
    folder = data / "bench/scifact_train"
    return read_beir("scifact", folder, queries="queries_train.jsonl", qrels="qrels_train.tsv")


def rgb(data: Path) -> Suite:
    """RGB in Chinese as retrieval: 400 questions with their positive snippets, over the snippets of all."""
    ids: dict[str, str] = {}
    questions: list[SuiteQuestion] = []
    for part, kind in (("zh_refine", "noise"), ("zh_int", "integration")):
        for number, row in enumerate(_lines(data / f"bench/rgb/{part}.json")):
            positive = [t for p in row["positive"] for t in (p if isinstance(p, list) else [p]) if t.strip()]
            for text in [*positive, *(t for t in row["negative"] if t.strip())]:
                ids.setdefault(text, f"r{len(ids):05d}")
            gold = {ids[t]: 1 for t in positive}
            questions.append(SuiteQuestion(f"{part}-{number}", row["query"], gold, "zh", kind))
    return Suite("rgb", tuple(SuiteText(id_, "", text) for text, id_ in ids.items()), tuple(questions))


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _lines(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


_READERS: dict[str, Callable[[Path], Suite]] = {
    "ecs": ecs.read_ecs,
    "cross-language": ecs.read_cross_language,
    "musique100": musique100,
    "hotpot100": hotpot100,
    "scifact": scifact,
    "rgb": rgb,
}
