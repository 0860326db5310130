"""The use case: a suite answered (or an earlier run's answers taken again), measured, judged and kept."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path

from app.answering.domain import Policy
from app.providers import embedder_of
from app.settings import Settings
from eval.answers.domain import Answered, AnswerQuestion, AnswerSuite
from eval.answers.figures import failures_of, figures_of
from eval.answers.judging.judge import Judge, prompts
from eval.answers.judging.pointwise import agreement_with_gold, judged
from eval.answers.run import opened
from eval.answers.score import answered_of, scored
from eval.runs import EvalRun, EvalRuns, Item, Json, OpenRun, UnknownRun, kept_runs
from kg.progress import Progress, untold

_SAME_WHEN_RESUMED = ("chat", "policy", "questions", "data", "judge")


async def measured(
    suite: AnswerSuite,
    settings: Settings,
    *,
    data: Path,
    policy: Policy | None = None,
    resume: str | None = None,
    rescore: str | None = None,
    judge: Judge | None = None,
    progress: Progress = untold,
) -> EvalRun:
    """Run a suite and keep it; ``resume`` names an unfinished run, ``rescore`` a kept one whose answers are taken.

    Raises UnknownRun where there is no such run.
    """
    runs = kept_runs(settings)
    embedder = embedder_of(settings)
    manifest: dict[str, Json] = {
        "policy": policy.value if policy else settings.unsupported,
        "questions": [q.id for q in suite.questions],
        "data": str(data),
        "embedder": embedder.identity,
        "judge": judge.name if judge else None,
        "judge_prompts": prompts()["version"] if judge else None,
    }
    if rescore is None:
        async with opened(
            suite, settings, data=settings.shared_data, embedder=embedder, policy=policy, progress=progress
        ) as service:
            run = _opened(runs, suite, {**manifest, "chat": service.chat}, resume)
            return await _measured(suite, service.answer, run, judge, progress)
    source = runs.get(rescore)
    suite = _covered(suite, source)
    answers = {item.id: answered_of(item) for item in source.items}

    async def kept(question: AnswerQuestion) -> Answered:
        return answers[question.id]

    manifest |= {name: source.manifest.get(name) for name in ("chat", "policy")}
    manifest |= {"questions": [q.id for q in suite.questions], "answers_of": source.id}
    return await _measured(suite, kept, _opened(runs, suite, manifest, resume), judge, progress)


async def _measured(
    suite: AnswerSuite,
    answer: Callable[[AnswerQuestion], Awaitable[Answered]],
    run: OpenRun,
    judge: Judge | None,
    progress: Progress,
) -> EvalRun:
    """Answer, measure and judge what an open run does not hold yet, and finish it."""

    async def item_of(question: AnswerQuestion) -> Item:
        item = scored(question, await answer(question))
        return item if judge is None else await judged(item, judge)

    await run.fill(suite.questions, item_of, stage="answer", progress=progress)
    agreed = agreement_with_gold(run.items) if judge is not None else {}
    return run.finish({**figures_of(run.items), **agreed}, told={"failures": failures_of(run.items)})


def _covered(suite: AnswerSuite, source: EvalRun) -> AnswerSuite:
    known = {item.id for item in source.items}
    questions = tuple(q for q in suite.questions if q.id in known)
    if source.kind != "answers" or not questions:
        raise UnknownRun(f"{source.id} holds no answers to {suite.name}")
    if not all("answered" in item.detail for item in source.items):
        raise UnknownRun(f"{source.id} was kept by an earlier version, whose answers cannot be measured again")
    return replace(suite, questions=questions)


def _opened(runs: EvalRuns, suite: AnswerSuite, manifest: Mapping[str, Json], resume: str | None) -> OpenRun:
    if resume is None:
        return runs.begin("answers", suite.name, str(manifest["chat"]), manifest=manifest)
    run = runs.resume(resume)
    for name in _SAME_WHEN_RESUMED:
        if run.manifest.get(name) != manifest[name]:
            raise UnknownRun(f"{run.id} was begun with another {name}; resume it with the options it was begun with")
    return run
