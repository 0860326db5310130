"""Questions that ask for a list of papers, made from PubMedQA's abstracts and their MeSH terms.

``python -m eval.retrieval.topic_lists FOLDER [--plain]`` writes a folder for ``jianxi eval retrieval --suite beir``.
The gold of a question are all abstracts with its term (or its two terms); the question is worded as a reader asks for a
list, or with ``--plain`` the terms alone. It is for choosing settings, since no open suite has many list questions.
"""

import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Annotated

import typer

from eval.data_folder import data_folder
from eval.json_lines import write_json_lines

WORDINGS = (
    "List the papers in this collection that deal with {}.",
    "Summarise the studies here that examine {}, with each paper's main finding.",
    "Which studies in this collection concern {}? Name four with their main result.",
    "What does this library hold on {}? Give the study for each point.",
    "Name the articles of this corpus about {} and their conclusions.",
)

_LEAST, _MOST_OF_ONE, _MOST_OF_TWO = 4, 12, 8
_COMMON_LEAST, _COMMON_MOST = 8, 60
_OF_ONE, _OF_TWO = 150, 100
_SEED = 7


def topics(terms: Mapping[str, Sequence[str]]) -> dict[tuple[str, ...], list[str]]:
    """Single terms and pairs of terms with the papers that have them, few enough to be listed.

    ``terms`` are each paper's; the sample is the same in every run.
    """
    papers: dict[str, set[str]] = defaultdict(set)
    for paper, named in terms.items():
        for term in named:
            papers[term].add(paper)
    common = [t for t, p in sorted(papers.items()) if _COMMON_LEAST <= len(p) <= _COMMON_MOST]
    one = [(t,) for t, p in papers.items() if _LEAST <= len(p) <= _MOST_OF_ONE]
    two = [(a, b) for a, b in combinations(common, 2) if _LEAST <= len(papers[a] & papers[b]) <= _MOST_OF_TWO]
    draw = random.Random(_SEED)  # noqa: S311 - a sample, not a secret
    chosen = [*draw.sample(sorted(one), min(_OF_ONE, len(one))), *draw.sample(sorted(two), min(_OF_TWO, len(two)))]
    return {topic: sorted(set.intersection(*(papers[term] for term in topic))) for topic in chosen}


def worded(topic: Sequence[str], number: int, *, plain: bool = False) -> str:
    """The question for a topic; "Neoplasms, Breast" is read as "breast neoplasms"."""
    said = " and ".join(" ".join(reversed(term.split(", "))).lower() for term in topic)
    return said if plain else WORDINGS[number % len(WORDINGS)].format(said)


def write(source: Path, folder: Path, *, plain: bool = False) -> int:
    """Write corpus, queries and qrels of PubMedQA's ``ori_pqal.json``; returns the number of questions."""
    records = json.loads(source.read_text("utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    found = topics({id_: record["MESHES"] for id_, record in records.items()})
    write_json_lines(
        folder / "corpus.jsonl",
        (
            {"_id": id_, "title": r["QUESTION"], "text": " ".join([*r["CONTEXTS"], r["LONG_ANSWER"]])}
            for id_, r in records.items()
        ),
    )
    named = [(f"{'one' if len(t) == 1 else 'two'}-{n}", t) for n, t in enumerate(found)]
    write_json_lines(
        folder / "queries.jsonl", ({"_id": id_, "text": worded(t, n, plain=plain)} for n, (id_, t) in enumerate(named))
    )
    rows = [f"{id_}\t{paper}\t1" for id_, topic in named for paper in found[topic]]
    (folder / "qrels.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *rows, ""]), "utf-8")
    return len(found)


def main(
    folder: Annotated[Path, typer.Argument(help="Where corpus.jsonl, queries.jsonl and qrels.tsv are written.")],
    plain: Annotated[bool, typer.Option("--plain", help="Ask by the terms alone.")] = False,
) -> None:
    """Make list questions from PubMedQA's abstracts and their MeSH terms."""
    asked = write(data_folder() / "bench/pubmedqa/ori_pqal.json", folder, plain=plain)
    print(f"{asked} questions in {folder}")


if __name__ == "__main__":
    typer.run(main)
