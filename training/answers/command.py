"""``jianxi train answers``: train the adapter of the embedded chat model."""

import json
import random
from pathlib import Path
from typing import Annotated

import typer


def answers(
    config: Annotated[Path, typer.Option(help="Recipe, a YAML file.", exists=True, dir_okay=False)],
    folder: Annotated[Path, typer.Option(help="Where checkpoints, metrics, the adapter and its card are kept.")],
    base: Annotated[Path | None, typer.Option(help="GGUF file of the model; by default the embedded one.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Stop after so many minutes; the same command resumes.")] = None,
    threads: Annotated[int | None, typer.Option(help="Threads of PyTorch; all cores by default.")] = None,
) -> None:
    """Train the adapter that answers from evidence; the same command resumes an interrupted training."""
    from app.providers import weights_of
    from app.settings import Settings
    from eval.extras import needed
    from models.artifacts import QWEN_CODER_1_5B

    torch, transformers, _ = (needed(package, extra="training") for package in ("torch", "transformers", "peft"))
    from training.answers.examples import Assembler
    from training.answers.export import export, write_card
    from training.answers.papers import packets
    from training.answers.recipe import Recipe
    from training.answers.train import Trainer
    from training.answers.written import written
    from training.precision import fastest_dtype
    from training.recipe_file import read_recipe

    if threads:
        torch.set_num_threads(threads)
    recipe = read_recipe(config, Recipe)
    rows = [row for row in written() if not recipe.parts or int(row.packet.partition("-")[0]) in recipe.parts]
    found = Assembler(packets(recipe.abstracts, recipe.scifact), rows, recipe.seed).groups()
    if not recipe.translations:
        found = [group for group in found if group[0].kind != "translate"]
    kept = [group for group in found if any(example.packet in recipe.held_out for example in group)]
    trained = [group for group in found if group not in kept]
    if recipe.most_groups is not None and recipe.most_groups < len(trained):
        trained = random.Random(recipe.seed).sample(trained, recipe.most_groups)
    file = base or weights_of(Settings()).fetch(QWEN_CODER_1_5B)
    tokenizer = transformers.AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        file.parent,
        gguf_file=file.name,
        dtype=fastest_dtype(),
        quantization_config=transformers.GgufConfig(dequantize=True),
    )
    trainer = Trainer(folder, model, tokenizer, recipe, say=typer.echo)
    if not trainer.run(trained, until_s=minutes * 60 if minutes else None):
        typer.echo(f"stopped after {minutes} minutes; call again to go on from {trainer.checkpoint}")
        return
    losses = trainer.losses(kept)
    export(trainer.model, folder / recipe.name, file.stem)
    steps = [json.loads(line) for line in (folder / "metrics.jsonl").read_text("utf-8").splitlines()]
    curve = steps[:: max(1, len(steps) // 20)]
    write_card(folder / recipe.name / "card.md", recipe, file.stem, trained, losses, curve)
    typer.echo(json.dumps(losses))
