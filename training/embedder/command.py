"""``jianxi train embedder-ranges``: measures the ranges with which the embedder's rows are rounded to 8 bits."""

import dataclasses
import json
import random
from pathlib import Path
from typing import Annotated

import typer

_QUESTIONS = Path(__file__).parents[1] / "question/data/questions.tsv"
_PASSAGES, _ASKED, _BEGINNINGS, _SEED = 256, 64, 64, 7


def embedder_ranges(
    out: Annotated[Path | None, typer.Option(help="Where the ranges go; without it those of the product.")] = None,
) -> None:
    """Measure on texts written for training: passages, their beginnings, questions.

    Prints as JSON how far the vectors of the other passages move.
    """
    from models.e5 import bundled_weights
    from models.e5.activation_ranges import BUNDLED
    from models.e5.tokenizer import opened
    from training.embedder.ranges import distance, ranges_of_embedder
    from training.judge.written import own_passages
    from training.question.data import read_questions

    weights, tokenizer = opened(bundled_weights())
    drawn = random.Random(_SEED)
    passages = [text for _, _, text in own_passages()]
    questions = [q.text for q in read_questions(_QUESTIONS)]
    drawn.shuffle(passages)
    drawn.shuffle(questions)
    seen = [
        *tokenizer.ids(passages[:_PASSAGES], "passage: "),
        *tokenizer.ids(questions[:_ASKED], "query: "),
        *tokenizer.ids(["", *(text[:n] for n, text in enumerate(passages[:_BEGINNINGS]))], "passage: "),
    ]
    ranges = ranges_of_embedder(weights, seen)
    ranges.save(out or BUNDLED)
    moved = distance(weights, ranges, tokenizer.ids(passages[_PASSAGES:], "passage: "))
    print(json.dumps({"measured_on": len(seen), "held_out": len(passages) - _PASSAGES, **dataclasses.asdict(moved)}))
