"""A strategy on a task's problems, from the first to the kept run."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eval.prompts.asking import Asker
from eval.prompts.domain import Attempt, Problem, Score
from eval.prompts.intervals import wilson
from eval.prompts.journal import Journal
from eval.prompts.protocols import Strategy, Task
from eval.runs import EvalRun, EvalRuns, Item, Json

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What all strategies of a comparison share; ``setting`` is what else a run must tell to be repeated."""

    chat: "BaseChatModel"
    chat_name: str
    max_tokens: int
    seed: int
    setting: Mapping[str, Json]


def chosen(problems: Sequence[Problem], *, limit: int | None, seed: int) -> list[Problem]:
    """All problems, or so many drawn by the seed; a larger limit of the same seed holds the smaller one."""
    if limit is None or limit >= len(problems):
        return [*problems]
    order = [*problems]
    random.Random(seed).shuffle(order)  # noqa: S311
    return order[:limit]


async def run_strategy(
    strategy: Strategy,
    task: Task,
    problems: Sequence[Problem],
    conditions: Conditions,
    *,
    folder: Path,
    progress: Progress | None = None,
) -> EvalRun:
    """Attempt every problem that is not finished yet and keep the run; raises models.errors, after which what was
    finished is there when it is called again."""
    versions: list[Json] = [*sorted({task.wording(p.language).version for p in problems})]
    configuration: dict[str, Json] = {
        "task": task.name,
        "strategy": strategy.name,
        "strategy_settings": dict(strategy.settings),
        "wording": versions,
        "chat": conditions.chat_name,
        "max_tokens": conditions.max_tokens,
        "seed": conditions.seed,
        **conditions.setting,
    }
    journal = Journal(folder / "prompts", f"{task.name}-{strategy.name}", configuration)
    done = journal.items()
    for number, problem in enumerate(problems):
        if progress is not None:
            progress(strategy.name, number, len(problems))
        if problem.id in done:
            continue
        shown = await task.shown(problem)
        asker = Asker(conditions.chat, max_tokens=conditions.max_tokens, seed=conditions.seed)
        attempt = await strategy.attempt(shown, asker)
        score = await asyncio.to_thread(task.score, problem, attempt.text)
        done[problem.id] = _item(problem, attempt, score)
        journal.append(done[problem.id])
    if progress is not None:
        progress(strategy.name, len(problems), len(problems))
    items = [done[p.id] for p in problems]
    kept = EvalRuns(folder / "runs").keep(
        "prompts", task.name, strategy.name, items, figures=figures_of(items), manifest=configuration
    )
    journal.remove()
    return kept


def figures_of(items: Sequence[Item]) -> dict[str, float]:
    """Accuracy of both readings with its interval, and what a question cost."""
    n = len(items)
    figures: dict[str, float] = {"n": n}
    for reading in ("strict", "flexible"):
        mean = sum(i.metrics[reading] for i in items) / n
        low, high = wilson(mean, n)
        figures |= {reading: round(mean, 4), f"{reading}_low": round(low, 4), f"{reading}_high": round(high, 4)}
    for cost in ("prompt_tokens", "completion_tokens", "tokens", "calls", "seconds"):
        figures[cost] = round(sum(i.metrics[cost] for i in items) / n, 2)
    figures["estimated"] = sum(i.metrics["estimated"] for i in items) / n
    return figures


def _item(problem: Problem, attempt: Attempt, score: Score) -> Item:
    metrics = {
        "strict": score.strict,
        "flexible": score.flexible,
        "prompt_tokens": float(attempt.prompt_tokens),
        "completion_tokens": float(attempt.completion_tokens),
        "tokens": float(attempt.prompt_tokens + attempt.completion_tokens),
        "calls": float(len(attempt.calls)),
        "seconds": round(attempt.seconds, 3),
        "estimated": float(attempt.estimated),
    }
    groups = {"language": problem.language} | ({"kind": problem.kind} if problem.kind else {})
    detail: dict[str, Json] = {
        "question": problem.question,
        "gold": list(problem.gold),
        "text": attempt.text,
        "answer": score.answer,
        "found": score.found if score.found != attempt.text else "",
        **attempt.notes,
    }
    return Item(problem.id, metrics, groups, problem.cluster or problem.id, detail)
