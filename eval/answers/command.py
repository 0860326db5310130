"""``jianxi eval answers`` and ``jianxi eval judge``: suites of questions answered, measured, judged and compared."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from app.cli.output import AsJson, fail, out_of

if TYPE_CHECKING:
    from eval.answers.judging.judge import Judge
    from eval.runs import Json

_DIGITS = 4
_COUNTS = frozenset({"n", "answerable", "graph_complete", "graph_questions", "judge_tokens", "judge_failures"})

JudgeModel = Annotated[str | None, typer.Option(help="Model name at the judge's server; by default its first.")]
JudgeKey = Annotated[str | None, typer.Option(envvar="JIANXI_JUDGE_KEY", help="Key of the judge's server.")]


def answers(
    suite: Annotated[str, typer.Option(help="ecs, rgb, pubmedqa, graphrag-bench or mirage.")],
    data: Annotated[Path | None, typer.Option(help="The suite's file, where it is not in JIANXI_SHARED_DATA.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="So many questions, taken evenly from all that would be asked.")
    ] = None,
    kinds: Annotated[str, typer.Option(help="Only these kinds, separated by commas.")] = "",
    language: Annotated[str, typer.Option(help="Only questions in zh or en.")] = "",
    policy: Annotated[Literal["drop", "mark"] | None, typer.Option(help="drop or mark what has no support.")] = None,
    noise: Annotated[float | None, typer.Option(min=0, max=1, help="RGB's share of negative passages.")] = None,
    resume: Annotated[str | None, typer.Option(help="Resume this unfinished run.")] = None,
    rescore: Annotated[
        str | None, typer.Option(help="Measure all answers of this run again instead of asking.")
    ] = None,
    judge: Annotated[str | None, typer.Option(help="A judge: openai+http://HOST:PORT/v1.")] = None,
    judge_model: JudgeModel = None,
    judge_key: JudgeKey = None,
    as_json: AsJson = False,
) -> None:
    """Answer a suite through the service, measure it, and keep the run; settings choose the chat model that answers."""
    from app.answering.domain import Policy
    from app.settings import Settings
    from eval.answers.measure import measured
    from eval.answers.suites import READERS, read_suite
    from eval.data_folder import data_folder
    from eval.development_sets import is_development_set, titled

    if suite not in READERS:
        raise typer.BadParameter(f"no suite {suite!r}; one of {', '.join(READERS)}")
    settings = Settings()
    source = data_folder(data)
    asked = None if judge is None else _judge(judge, judge_model, judge_key)
    chosen = read_suite(suite, source, noise=noise).only(
        kinds=_split(kinds), languages=_split(language), limit=None if rescore else limit
    )
    if not chosen.questions:
        fail(f"no question of {suite} is of these kinds and this language")
    with out_of(as_json).progress() as bars:
        kept = asyncio.run(
            measured(
                chosen,
                settings,
                data=source,
                policy=Policy(policy) if policy else None,
                resume=resume,
                rescore=rescore,
                judge=asked,
                progress=bars.show,
            )
        )
    figures = {name: _rounded(name, value) for name, value in kept.figures.items()}
    chat, judged_by, failures = (kept.manifest[name] for name in ("chat", "judge", "failures"))
    head = {"suite": kept.suite, "development_set": is_development_set(kept.suite), "run": kept.id, "chat": chat}
    document = {**head, **figures, "judge": judged_by, "failures": failures}
    _show(document, figures, f"{titled(kept.suite)}, run {kept.id}", as_json=as_json)


def judge(
    first: Annotated[str, typer.Argument(help="A run of answers, by id.")],
    second: Annotated[str, typer.Argument(help="Another run of the same suite.")],
    judge: Annotated[str, typer.Option(help="The judge: openai+http://HOST:PORT/v1.")],
    judge_model: JudgeModel = None,
    judge_key: JudgeKey = None,
    as_json: AsJson = False,
) -> None:
    """Which of two runs answers better: every pair is shown to the judge in both orders.

    The judgements are kept as a run; the same command resumes an interrupted run.
    """
    from eval.answers.judging.judge import prompts
    from eval.answers.judging.pairwise import compare, figures_of
    from eval.answers.judging.pointwise import between_judges
    from eval.runs import kept_runs

    runs = kept_runs()
    by = _judge(judge, judge_model, judge_key)
    out = out_of(as_json)
    a, b = runs.get(first), runs.get(second)
    head: dict[str, Json] = {"first": a.id, "second": b.id, "judge": by.name, "judge_prompts": prompts()["version"]}
    run = runs.begun_or_new("judge", a.suite, by.name, manifest=head)
    with out.progress() as bars:
        asyncio.run(compare(a.items, b.items, by, run, progress=bars.show))
    estimated = any(i.metrics["judge_estimated"] for i in run.items)
    figures = {**figures_of(run.items), **between_judges(a.items, b.items)}
    kept = run.finish(figures, told={"tokens_estimated": estimated})
    shown = {name: round(value, _DIGITS) for name, value in figures.items()}
    document = {"run": kept.id, **head, **shown, "tokens_estimated": estimated}
    _show(document, shown, f"run {kept.id}", as_json=as_json)


def _judge(url: str, model: str | None, key: str | None) -> "Judge":
    if not url.startswith("openai+http"):
        raise typer.BadParameter("--judge is openai+http://HOST:PORT/v1 or openai+https://...")
    from eval.answers.judging.judge import Judge
    from models.openai_chat import openai_chat

    server = url.removeprefix("openai+")
    return Judge(openai_chat(server, model=model, key=key), model or server)


def _show(document: Mapping[str, Any], figures: Mapping[str, float], last: str, *, as_json: bool) -> None:
    out = out_of(as_json)
    if as_json:
        out.json(document)
        return
    out.table(("figure", "value"), [{"figure": n, "value": v} for n, v in figures.items()])
    out.line(last)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _rounded(name: str, value: float) -> float:
    return int(value) if name.split()[0] in _COUNTS else round(value, _DIGITS)
