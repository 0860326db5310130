"""``jianxi train answers``: train the adapter of the embedded chat model."""

import json
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
    from training.recipe_file import read_recipe

    if threads:
        torch.set_num_threads(threads)
    recipe = read_recipe(config, Recipe)
    found = Assembler(packets(recipe.abstracts, recipe.scifact), written(), recipe.seed).examples()
    trained = [e for e in found if e.packet not in recipe.held_out]
    file = base or weights_of(Settings()).fetch(QWEN_CODER_1_5B)
    tokenizer = transformers.AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        file.parent,
        gguf_file=file.name,
        dtype=torch.bfloat16,
        quantization_config=transformers.GgufConfig(dequantize=True),
    )
    trainer = Trainer(folder, model, tokenizer, recipe, say=typer.echo)
    if not trainer.run(trained, until_s=minutes * 60 if minutes else None):
        typer.echo(f"stopped after {minutes} minutes; call again to go on from {trainer.checkpoint}")
        return
    losses = trainer.losses([e for e in found if e.packet in recipe.held_out])
    export(trainer.model, folder / recipe.name, file.stem)
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text("utf-8").splitlines()]
    curve = rows[:: max(1, len(rows) // 20)]
    write_card(folder / recipe.name / "card.md", recipe, file.stem, trained, losses, curve)
    typer.echo(json.dumps(losses))
