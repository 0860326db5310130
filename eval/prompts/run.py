"""A strategy on a task's problems, from the first to the kept run."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel

from eval.prompts.ask import Asker
from eval.prompts.domain import Attempt, Problem, Score
from eval.prompts.prompt_texts import wording
from eval.prompts.strategies import STRATEGIES, Effort, Task
from eval.runs import EvalRun, EvalRuns, Item, Json
from eval.statistics import wilson
from kg.progress import Progress, untold


@dataclass(frozen=True, slots=True)
class Conditions:
    """What all strategies of a comparison share; ``setting`` is what else a run must tell to be repeated.

    So many problems are asked ``at_once``; seconds are then those of a model that answers others meanwhile.
    """

    chat: BaseChatModel
    chat_name: str
    max_tokens: int
    seed: int
    setting: Mapping[str, Json]
    effort: Effort
    at_once: int = 1


def chosen(problems: Sequence[Problem], *, limit: int | None, seed: int) -> list[Problem]:
    """All problems, or so many drawn by the seed; a larger limit of the same seed holds the smaller one."""
    if limit is None or limit >= len(problems):
        return [*problems]
    order = [*problems]
    random.Random(seed).shuffle(order)  # noqa: S311
    return order[:limit]


async def run_strategy(
    name: str,
    task: Task,
    problems: Sequence[Problem],
    conditions: Conditions,
    *,
    runs: EvalRuns,
    progress: Progress = untold,
) -> EvalRun:
    """Attempt every problem that is not finished yet by the strategy of a name, and keep the run.

    Raises models.errors, after which what was finished is there when it is called again.
    """
    strategy = STRATEGIES[name]

    async def attempted(problem: Problem) -> Item:
        shown = await task.shown(problem)
        asker = Asker(conditions.chat, max_tokens=conditions.max_tokens, seed=conditions.seed)
        attempt = await strategy.attempt(task, shown, asker, conditions.effort)
        return _item(problem, attempt, task.score(problem, attempt.text))

    versions: list[Json] = [*sorted({wording(task.name, p.language).version for p in problems})]
    configuration: dict[str, Json] = {
        "task": task.name,
        "strategy": name,
        "strategy_settings": {setting: getattr(conditions.effort, setting) for setting in strategy.settings},
        "wording": versions,
        "chat": conditions.chat_name,
        "max_tokens": conditions.max_tokens,
        "seed": conditions.seed,
        "at_once": conditions.at_once,
        **conditions.setting,
    }
    run = runs.begun_or_new("prompts", task.name, name, manifest=configuration)
    await run.fill(problems, attempted, stage=name, progress=progress, at_once=conditions.at_once)
    order = [p.id for p in problems]
    by_id = {item.id: item for item in run.items}
    return run.finish(figures_of([by_id[id_] for id_ in order]), order=order)


def figures_of(items: Sequence[Item]) -> dict[str, float]:
    """Accuracy of both readings with its interval, and what a question cost."""
    n = len(items)
    figures: dict[str, float] = {"n": n}
    for reading in ("strict", "flexible"):
        mean = sum(i.metrics[reading] for i in items) / n
        interval = wilson(mean, n)
        figures[reading] = round(mean, 4)
        figures |= {f"{reading}_low": round(interval.low, 4), f"{reading}_high": round(interval.high, 4)}
    for cost in ("prompt_tokens", "completion_tokens", "tokens", "calls", "seconds"):
        figures[cost] = round(sum(i.metrics[cost] for i in items) / n, 2)
    figures["estimated"] = sum(i.metrics["estimated"] for i in items) / n
    return figures


def _item(problem: Problem, attempt: Attempt, score: Score) -> Item:
    metrics = {"strict": score.strict, "flexible": score.flexible, **attempt.costs}
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
