"""``jianxi eval answers``: a suite of questions, answered and measured."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from app.settings import Settings
    from eval.answers.domain import AnswerSuite
    from eval.open_runs import OpenRun
    from eval.runs import EvalRun

_DIGITS = 4
_COUNTS = frozenset({"n", "answerable", "graph_complete", "graph_questions"})


def answers(
    suite: Annotated[str, typer.Option(help="ecs, rgb, pubmedqa, graphrag-bench or mirage.")],
    data: Annotated[Path | None, typer.Option(help="The suite's file, where it is not in JIANXI_SHARED_DATA.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="So many questions, taken evenly from all.")] = None,
    kinds: Annotated[str, typer.Option(help="Only these kinds, separated by commas.")] = "",
    language: Annotated[str, typer.Option(help="Only questions in zh or en.")] = "",
    policy: Annotated[str | None, typer.Option(help="drop or mark what has no support.")] = None,
    resume: Annotated[str | None, typer.Option(help="Go on with this unfinished run.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Answer a suite through the service, measure without a judge, and keep the run; settings choose the chat model."""
    from app.cli.output import fail, out_of
    from app.settings import Settings
    from eval.answers.readers.lines import UnreadableSuite
    from eval.answers.suites import READERS
    from eval.runs import UnknownRun

    if policy not in (None, "drop", "mark"):
        raise typer.BadParameter("--policy is drop or mark")
    if suite not in READERS:
        raise typer.BadParameter(f"no suite {suite!r}; one of {', '.join(READERS)}")
    settings = Settings()
    source = data or settings.shared_data
    if source is None:
        fail("set JIANXI_SHARED_DATA to the folder of evaluation data (eval/README.md), or give --data FILE")
    try:
        read = READERS[suite](source)
        chosen = read.only(kinds=_split(kinds), languages=_split(language), limit=limit)
        with out_of(as_json).progress() as bars:
            kept = asyncio.run(_run(chosen, settings, source, policy=policy, resume=resume, progress=bars.show))
    except (UnreadableSuite, UnknownRun) as error:
        fail(str(error))
    _show(kept, as_json)


async def _run(
    suite: "AnswerSuite",
    settings: "Settings",
    data: Path,
    *,
    policy: str | None,
    resume: str | None,
    progress: Callable[[str, int, int], None],
) -> "EvalRun":
    from app.answering.domain import Policy
    from app.choices import embedder_of
    from eval.answers.entailment import ByVerdict
    from eval.answers.figures import failures_of, figures_of
    from eval.answers.running import ask_all, opened

    embedder = embedder_of(settings)
    async with opened(suite, settings, data=settings.shared_data, embedder=embedder, progress=progress) as answerer:
        entails = ByVerdict(embedder)
        manifest = {
            "chat": answerer.chat,
            "policy": policy or settings.unsupported,
            "questions": [q.id for q in suite.questions],
            "entailment": entails.name,
            "data": str(data),
            "embedder": embedder.identity,
        }
        run = _opened(suite, settings, manifest, resume)
        items = await ask_all(
            suite.questions, answerer, run, entails, policy=Policy(policy) if policy else None, progress=progress
        )
        return run.finish(figures_of(items), told={"failures": failures_of(items)})


def _opened(suite: "AnswerSuite", settings: "Settings", manifest: Mapping[str, Any], resume: str | None) -> "OpenRun":
    from eval import open_runs
    from eval.runs import UnknownRun

    folder = settings.home_path / "eval" / "runs"
    if resume is None:
        return open_runs.begin(folder, "answers", suite.name, str(manifest["chat"]), manifest=manifest)
    run = open_runs.resume(folder, resume)
    for name in ("chat", "policy", "questions", "data"):
        if run.manifest.get(name) != manifest[name]:
            raise UnknownRun(f"{run.id} was begun with another {name}; resume it with the options it was begun with")
    return run


def _show(run: "EvalRun", as_json: bool) -> None:
    from app.cli.output import out_of

    out = out_of(as_json)
    figures = {name: _rounded(name, value) for name, value in run.figures.items()}
    if as_json:
        head = {"suite": run.suite, "run": run.id, "chat": run.manifest["chat"]}
        tail = {name: run.manifest[name] for name in ("entailment", "failures")}
        out.json({**head, **figures, **tail})
        return
    out.table(("figure", "value"), [{"figure": n, "value": v} for n, v in figures.items()])
    out.line(f"run {run.id}")


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _rounded(name: str, value: float) -> float:
    return int(value) if name.split()[0] in _COUNTS else round(value, _DIGITS)
