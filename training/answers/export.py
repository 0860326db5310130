"""Writes a trained adapter as the service loads it: PEFT's two files, in 16 bits, with a card."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from peft import get_peft_model_state_dict
from safetensors.torch import save_file

from training.answers.domain import Group
from training.answers.recipe import Recipe


def export(model: Any, folder: Path, base: str) -> None:
    """``adapter_model.safetensors`` and ``adapter_config.json`` for a model called ``base``."""
    folder.mkdir(parents=True, exist_ok=True)
    state = get_peft_model_state_dict(model)
    save_file({k: v.to(torch.bfloat16).contiguous() for k, v in state.items()}, folder / "adapter_model.safetensors")
    config = model.peft_config["default"].to_dict()
    kept = ("peft_type", "task_type", "r", "lora_alpha", "lora_dropout", "bias", "fan_in_fan_out")
    told = {name: config[name] for name in kept} | {
        "base_model_name_or_path": base,
        "target_modules": sorted(config["target_modules"]),
        "layers_to_transform": config["layers_to_transform"],
        "inference_mode": True,
    }
    (folder / "adapter_config.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def write_card(
    path: Path,
    recipe: Recipe,
    base: str,
    groups: Sequence[Group],
    losses: Mapping[str, float],
    curve: Sequence[Any],
) -> None:
    """The model card: what it was trained on, how, and its losses on what was held out."""
    kinds = Counter(f"{e.kind}, {e.language}" for group in groups for e in group)
    lines = [
        f"# {recipe.name}",
        "",
        f"A LoRA adapter (rank {recipe.rank}, layers from {recipe.first_layer}) for {base}: it answers a question",
        "from numbered evidence in one to three sentences, in the language of the question, and translates sentences.",
        "",
        "Data: rows written for this project (Apache-2.0) over abstracts of PubMed on the glymphatic system and of",
        "SciFact's corpus (ODC-BY 1.0); the papers of the ECS questions were left out.",
        "",
        "| examples | number |",
        "|---|---|",
        *(f"| {name} | {count} |" for name, count in sorted(kinds.items())),
        "",
        f"AdamW, {recipe.learning_rate}, {recipe.epochs} epoch(s), {recipe.groups_a_step} groups of examples a step, "
        f"frozen weights in {recipe.frozen}, seed {recipe.seed}. "
        f"Loss a token on the packets held out ({', '.join(sorted(recipe.held_out))}):",
        "",
        "| kind | loss |",
        "|---|---|",
        *(f"| {name} | {loss} |" for name, loss in losses.items()),
        "",
        "| step | training loss |",
        "|---|---|",
        *(f"| {row['step']} | {row['loss']} |" for row in curve),
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
