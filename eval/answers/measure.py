"""The use case: a suite answered (or an earlier run's answers taken again), measured, judged and kept."""

from collections.abc import Mapping
from pathlib import Path

from app.answering.domain import Policy
from app.providers import embedder_of
from app.settings import Settings
from eval import open_runs
from eval.answers.domain import AnswerSuite
from eval.answers.figures import failures_of, figures_of
from eval.answers.judging.judge import Judge, prompts
from eval.answers.judging.pointwise import agreement_with_gold
from eval.answers.run import kept_answers, measure, opened
from eval.open_runs import OpenRun, Progress
from eval.runs import EvalRun, EvalRuns, Json, UnknownRun

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
    progress: Progress | None = None,
) -> EvalRun:
    """Run a suite and keep it; ``resume`` names an unfinished run, ``rescore`` a kept one whose answers are taken.

    Raises UnknownRun where there is no such run.
    """
    folder = settings.home_path / "eval" / "runs"
    embedder = embedder_of(settings)
    manifest: dict[str, Json] = {
        "policy": policy.value if policy else settings.unsupported,
        "questions": [q.id for q in suite.questions],
        "data": str(data),
        "embedder": embedder.identity,
        "judge": judge.name if judge else None,
        "judge_prompts": prompts()["version"] if judge else None,
    }
    if rescore is not None:
        source = EvalRuns(folder).get(rescore)
        suite = _covered(suite, source)
        manifest |= {"chat": source.manifest.get("chat"), "policy": source.manifest.get("policy")}
        manifest |= {"questions": [q.id for q in suite.questions], "answers_of": source.id}
        run = _opened(folder, suite, manifest, resume)
        await measure(suite.questions, kept_answers(source.items), run, judge=judge, progress=progress)
        return _finished(run, judge)
    async with opened(
        suite, settings, data=settings.shared_data, embedder=embedder, policy=policy, progress=progress
    ) as service:
        run = _opened(folder, suite, {**manifest, "chat": service.chat}, resume)
        await measure(suite.questions, service.answer, run, judge=judge, progress=progress)
    return _finished(run, judge)


def _covered(suite: AnswerSuite, source: EvalRun) -> AnswerSuite:
    known = {item.id for item in source.items}
    questions = tuple(q for q in suite.questions if q.id in known)
    if source.kind != "answers" or not questions:
        raise UnknownRun(f"{source.id} holds no answers to {suite.name}")
    if not all("answered" in item.detail for item in source.items):
        raise UnknownRun(f"{source.id} was kept by an earlier version, whose answers cannot be measured again")
    return AnswerSuite(suite.name, questions, suite.knowledge)


def _opened(folder: Path, suite: AnswerSuite, manifest: Mapping[str, Json], resume: str | None) -> OpenRun:
    if resume is None:
        return open_runs.begin(folder, "answers", suite.name, str(manifest["chat"]), manifest=manifest)
    run = open_runs.resume(folder, resume)
    for name in _SAME_WHEN_RESUMED:
        if run.manifest.get(name) != manifest[name]:
            raise UnknownRun(f"{run.id} was begun with another {name}; resume it with the options it was begun with")
    return run


def _finished(run: OpenRun, judge: Judge | None) -> EvalRun:
    figures = figures_of(run.items)
    if judge is not None:
        figures |= agreement_with_gold(run.items)
    return run.finish(figures, told={"failures": failures_of(run.items)})
