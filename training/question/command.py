"""``jianxi train question``: trains the weights that tell what a question asks for."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer

_FOLDER = Path(__file__).with_name("data")


def question(
    data: Annotated[Path, typer.Option(help="Folder of questions.tsv and held_out.tsv.")] = _FOLDER,
    out: Annotated[Path | None, typer.Option(help="Where the weights go; without it those of the product.")] = None,
) -> None:
    """Train on labelled questions and print the figures of those held out, as JSON."""
    import numpy as np

    from models.e5.embedder import BundledE5, bundled_weights
    from retrieval.question.intent_classifier import BUNDLED, load, save
    from training.question.data import read_questions
    from training.question.fit import fit
    from training.question.measure import measure

    embedder = BundledE5(bundled_weights())
    questions, held_out = (read_questions(data / name) for name in ("questions.tsv", "held_out.tsv"))
    vectors, others = (np.stack([embedder.encode_query(q.text) for q in part]) for part in (questions, held_out))
    save(out or BUNDLED, fit(questions, vectors, embedder.identity))
    classifier = load(out or BUNDLED)
    figures = {
        "with the embedder": dataclasses.asdict(measure(classifier, held_out, others)),
        "n-grams alone": dataclasses.asdict(measure(classifier, held_out, None)),
    }
    print(json.dumps({"questions": len(questions), "held_out": len(held_out), **figures}, indent=1))
