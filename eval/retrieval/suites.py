"""The open suites, read from the folder of evaluation data, and any folder in BEIR's layout."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from eval.retrieval.domain import Suite, SuiteQuestion, SuiteText


def suite_named(name: str, data: Path) -> Suite:
    """A suite by name, or a BEIR folder by path; raises ValueError."""
    if name in _READERS:
        return _READERS[name](data)
    if (Path(name) / "corpus.jsonl").is_file():
        return beir(Path(name).name, Path(name))
    raise ValueError(f"no suite {name!r}; one of {', '.join(sorted(_READERS))}, ecs, or a folder in BEIR's layout")


def names() -> tuple[str, ...]:
    """Suites that come as texts and questions."""
    return tuple(sorted(_READERS))


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
            str(number), row["question"], {ids[title]: 1 for title, _ in row["supporting_facts"] if title in ids}
        )
        for number, row in enumerate(_json(folder / "qa_train.json"))
    )
    return Suite("hotpot100", texts, questions)


def scifact(data: Path) -> Suite:
    """809 claims of SciFact's training part over 5,183 abstracts."""
    folder = data / "bench/scifact_train"
    return beir("scifact", folder, queries="queries_train.jsonl", qrels="qrels_train.tsv")


def rgb(data: Path) -> Suite:
    """RGB in Chinese as retrieval: 400 questions with their positive snippets, over the snippets of all."""
    ids: dict[str, str] = {}
    questions: list[SuiteQuestion] = []
    for part in ("zh_refine", "zh_int"):
        for number, row in enumerate(_lines(data / f"bench/rgb/{part}.json")):
            positive = [t for p in row["positive"] for t in (p if isinstance(p, list) else [p]) if t.strip()]
            for text in [*positive, *(t for t in row["negative"] if t.strip())]:
                ids.setdefault(text, f"r{len(ids):05d}")
            questions.append(SuiteQuestion(f"{part}-{number}", row["query"], {ids[t]: 1 for t in positive}, "zh"))
    return Suite("rgb", tuple(SuiteText(id_, "", text) for text, id_ in ids.items()), tuple(questions))


def beir(name: str, folder: Path, *, queries: str = "queries.jsonl", qrels: str = "qrels/test.tsv") -> Suite:
    """A folder in BEIR's layout."""
    texts = tuple(SuiteText(row["_id"], row["title"], row["text"]) for row in _lines(folder / "corpus.jsonl"))
    asked = {row["_id"]: row["text"] for row in _lines(folder / queries)}
    gold: dict[str, dict[str, int]] = {}
    for line in (folder / qrels).read_text("utf-8").splitlines()[1:]:
        question, text, grade = line.split("\t")
        if int(grade) > 0:
            gold.setdefault(question, {})[text] = int(grade)
    return Suite(name, texts, tuple(SuiteQuestion(id_, asked[id_], found) for id_, found in gold.items()))


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _lines(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


_READERS: dict[str, Callable[[Path], Suite]] = {
    "musique100": musique100,
    "hotpot100": hotpot100,
    "scifact": scifact,
    "rgb": rgb,
}
