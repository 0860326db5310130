"""One run's answers judged for correctness and faithfulness."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from eval.answers.citations import cited_evidence
from eval.answers.domain import Answered
from eval.answers.judging.agreement import agreement
from eval.answers.judging.domain import Correctness, Faithfulness
from eval.answers.judging.judge import Judge
from eval.answers.score import answered_of
from eval.runs import Item, Json

_WORTH = {"right": 1.0, "partly": 0.5, "wrong": 0.0, "declined": 0.0}


async def judged(item: Item, judge: Judge) -> Item:
    """The item with ``judged_correct`` and ``judged_faithful``; a judgement that failed is not there."""
    answered = answered_of(item)
    before = dict(judge.costs)
    metrics = dict(item.metrics)
    told: dict[str, Json] = {}
    gold = gold_answer(item)
    if gold and "wrong_refusal" in item.metrics:
        reply = await judge.ask(
            "correctness",
            {"question": str(item.detail["question"]), "gold": gold, "answer": answered.claimed or answered.text},
            Correctness,
        )
        if reply is not None:
            metrics["judged_correct"] = _WORTH[reply.verdict]
            told["correctness"] = {"verdict": reply.verdict, "reason": reply.reason}
    if not answered.declined:
        verdicts = await _faithfulness(str(item.detail["question"]), answered, judge)
        if verdicts:
            metrics["judged_faithful"] = sum(v == "supported" for v in verdicts) / len(verdicts)
            told["faithfulness"] = list(verdicts)
    metrics |= judge.spent_since(before)
    return replace(item, metrics=metrics, detail={**item.detail, "judge": {"name": judge.name, **told}})


def agreement_with_gold(items: Sequence[Item]) -> Mapping[str, float]:
    """Agreement and kappa between the judge's "right" and what the measures without a judge say."""
    judged = {i.id: i.metrics["judged_correct"] == 1.0 for i in items if "judged_correct" in i.metrics}
    return agreement("judge {} with gold", judged, {i.id: _right(i) for i in items})


def between_judges(first: Sequence[Item], second: Sequence[Item]) -> Mapping[str, float]:
    """Agreement and kappa between two judges of the same run, over what both judged."""
    one, two = ({i.id: i.metrics.get("judged_correct") for i in items} for items in (first, second))
    return agreement("judges {}", one, two)


async def _faithfulness(question: str, answered: Answered, judge: Judge) -> Sequence[str]:
    count = len(answered.sentences)
    sentences = "\n".join(
        f"{n}. {s.text} (cites {', '.join(map(str, s.citations)) or 'nothing'})"
        for n, s in enumerate(answered.sentences, 1)
    )
    evidence = "\n".join(f"[{e.number}] {e.title}: {e.text}" for e in cited_evidence(answered))
    reply = await judge.ask(
        "faithfulness",
        {"question": question, "count": str(count), "sentences": sentences, "evidence": evidence},
        Faithfulness,
        holds=lambda r: len(r.verdicts) == count,
    )
    return reply.verdicts if reply is not None else ()


def _right(item: Item) -> bool | None:
    measures = ("right", "label_right", "all_facts_found")
    return next((item.metrics[name] == 1.0 for name in measures if name in item.metrics), None)


def gold_answer(item: Item) -> str:
    """What the gold says in words; empty where it says nothing."""
    gold = item.detail.get("gold")
    if not isinstance(gold, Mapping):
        return ""
    groups = gold.get("answers")
    listed = groups if isinstance(groups, list | tuple) else ()
    spelled = "; ".join(str(g[0]) for g in listed if isinstance(g, list | tuple) and g)
    return str(gold.get("answer") or spelled or gold.get("label") or "")
