"""LoRA training (Hu et al. 2021, arXiv:2106.09685) of a causal language model on replies, in pieces."""

import json
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from langchain_core.messages import convert_to_openai_messages
from peft import LoraConfig, get_peft_model, set_peft_model_state_dict
from safetensors.torch import load_file

from training.answers.domain import Example, Group
from training.answers.recipe import Recipe
from training.int8_linear import round_frozen

PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
_WARM_UP, _LEAST_RATE = 0.05, 0.05
_SAVE_EVERY = 20

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Tokens:
    """An example as ids: the prompt, and the reply with its end."""

    prompt: list[int]
    reply: list[int]


class Trainer:
    """One training in a folder; started again it goes on from its last checkpoint with the same order of examples."""

    def __init__(self, folder: Path, model: Any, tokenizer: Any, recipe: Recipe, *, say: Say) -> None:
        """``model`` and ``tokenizer`` are those of transformers."""
        self._folder, self._tokenizer, self._recipe, self._say = folder, tokenizer, recipe, say
        torch.manual_seed(recipe.seed)
        layers = list(range(recipe.first_layer, model.config.num_hidden_layers))
        self.model = get_peft_model(
            model,
            LoraConfig(
                r=recipe.rank,
                lora_alpha=2 * recipe.rank,
                target_modules=PROJECTIONS,
                layers_to_transform=layers,
                task_type="CAUSAL_LM",
            ),
        )
        if recipe.frozen == "int8":
            round_frozen(model.model.layers, recipe.first_layer)
        if recipe.start:
            set_peft_model_state_dict(self.model, load_file(recipe.start / "adapter_model.safetensors"))
        self._trained = [p for p in self.model.parameters() if p.requires_grad]
        for parameter in self._trained:
            parameter.data = parameter.data.float()
        self._optimizer = torch.optim.AdamW(self._trained, lr=recipe.learning_rate, weight_decay=0.0, betas=(0.9, 0.98))

    @property
    def checkpoint(self) -> Path:
        """The newest state."""
        return self._folder / "checkpoint.pt"

    def run(self, groups: Sequence[Group], *, until_s: float | None = None) -> bool:
        """Train to the end, or until the time is over; whether the training is finished."""
        steps = list(self._steps(groups))
        done, started = self._resume(), time.monotonic()
        self._say(f"{len(steps)} steps, from step {done}")
        self.model.train()
        for number in range(done, len(steps)):
            for group in self._optimizer.param_groups:
                group["lr"] = self._recipe.learning_rate * _rate(number, len(steps))
            loss = self._step(steps[number])
            ended = until_s is not None and time.monotonic() - started > until_s
            if ended or (number + 1) % _SAVE_EVERY == 0 or number + 1 == len(steps):
                self._save(number + 1)
            with (self._folder / "metrics.jsonl").open("a") as metrics:
                metrics.write(json.dumps({"step": number + 1, "loss": round(loss, 4)}) + "\n")
            self._say(f"step {number + 1} of {len(steps)}: loss {loss:.3f}")
            if ended:
                return number + 1 == len(steps)
        return True

    def losses(self, groups: Sequence[Group]) -> dict[str, float]:
        """Loss a token of the replies, by kind and language."""
        self.model.eval()
        sums: dict[str, list[float]] = {}
        with torch.no_grad():
            for group in groups:
                tokens = [self._tokens(example) for example in group]
                for example, one, loss in zip(group, tokens, self._losses(tokens), strict=True):
                    total = sums.setdefault(f"{example.kind} {example.language}", [0.0, 0.0])
                    total[0] += float(loss)
                    total[1] += len(one.reply)
        return {name: round(loss / count, 3) for name, (loss, count) in sorted(sums.items())}

    def _tokens(self, example: Example) -> Tokens:
        asked = convert_to_openai_messages(list(example.messages))
        prompt = self._tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True)
        whole = self._tokenizer.apply_chat_template(
            [*asked, {"role": "assistant", "content": example.reply}], tokenize=False
        ).rstrip("\n")
        if not whole.startswith(prompt):
            raise ValueError("the chat template writes another prompt before a reply than without one")
        return Tokens(self._tokenizer(prompt)["input_ids"], self._tokenizer(whole[len(prompt) :])["input_ids"])

    def _steps(self, groups: Sequence[Group]) -> Iterator[Sequence[Group]]:
        size = self._recipe.groups_a_step
        order = [n for epoch in range(self._recipe.epochs) for n in _shuffled(len(groups), epoch)]
        for start in range(0, len(order), size):
            yield [groups[n] for n in order[start : start + size]]

    def _step(self, batch: Sequence[Group]) -> float:
        """One update; every token of the batch's replies weighs the same."""
        groups = [[self._tokens(example) for example in group] for group in batch]
        count, total = sum(len(tokens.reply) for group in groups for tokens in group), 0.0
        for group in groups:
            loss = torch.stack(self._losses(group)).sum() / count
            loss.backward()
            total += float(loss.detach())
        if not math.isfinite(total):
            raise FloatingPointError(f"the loss is {total}; the last checkpoint is kept")
        torch.nn.utils.clip_grad_norm_(self._trained, 1.0)
        self._optimizer.step()
        self._optimizer.zero_grad()
        return total

    def _losses(self, group: Sequence[Tokens]) -> list[torch.Tensor]:
        """The summed loss of each reply. What the prompts begin with alike is read once; no example sees another.

        The vocabulary's logits are computed for the replies only, they cost a sixth of the time otherwise.
        """
        shared = min(_alike([tokens.prompt for tokens in group]), *(len(tokens.prompt) - 1 for tokens in group))
        branches = [tokens.prompt[shared:] + tokens.reply for tokens in group]
        ids = torch.tensor([group[0].prompt[:shared] + [id_ for branch in branches for id_ in branch]])
        positions = [*range(shared), *(shared + n for branch in branches for n in range(len(branch)))]
        whole = self.model.base_model.model
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=whole.lm_head.weight.dtype == torch.bfloat16):
            states = whole.model(
                input_ids=ids,
                position_ids=torch.tensor([positions]),
                attention_mask=seen(shared, [len(branch) for branch in branches])[None, None],
                use_cache=False,
            ).last_hidden_state[0]
            ends = [shared + n for n in accumulate(len(branch) for branch in branches)]
            before = [states[end - len(t.reply) - 1 : end - 1] for end, t in zip(ends, group, strict=True)]
            logits = F.linear(torch.cat(before).to(whole.lm_head.weight.dtype), whole.lm_head.weight).float()
        each = F.cross_entropy(logits, torch.tensor([id_ for t in group for id_ in t.reply]), reduction="none")
        return [loss.sum() for loss in each.split([len(t.reply) for t in group])]

    def _save(self, step: int) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = self.checkpoint.with_suffix(".partial")
        trained = [p.data for p in self._trained]
        torch.save({"trained": trained, "optimizer": self._optimizer.state_dict(), "step": step}, partial)
        partial.replace(self.checkpoint)

    def _resume(self) -> int:
        self._folder.mkdir(parents=True, exist_ok=True)
        if not self.checkpoint.exists():
            return 0
        state = torch.load(self.checkpoint, map_location="cpu", weights_only=True)
        for parameter, kept in zip(self._trained, state["trained"], strict=True):
            parameter.data.copy_(kept)
        self._optimizer.load_state_dict(state["optimizer"])
        return int(state["step"])


def seen(shared: int, branches: Sequence[int]) -> torch.Tensor:
    """Which token (row) sees which (column): those before it in the shared beginning and in its own branch; bool."""
    owner = torch.tensor([-1] * shared + [n for n, length in enumerate(branches) for _ in range(length)])
    own = (owner[:, None] == owner[None, :]) | (owner[None, :] == -1)
    return own & torch.ones(len(owner), len(owner), dtype=torch.bool).tril()


def _alike(prompts: Sequence[list[int]]) -> int:
    return sum(1 for _ in takewhile(lambda ids: len(set(ids)) == 1, zip(*prompts, strict=False)))


def _shuffled(count: int, epoch: int) -> list[int]:
    order = list(range(count))
    random.Random(epoch).shuffle(order)
    return order


def _rate(step: int, steps: int) -> float:
    """Up in a straight line, down in half a cosine."""
    warm = max(3, round(_WARM_UP * steps))
    return min(1.0, (step + 1) / warm) * max(_LEAST_RATE, 0.5 * (1 + math.cos(math.pi * step / steps)))
