"""Training of the judge in pieces: AdamW over mixed examples, resumable at any step."""

import json
import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
import torch.nn.functional as F

from models.e5.tokenizer import E5Tokenizer
from models.e5.weights_file import WeightsFile
from models.judge.weights_file import JudgeFile
from training.judge.examples import Example
from training.judge.export import restored
from training.judge.network import JudgeNetwork
from training.judge.pairs import PairBatch, TrainingPair, batches_of, tensors_of, training_pairs
from training.judge.schedule import Schedule
from training.precision import fastest_dtype

Say = Callable[[str], None]


class Trainer:
    """One training in a folder; started again it goes on from its last checkpoint with the same order of examples."""

    def __init__(
        self, folder: Path, weights: WeightsFile, schedule: Schedule, *, say: Say, start: Path | None = None
    ) -> None:
        """``start``: a checkpoint of another training, or a file of the product, whose weights this one begins with."""
        self._folder = folder
        self._weights = weights
        self._schedule = schedule
        self._say = say
        torch.manual_seed(schedule.seed)
        self.network = JudgeNetwork(weights)
        self._frozen(schedule.frozen_layers)
        # Masters in 32 bits are updated; the encoder computes with copies in the fastest format.
        self._masters = {n: p.detach().clone() for n, p in self.network.named_parameters() if p.requires_grad}
        heads = ("inner", "classes", "relevance")
        slow = [m for n, m in self._masters.items() if not n.startswith(heads)]
        fast = [m for n, m in self._masters.items() if n.startswith(heads)]
        self._optimizer = torch.optim.AdamW(
            [{"params": slow, "lr": schedule.learning_rate}, {"params": fast, "lr": schedule.head_rate}],
            weight_decay=schedule.weight_decay,
            foreach=True,
        )
        if start is not None and not self.checkpoint.exists():
            begun = _begun(start, weights, self.network)
            live = dict(self.network.named_parameters())
            with torch.no_grad():
                for name, master in self._masters.items():
                    live[name].copy_(master.copy_(begun[name]))
        self._rates = [schedule.learning_rate, schedule.head_rate]
        for part in (self.network.norm, self.network.layers):
            part.to(fastest_dtype())

    @property
    def checkpoint(self) -> Path:
        """The newest state."""
        return self._folder / "checkpoint.pt"

    def run(self, examples: Mapping[str, Sequence[Example]], *, until_s: float | None = None) -> bool:
        """Train to the end of the schedule, or until the time is over; whether the schedule is finished."""
        tokenizer = E5Tokenizer(self._weights)
        pairs = {name: training_pairs(found, tokenizer) for name, found in examples.items()}
        plan = [batch for epoch, mix in enumerate(self._schedule.epochs) for batch in self._epoch(epoch, mix, pairs)]
        step = self._resume()
        started, seen, losses = time.monotonic(), 0, [0.0, 0.0]
        self._say(f"{len(plan)} steps, from step {step}")
        self.network.train()
        for number in range(step, len(plan)):
            batch = tensors_of(plan[number], self._weights.pad)
            loss = self._step(batch, number, len(plan))
            seen += batch.ids.numel()
            losses = [0.98 * losses[0] + 0.02 * loss, 0.98 * losses[1] + 0.02]
            if (number + 1) % 20 == 0:
                rate = seen / (time.monotonic() - started)
                left = (len(plan) - number - 1) * (time.monotonic() - started) / (number - step + 1)
                self._log(number + 1, losses[0] / losses[1], rate, left, len(plan))
            if (number + 1) % self._schedule.save_every_steps == 0 or number + 1 == len(plan):
                self._save(number + 1)
            if until_s is not None and time.monotonic() - started > until_s:
                self._save(number + 1)
                return number + 1 == len(plan)
        return True

    def _epoch(
        self, epoch: int, mix: Mapping[str, int], pairs: Mapping[str, Sequence[TrainingPair]]
    ) -> list[list[TrainingPair]]:
        chosen: list[TrainingPair] = []
        for name, count in sorted(mix.items()):
            found = list(pairs.get(name, ()))
            random.Random(f"{self._schedule.seed}:{epoch}:{name}").shuffle(found)
            chosen += (found * math.ceil(count / max(1, len(found))))[:count] if found else []
        return list(batches_of(chosen, tokens=self._schedule.batch_tokens, seed=self._schedule.seed + epoch))

    def _step(self, batch: PairBatch, number: int, count: int) -> float:
        for group, rate in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * self._factor(number, count)
        logits, relevance = self.network(batch.ids, batch.present, batch.second)
        loss = loss_of(logits, relevance, batch, smoothing=self._schedule.smoothing)
        loss.backward()
        live = {n: p for n, p in self.network.named_parameters() if p.requires_grad}
        for name, master in self._masters.items():
            grad = live[name].grad
            master.grad = None if grad is None else grad.float()
        torch.nn.utils.clip_grad_norm_([m for m in self._masters.values() if m.grad is not None], 1.0, foreach=True)
        self._optimizer.step()
        with torch.no_grad():
            for name, master in self._masters.items():
                live[name].copy_(master)
                live[name].grad = None
        value = float(loss.detach())
        if not math.isfinite(value):
            raise FloatingPointError(f"the loss is {value} at step {number}; the last checkpoint is kept")
        return value

    def _factor(self, number: int, count: int) -> float:
        warm = max(1, int(self._schedule.warm_up * count))
        return (number + 1) / warm if number < warm else max(0.02, (count - number) / max(1, count - warm))

    def _frozen(self, layers: int) -> None:
        if layers:
            for part in (self.network.norm, *self.network.layers[:layers]):
                part.requires_grad_(False)
            self.network.position.requires_grad_(False)

    def _save(self, step: int) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = self.checkpoint.with_suffix(".partial")
        state = {"network": self._masters, "optimizer": self._optimizer.state_dict(), "step": step}
        torch.save({**state, "random": torch.get_rng_state()}, partial)
        partial.replace(self.checkpoint)

    def _resume(self) -> int:
        if not self.checkpoint.exists():
            return 0
        state = torch.load(self.checkpoint, map_location="cpu", weights_only=True)
        live = dict(self.network.named_parameters())
        with torch.no_grad():
            for name, master in self._masters.items():
                master.copy_(state["network"][name])
                live[name].copy_(master)
        self._optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["random"])
        return int(state["step"])

    def _log(self, step: int, loss: float, rate: float, left_s: float, count: int) -> None:
        row = {"step": step, "loss": round(loss, 4), "tokens_s": round(rate), "left_s": round(left_s)}
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "metrics.jsonl").open("a") as file:
            file.write(json.dumps(row) + "\n")
        self._say(f"step {step} of {count}  loss {loss:.3f}  {rate:.0f} tokens/s  {left_s / 60:.0f} min left")


def _begun(start: Path, weights: WeightsFile, network: JudgeNetwork) -> Mapping[str, torch.Tensor]:
    if start.suffix == ".npz":
        return restored(network, JudgeFile(start, weights.configuration))
    begun: Mapping[str, torch.Tensor] = torch.load(start, map_location="cpu", weights_only=True)["network"]
    return begun


def loss_of(logits: torch.Tensor, relevance: torch.Tensor, batch: PairBatch, *, smoothing: float) -> torch.Tensor:
    """Negative log of the probability of the classes that are right, and of relevance where it is known."""
    log_p = F.log_softmax(logits, -1)
    right = torch.logsumexp(log_p.masked_fill(batch.target == 0, -1e9), -1)
    even = log_p.mean(-1)
    claimed = (batch.target.sum(-1) > 0).float()
    of_classes = -((1 - smoothing) * right + smoothing * even) * claimed
    known = (batch.relevant >= 0).float()
    of_relevance = F.binary_cross_entropy_with_logits(relevance, batch.relevant.clamp(min=0), reduction="none") * known
    return (of_classes + of_relevance).mean()
