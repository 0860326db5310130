"""``jianxi train retrieval``: fit the scorer on one half of the questions of some suites and measure the other."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from retrieval.evidence_set.scorer import SetScorer
    from training.retrieval.questions import AskedQuestion

_CUT = 5
_FOLDS = 5
PENALTY = 0.03
"""Of .001, .01 and .03 the one that did best on the halves that were left out, both ways round."""


def retrieval(
    suite: Annotated[list[str], typer.Option(help="Suites whose questions are trained on, e.g. hotpot100.")],
    out: Annotated[Path, typer.Option(help="File to write the weights to.")],
    data: Annotated[Path | None, typer.Option(help="Folder of the evaluation data.")] = None,
    half: Annotated[str, typer.Option(help="Which questions are trained on: `even`, `odd` or `all`.")] = "even",
) -> None:
    """Fit the scorer that chooses passages as a set; prints recall@5 and all@5 of the half that was left out."""
    from app.providers import embedder_of
    from app.settings import Settings
    from eval.retrieval.commands import home_of
    from eval.retrieval.suites import suite_named
    from kg.progress import untold
    from retrieval.evidence_set.features import FEATURES
    from training.retrieval.questions import asked_questions

    settings = Settings()
    folder = data or settings.shared_data
    if folder is None or half not in ("even", "odd", "all"):
        raise typer.BadParameter("give --data or JIANXI_SHARED_DATA, and --half even, odd or all")
    embedder = embedder_of(settings)
    asked: dict[str, list[AskedQuestion]] = {}
    for name in suite:
        read = suite_named(name, folder)
        home = home_of(settings.home_path, read, None)
        asked[name] = asyncio.run(asked_questions(read, home, embedder, untold))
    kept = {"even": (0,), "odd": (1,), "all": (0, 1)}[half]
    trained = [q for questions in asked.values() for q in questions if q.number % 2 in kept]
    scorer = scorer_of(trained)
    figures = {}
    for name, questions in asked.items():
        figures[name] = {
            "fused": measured([q.texts for q in questions], questions),
            "left_out": measured(*_ordered(scorer, [q for q in questions if q.number % 2 not in kept])),
            "cross_validated": _cross_validated(asked, name),
        }
        typer.echo(f"{name}: {json.dumps(figures[name])}")
    weights = {name: round(scorer.weights[name], 5) for name in FEATURES}
    about = {"suites": suite, "half": half, "questions": len(trained), "embedder": embedder.identity}
    text = json.dumps({"trained_on": about, "weights": weights}, indent=1)
    out.write_text(text + "\n", "utf-8")


def scorer_of(questions: Iterable["AskedQuestion"]) -> "SetScorer":
    """The scorer that fits some questions."""
    from retrieval.evidence_set.features import FEATURES
    from retrieval.evidence_set.scorer import SetScorer
    from training.retrieval.examples import examples_of
    from training.retrieval.fit import fitted

    examples = [e for q in questions for e in examples_of(q.found, q.gold_candidates)]
    weights = fitted(examples, penalty=PENALTY)
    return SetScorer(dict(zip(FEATURES, weights.tolist(), strict=True)))


def measured(texts: Sequence[Sequence[str]], questions: Sequence["AskedQuestion"]) -> dict[str, float]:
    """Recall and complete recall at five."""
    from eval.retrieval.metrics import recall

    pairs = [(list(dict.fromkeys(t)), dict.fromkeys(q.gold, 1)) for t, q in zip(texts, questions, strict=True)]
    count = max(1, len(pairs))
    return {
        "n": float(len(pairs)),
        "recall@5": round(sum(recall(t, g, _CUT) for t, g in pairs) / count, 4),
        "all@5": round(sum(recall(t, g, _CUT) == 1.0 for t, g in pairs) / count, 4),
    }


def _ordered(
    scorer: "SetScorer", questions: Sequence["AskedQuestion"]
) -> tuple[list[tuple[str, ...]], Sequence["AskedQuestion"]]:
    from retrieval.evidence_set.ordering import TAKEN

    return [tuple(q.texts[at] for at in scorer.order(q.found, TAKEN)) for q in questions], questions


def _cross_validated(asked: dict[str, list["AskedQuestion"]], name: str) -> dict[str, float]:
    """Every question of a suite by a scorer that has seen neither it nor a fifth of the others."""
    texts: dict[int, tuple[str, ...]] = {}
    for fold in range(_FOLDS):
        scorer = scorer_of(q for questions in asked.values() for q in questions if q.number % _FOLDS != fold)
        ordered, questions = _ordered(scorer, [q for q in asked[name] if q.number % _FOLDS == fold])
        texts |= {q.number: t for q, t in zip(questions, ordered, strict=True)}
    return measured([texts[q.number] for q in asked[name]], asked[name])
