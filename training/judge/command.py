"""``jianxi train judge``, ``judge-mean`` and ``judge-ranges``.

Train in pieces, calibrate, measure, export; average checkpoints; measure in which ranges rows are rounded to 8 bits.
"""

import json
from pathlib import Path
from typing import Annotated

import typer


def judge(
    config: Annotated[Path, typer.Option(help="Recipe, a YAML file.", exists=True, dir_okay=False)],
    folder: Annotated[Path, typer.Option(help="Where checkpoints, metrics, weights and the card are kept.")],
    start: Annotated[
        Path | None,
        typer.Option(help="Checkpoint of an earlier training, or bundled weights (.npz), to begin with."),
    ] = None,
    minutes: Annotated[float | None, typer.Option(help="Stop after so many minutes; the same command resumes.")] = None,
    threads: Annotated[int | None, typer.Option(help="Threads of PyTorch; all cores by default.")] = None,
    measure: Annotated[list[Path] | None, typer.Option(help="Labelled claims (JSON Lines) to measure on.")] = None,
) -> None:
    """Train the judge that verifies claims and scores relevance; the same command resumes an interrupted training."""
    import numpy as np

    from eval.extras import needed

    torch, _ = (needed(package, extra="training") for package in ("torch", "sklearn"))
    from models.e5.embedder import BundledE5, bundled_weights
    from models.e5.weights_file import WeightsFile, fingerprint
    from models.judge.weights_file import Description
    from training.judge.card import write_card
    from training.judge.claims import claims_of_file, scifact_claims
    from training.judge.contrast import CONTRASTS, contrasts
    from training.judge.evaluate import probabilities, relevance
    from training.judge.export import export
    from training.judge.figures import figures, relevance_figures
    from training.judge.ranges import measure_ranges
    from training.judge.recipe import Recipe, data_of
    from training.judge.relevance import among_near
    from training.judge.thresholds import calibrated, least_relevance
    from training.judge.train import Trainer
    from training.recipe_file import read_recipe

    if threads:
        torch.set_num_threads(threads)
    recipe = read_recipe(config, Recipe)
    weights = WeightsFile(bundled_weights())
    data = data_of(recipe)
    for name, found in data.sources.items():
        typer.echo(f"{name}: {len(found)} examples")
    trainer = Trainer(folder, weights, recipe, say=typer.echo, start=start)
    if not trainer.run(data.sources, until_s=minutes * 60 if minutes else None):
        typer.echo(f"stopped after {minutes} minutes; call again to go on from {trainer.checkpoint}")
        return
    p = probabilities(trainer.network, weights, data.claims)
    thresholds = calibrated(p, data.claims)
    pools = among_near(data.questions, data.texts, BundledE5(bundled_weights()))
    read = relevance(trainer.network, weights, [e for pool in pools for e in pool])
    near = read.reshape(len(pools), -1).max(1)
    relevant = least_relevance(near, np.array([e.label == "relevant" for e in data.questions]))
    measured: dict[str, dict[str, object]] = {
        "calibration": figures(p, data.claims, thresholds),
        "calibration_of_relevance": relevance_figures(near, data.questions, relevant),
    }
    sets = {path.stem: claims_of_file(path) for path in measure or ()}
    if recipe.scifact:
        sets["scifact_held_out"] = scifact_claims(recipe.scifact, held_out=True)
    if recipe.scifact and recipe.abstracts:
        corpus = recipe.scifact / "corpus.jsonl"
        pairs = list(contrasts(recipe.abstracts, corpus, recipe.seed, recipe.held_out, held_out=True))
        sets |= {f"{name}_held_out": [e for e in pairs if e.source == name] for name in CONTRASTS}
    for name, examples in sets.items():
        p = probabilities(trainer.network, weights, examples)
        measured[name] = figures(p, examples, thresholds)
    about = Description(
        recipe.name,
        fingerprint(bundled_weights()),
        supported=thresholds.supported,
        contradicted=thresholds.contradicted,
        relevant=relevant,
        reads_relevance=recipe.reads_relevance,
        reads_questions=recipe.reads_questions,
    )
    made = folder / f"{recipe.name}.npz"
    export(trainer.network, made, about)
    metrics = folder / "metrics.jsonl"
    rows = [json.loads(line) for line in metrics.read_text("utf-8").splitlines()] if metrics.is_file() else []
    curve = [(row["step"], row["loss"]) for row in rows[:: max(1, len(rows) // 20)]]
    write_card(folder / f"{recipe.name}.md", recipe, data.sources, measured, curve)
    typer.echo(json.dumps(measured, ensure_ascii=False))
    typer.echo(f"in 8 bits: {json.dumps(measure_ranges(made))}")


def judge_mean(
    checkpoints: Annotated[list[Path], typer.Argument(help="Checkpoints to average.", exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option(help="Checkpoint to write, for --start of a training.")],
) -> None:
    """Average the networks of checkpoints; a recipe with `epochs: []` then calibrates, measures and exports it."""
    from eval.extras import needed
    from training.judge.mean import mean_of

    torch = needed("torch", extra="training")
    networks = [torch.load(path, map_location="cpu", weights_only=True)["network"] for path in checkpoints]
    try:
        made = mean_of(networks)
    except ValueError as error:
        raise typer.BadParameter(f"{error}; give checkpoints of one recipe") from error
    torch.save({"network": made}, out)


def judge_ranges(
    weights: Annotated[
        Path | None, typer.Option(help="Weights of a judge (.npz); by default the bundled ones.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where the ranges go; without it beside the weights.")] = None,
) -> None:
    """Measure the ranges in which the judge's rows are rounded to 8 bits, on pairs written for training.

    A training does so at its end. Prints as JSON how far its readings of other pairs move.
    """
    from models.judge.cross_encoder import bundled_judge
    from training.judge.ranges import measure_ranges

    path = weights or bundled_judge()
    if path is None:
        raise typer.BadParameter("this installation has no weights of a judge; give --weights FILE")
    typer.echo(json.dumps(measure_ranges(path, out)))
