"""``jianxi train selection``: fit the weights that choose an answer's sentences, and measure them."""

from pathlib import Path
from typing import Annotated

import typer

CLAIMS, TITLES, QUESTIONS = 280, 110, 900
"""Most claims of SciFact, titles of PubMedQA and Chinese questions that are trained on."""

MEASURED = 60
"""Most titles that are measured, beside every claim and written question that is held out."""


def selection(
    data: Annotated[Path, typer.Option(help="Folder with scifact_train/ and pubmedqa/ori_pqal.json.")],
    out: Annotated[Path | None, typer.Option(help="File to write; by default the one in the package.")] = None,
) -> None:
    """Fit on questions with the sentences that answer them; prints how often the first sentence answers, held out."""
    import numpy as np

    from app.answering.selection_weights import BUNDLED, PARTS
    from models.arrays_file import write_arrays
    from models.e5.embedder import BundledE5, bundled_weights
    from models.embedder_cache import CachingEmbedder
    from models.judge.cross_encoder import CrossEncoderJudge, bundled_judge
    from models.sentence_selection import relevance
    from training.judge.recipe import is_for_calibration
    from training.selection.examples import Example, conclusions, examples, pubmedqa, scifact, written
    from training.selection.fit import Told, first_is_gold, fitted, held_by_three, with_judge

    embedder = CachingEmbedder(BundledE5(bundled_weights()))
    if (weights_of_judge := bundled_judge()) is None:
        raise typer.BadParameter(
            "this installation has no bundled judge, whose reading is weighed; install one with it"
        )
    judge = CrossEncoderJudge(weights_of_judge, bundled_weights())
    folder = data / "scifact_train"
    trained: list[Example] = []
    told: Told = {}
    for asked, pool in (
        scifact(folder, held_out=False, most=CLAIMS),
        pubmedqa(data / "pubmedqa" / "ori_pqal.json", held_out=False, most=TITLES),
    ):
        trained += list(examples(asked, pool, embedder))
        told |= {
            a.id: (embedder.encode_passages(a.sentences), np.array(a.findings)) for a in [*pool, *conclusions(asked)]
        }
    across = examples(*written(folder, held_out=False, most=QUESTIONS, language="zh"), embedder)
    kept = examples(
        *written(folder, held_out=False, most=QUESTIONS, language="zh", chosen=is_for_calibration), embedder
    )
    alone = fitted(trained, list(across), told, embedder.identity)
    weights = with_judge(alone, list(kept), embedder, judge)
    parts = {
        name: np.append(part.weights, part.bias).astype(np.float32)
        for name, part in ((name, getattr(weights, name)) for name in PARTS)
    }
    names = {"embedder": np.array(embedder.identity), "judge": np.array(judge.identity)}
    write_arrays(out or BUNDLED, {**names, **parts})
    for name, (asked, pool) in {
        "scifact": scifact(folder, held_out=True, most=CLAIMS),
        "pubmedqa": pubmedqa(data / "pubmedqa" / "ori_pqal.json", held_out=True, most=MEASURED),
        "questions in English": written(folder, held_out=True, most=QUESTIONS, language="en"),
        "questions in Chinese": written(folder, held_out=True, most=QUESTIONS, language="zh"),
    }.items():
        held = list(examples(asked, pool, embedder))
        orders = {
            "nearness": [
                relevance(e.question, e.sentences, embedder=embedder, translation=e.translation) for e in held
            ],
            "learned": (
                p := [weights.probabilities(e.question, e.sentences, embedder, translation=e.translation) for e in held]
            ),
        }
        if held[0].language == "zh":
            orders["with the judge"] = [
                weights.judged(s, e.question, e.sentences, judge) for s, e in zip(p, held, strict=True)
            ]
        typer.echo(f"{name}: {len(held)} questions; first sentence answers, and share held by the best three")
        for order, scores in orders.items():
            typer.echo(f"  {order}: {first_is_gold(held, scores):.3f}, {held_by_three(held, scores):.3f}")
