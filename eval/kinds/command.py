"""``jianxi eval kinds``: questions by kind, asked of the product on this home."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.output import AsJson, fail, out_of

if TYPE_CHECKING:
    from app.providers import ChatChoice
    from app.settings import Settings
    from eval.kinds.questions import KindQuestion
    from eval.runs import EvalRun, Item
    from kg.progress import Progress
    from models.protocols import Embedder


def kinds(
    data: Annotated[
        Path, typer.Option(help="JSON Lines: id, kind, language, history, question, gold, never, answered.")
    ],
    kind: Annotated[list[str] | None, typer.Option(help="Only this kind; may be given several times.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask questions of every kind and count those handled right; the library and graph are those of this home.

    The same command resumes an interrupted run.
    """
    from app.settings import Settings
    from eval.kinds.questions import read_questions

    out = out_of(as_json)
    questions = [q for q in read_questions(data) if not kind or q.kind in kind]
    if not questions:
        fail(f"{data} has no question of these kinds")
    with out.progress() as bars:
        run = asyncio.run(measured(questions, data, Settings(), bars.show))
    shown = document_of(run)
    if as_json:
        out.json(shown)
        return
    by_kind: dict[str, Any] = shown["by_kind"]
    out.table(("kind", "right", "n"), [{"kind": name, **counts} for name, counts in by_kind.items()])
    for failure in shown["failures"]:
        out.text(f"{failure['id']} {failure['kind']}: {failure['question']}\n  {'; '.join(failure['faults'])}")
    out.line(f"{shown['right']} of {shown['n']} handled right, run {run.id}")


async def measured(
    questions: "Sequence[KindQuestion]",
    data: Path,
    settings: "Settings",
    progress: "Progress",
    *,
    embedder: "Embedder | None" = None,
    chat: "ChatChoice | None" = None,
) -> "EvalRun":
    """Ask what the run does not hold yet, and keep it; ``embedder`` and ``chat`` are the tests' doubles."""
    from app.bootstrap import build
    from eval.runs import kept_runs

    async with build(settings, embedder=embedder, chat=chat) as app:
        name = (await app.chat()).name
        manifest = {"chat": name, "data": str(data), "questions": [q.id for q in questions]}
        run = kept_runs(settings).begun_or_new("kinds", data.stem, name, manifest=manifest)
        answering = await app.answering()
        await run.fill(questions, lambda q: _asked(q, answering), stage="asked", progress=progress)
    right = [item.metrics["right"] for item in run.items]
    return run.finish({"right": sum(right) / len(right)}, order=[q.id for q in questions])


def document_of(run: "EvalRun") -> dict[str, Any]:
    """A run as ``--json`` prints it: counts by kind and every failure."""
    asked = Counter(item.groups["kind"] for item in run.items)
    wrong = [item for item in run.items if not item.metrics["right"]]
    missed = Counter(item.groups["kind"] for item in wrong)
    return {
        "run": run.id,
        "chat": run.manifest["chat"],
        "n": len(run.items),
        "right": len(run.items) - len(wrong),
        "by_kind": {kind: {"right": n - missed[kind], "n": n} for kind, n in asked.items()},
        "failures": [{"id": item.id, "kind": item.groups["kind"], **item.detail} for item in wrong],
    }


async def _asked(question: "KindQuestion", answering: Any) -> "Item":
    from app.answering.domain import AnswerRequest
    from eval.answers.ask import ask
    from eval.kinds.questions import faults
    from eval.runs import Item

    answered = await ask(answering, AnswerRequest(question.text, question.history))
    wrong = faults(question, answered)
    return Item(
        question.id,
        {"right": float(not wrong), "seconds": answered.seconds},
        {"kind": question.kind, "language": question.language},
        detail={
            "question": question.text,
            "expect": question.expect,
            "answer": answered.text,
            "sufficiency": answered.sufficiency,
            "faults": wrong,
        },
    )
