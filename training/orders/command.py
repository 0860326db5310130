"""``jianxi train orders``: trains the weights that find orders to models in documents."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

_FOLDER = Path(__file__).with_name("data")
_ORDINARY, _SHORTEST, _SEED = 1500, 15, 7


def orders(
    scifact: Annotated[Path, typer.Option(help="SciFact's corpus.jsonl: sentences that are no orders.")],
    abstracts: Annotated[Path, typer.Option(help="JSON Lines with `abstract`, only measured.")],
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
    ordinary = [*_one_of_each(_texts(scifact)), *_titles(scifact), *told[: _ORDINARY // 2]]
    fit([*rows, *(LabelledSentence(text, is_order=False) for text in ordinary)], embedder).save(out or BUNDLED)
    finder = Orders(embedder)
    found = [bool(p) for p in finder.among([row.text for row in held_out])]
    of_papers, titles = (
        list(map(bool, finder.among(t))) for t in (_one_of_each(_texts(abstracts)), _titles(abstracts))
    )
    labels = [row.is_order for row in held_out]
    figures = {
        "sentences": len(rows), "ordinary": len(ordinary), "held_out": len(held_out),
        "orders_found": sum(f for f, order in zip(found, labels, strict=True) if order) / sum(labels),
        "near_misses_taken": sum(f for f, order in zip(found, labels, strict=True) if not order) / labels.count(False),
        "sentences_of_papers": len(of_papers), "of_papers_taken": sum(of_papers) / len(of_papers),
        "titles": len(titles), "titles_taken": sum(titles) / len(titles),
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
