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
    from models.sentence_selection import relevance
    from training.selection.examples import Example, conclusions, examples, pubmedqa, scifact, written
    from training.selection.fit import Told, first_is_gold, fitted, held_by_three

    embedder = CachingEmbedder(BundledE5(bundled_weights()))
    trained: list[Example] = []
    told: Told = {}
    for asked, pool in (
        scifact(data / "scifact_train", held_out=False, most=CLAIMS),
        pubmedqa(data / "pubmedqa" / "ori_pqal.json", held_out=False, most=TITLES),
    ):
        trained += list(examples(asked, pool, embedder))
        told |= {
            a.id: (embedder.encode_passages(a.sentences), np.array(a.findings)) for a in [*pool, *conclusions(asked)]
        }
    across = examples(*written(data / "scifact_train", held_out=False, most=QUESTIONS, language="zh"), embedder)
    weights = fitted(trained, list(across), told, embedder.identity)
    parts = {
        name: np.append(part.weights, part.bias).astype(np.float32)
        for name, part in ((name, getattr(weights, name)) for name in PARTS)
    }
    write_arrays(out or BUNDLED, {"embedder": np.array(embedder.identity), **parts})
    for name, (asked, pool) in {
        "scifact": scifact(data / "scifact_train", held_out=True, most=CLAIMS),
        "pubmedqa": pubmedqa(data / "pubmedqa" / "ori_pqal.json", held_out=True, most=MEASURED),
        "questions in English": written(data / "scifact_train", held_out=True, most=QUESTIONS, language="en"),
        "questions in Chinese": written(data / "scifact_train", held_out=True, most=QUESTIONS, language="zh"),
    }.items():
        held = list(examples(asked, pool, embedder))
        near = [relevance(e.question, e.sentences, embedder=embedder, translation=e.translation) for e in held]
        learned = [weights.probabilities(e.question, e.sentences, embedder, translation=e.translation) for e in held]
        typer.echo(
            f"{name}: {len(held)} questions; first sentence answers: nearness {first_is_gold(held, near):.3f}, "
            f"learned {first_is_gold(held, learned):.3f}; held by the best three: nearness "
            f"{held_by_three(held, near):.3f}, learned {held_by_three(held, learned):.3f}"
        )
