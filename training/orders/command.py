"""``jianxi train orders``: trains the weights that find orders to models in documents."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

_FOLDER = Path(__file__).with_name("data")
_ORDINARY, _SHORTEST, _SEED = 1500, 15, 7
_OF_A_PAPER, _MEASURED_OF = 60, 3
"""Sentences taken of a full text, and which of the papers are measured: every third."""


def orders(
    scifact: Annotated[Path, typer.Option(help="SciFact's corpus.jsonl: sentences that are no orders.")],
    abstracts: Annotated[Path, typer.Option(help="JSON Lines with `abstract`, only measured.")],
    papers: Annotated[Path, typer.Option(help="Folder of full texts: every third is only measured.")],
    out: Annotated[Path | None, typer.Option(help="Where the weights go; without it those of the product.")] = None,
) -> None:
    """Train on written sentences, answers of `training/answers` and sentences of papers; print figures as JSON."""
    from app.answering.orders import BUNDLED, Orders
    from models.e5.embedder import BundledE5, bundled_weights
    from training.answers.written import written
    from training.orders.fit import LabelledSentence, fit, read_sentences

    embedder = BundledE5(bundled_weights())
    rows, held_out = (read_sentences(_FOLDER / name) for name in ("sentences.tsv", "held_out.tsv"))
    told = [*dict.fromkeys(row.answer or row.zh for row in written() if row.lang == "zh" and (row.answer or row.zh))]
    full = [_of_paper(file) for file in sorted(papers.rglob("*.xml"))]
    full_texts = [text for n, texts in enumerate(full) if n % _MEASURED_OF == 0 for text in texts]
    read = [text for n, texts in enumerate(full) if n % _MEASURED_OF for text in texts]
    ordinary = [*_one_of_each(_texts(scifact)), *_titles(scifact), *told[: _ORDINARY // 2], *read]
    fit([*rows, *(LabelledSentence(text, is_order=False) for text in ordinary)], embedder).save(out or BUNDLED)
    finder = Orders(embedder)
    found = [bool(p) for p in finder.among([row.text for row in held_out])]
    of_papers, titles, of_full = (
        list(map(bool, finder.among(t))) for t in (_one_of_each(_texts(abstracts)), _titles(abstracts), full_texts)
    )
    labels = [row.is_order for row in held_out]
    figures = {
        "sentences": len(rows), "ordinary": len(ordinary), "held_out": len(held_out),
        "orders_found": sum(f for f, order in zip(found, labels, strict=True) if order) / sum(labels),
        "near_misses_taken": sum(f for f, order in zip(found, labels, strict=True) if not order) / labels.count(False),
        "sentences_of_papers": len(of_papers), "of_papers_taken": sum(of_papers) / len(of_papers),
        "titles": len(titles), "titles_taken": sum(titles) / len(titles),
        "of_full_texts": len(of_full), "of_full_texts_taken": sum(of_full) / len(of_full),
    }  # fmt: skip
    print(json.dumps(figures, indent=1))


def _texts(file: Path) -> Iterator[str]:
    from eval.json_lines import json_lines

    for _, row in json_lines(file):
        text = row.get("abstract") or row.get("text") or ""
        yield " ".join(text) if isinstance(text, list) else text


def _titles(file: Path) -> list[str]:
    from eval.json_lines import json_lines

    return [row["title"] for _, row in json_lines(file) if row.get("title")][:_ORDINARY]


def _of_paper(file: Path) -> list[str]:
    """Some sentences of a full text, the same each time; none of a file that cannot be read."""
    from kg.documents.parse import parse
    from kg.documents.sentences import sentences
    from kg.domain import BlockKind
    from kg.errors import UnreadableDocument
    from kg.protocols import ParseLimits

    try:
        read = parse(file, ParseLimits())
    except UnreadableDocument:
        return []
    blocks = [b.text for _, its in read.documents for b in its if b.kind is not BlockKind.REFERENCE]
    said = [text[start:end].strip() for text in blocks for start, end in sentences(text) or [(0, len(text))]]
    found = [text for text in said if text]
    random.Random(_SEED).shuffle(found)
    return found[:_OF_A_PAPER]


def _one_of_each(texts: Iterator[str]) -> list[str]:
    """A sentence of each of some texts, the same each time."""
    from kg.documents.sentences import sentences

    drawn = random.Random(_SEED)
    every = [text for text in texts if text]
    chosen = []
    for text in drawn.sample(every, min(_ORDINARY, len(every))):
        said = [text[start:end].strip() for start, end in sentences(text) if end - start > _SHORTEST]
        if said:
            chosen.append(drawn.choice(said))
    return chosen
