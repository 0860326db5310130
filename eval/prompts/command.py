"""``jianxi eval prompts``: prompt strategies on the same problems, side by side."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import AsJson, fail, out_of

if TYPE_CHECKING:
    from eval.prompts.strategies import Task
    from eval.runs import EvalRun, Json
    from kg.progress import Progress

_FILES = {"gsm8k": "seeds/gsm8k/test.jsonl", "ecs": "bench/ecs/questions.jsonl"}


def prompts(
    task: Annotated[str, typer.Option("--task", help="gsm8k or ecs.")],
    strategy: Annotated[str, typer.Option("--strategy", help="`all`, or names joined by commas.")] = "all",
    limit: Annotated[int | None, typer.Option(min=1, help="So many problems, drawn by the seed.")] = None,
    seed: Annotated[int, typer.Option(help="Of the draw, and of sampling where the model's server takes one.")] = 0,
    max_tokens: Annotated[int, typer.Option(min=16, help="Longest reply of one call.")] = 400,
    evidence_tokens: Annotated[
        int | None, typer.Option(min=100, help="Budget of the evidence with ecs; by default the service's.")
    ] = None,
    samples: Annotated[int, typer.Option(min=1, help="Samples of self-consistency.")] = 5,
    proposals: Annotated[int, typer.Option(min=1, help="Next steps that a tree of thought proposes at a time.")] = 3,
    breadth: Annotated[int, typer.Option(min=1, help="Thoughts that a tree of thought keeps.")] = 2,
    depth: Annotated[int, typer.Option(min=1, help="Depth of a tree of thought.")] = 2,
    at_once: Annotated[
        int, typer.Option(min=1, help="Problems asked at once; seconds are then those of a model that is shared.")
    ] = 1,
    file: Annotated[Path | None, typer.Option(help="Another file of the task's format.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare prompt strategies: accuracy by a strict and a flexible reading, tokens and seconds a question.

    One run is kept for each strategy; the same command resumes an interrupted run.
    """
    from app.errors import InvalidSetting
    from app.providers import choose_chat, embedder_of, weights_of
    from app.settings import Settings
    from eval.data_folder import data_folder
    from eval.prompts.ecs import EcsQuestions
    from eval.prompts.gsm8k import Gsm8k
    from eval.prompts.run import Conditions, chosen, run_strategy
    from eval.prompts.strategies import Effort, names_of
    from eval.retrieval.homes import open_home
    from eval.retrieval.suites import read_ecs
    from eval.runs import kept_runs

    settings = Settings()
    if task not in _FILES:
        raise typer.BadParameter(f"no task {task!r}; one of {', '.join(_FILES)}")
    try:
        names = names_of(strategy)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    path = file or data_folder() / _FILES[task]
    if not path.is_file():
        fail(f"{path} is not there; --file names another")
    evidence = evidence_tokens or settings.evidence_tokens
    effort = Effort(samples, proposals, breadth, depth)
    embedder = embedder_of(settings)
    runs = kept_runs(settings)

    async def compared(progress: "Progress") -> "list[EvalRun]":
        async with AsyncExitStack() as stack:
            chat = await asyncio.to_thread(choose_chat, settings, weights_of(settings), embedder)
            if chat.kind == "extractive":
                raise InvalidSetting("JIANXI_CHAT", f"a model that follows prompts, since {chat.why}")
            if chat.close is not None:
                stack.push_async_callback(asyncio.to_thread, chat.close)
            made: Task = Gsm8k(path)
            told: dict[str, Json] = {"file": path.name, "chat_why": chat.why}
            if task == "ecs":
                suite = read_ecs(settings.shared_data or path.parent)
                home = open_home(settings.home_path / "eval" / "ecs", suite, embedder, progress)
                opened = await stack.enter_async_context(home)
                made = EcsQuestions(path, opened.retriever, opened.ontology, evidence)
                told["evidence_tokens"] = evidence
            problems = chosen(made.problems(), limit=limit, seed=seed)
            conditions = Conditions(chat.model, chat.name, max_tokens, seed, told, effort, at_once)
            return [
                await run_strategy(name, made, problems, conditions, runs=runs, progress=progress) for name in names
            ]

    with out_of(as_json).progress() as bars:
        kept = asyncio.run(compared(bars.show))
    _show(kept, as_json)


def _show(runs: "Sequence[EvalRun]", as_json: bool) -> None:
    out = out_of(as_json)
    if as_json:
        first = runs[0]
        head = {"task": first.suite, "chat": first.manifest["chat"], "seed": first.manifest["seed"]}
        rows = [{"strategy": r.system, "run": r.id, **dict(r.figures)} for r in runs]
        out.json({**head, "n": len(first.items), "strategies": rows})
        return
    out.table(
        ("strategy", "n", "strict", "flexible", "tokens", "calls", "seconds", "run"),
        [
            {
                "strategy": r.system,
                "n": len(r.items),
                "strict": _with_interval(r, "strict"),
                "flexible": _with_interval(r, "flexible"),
                "tokens": f"{'~' if r.figures['estimated'] else ''}{r.figures['tokens']:.0f}",
                "calls": f"{r.figures['calls']:.1f}",
                "seconds": f"{r.figures['seconds']:.1f}",
                "run": r.id,
            }
            for r in runs
        ],
    )


def _with_interval(run: "EvalRun", reading: str) -> str:
    f = run.figures
    return f"{f[reading]:.2f} [{f[f'{reading}_low']:.2f}, {f[f'{reading}_high']:.2f}]"
