"""Two runs' answers to the same questions, each pair judged in both orders."""

from collections.abc import Mapping, Sequence

from eval.answers.judging.agreement import agreement
from eval.answers.judging.domain import Preference
from eval.answers.judging.judge import Judge
from eval.answers.judging.pointwise import gold_answer
from eval.runs import Item, Json, OpenRun
from kg.progress import Progress, untold

_WINNERS = {
    "straight": {"A": "first", "B": "second", "tie": "tie"},
    "swapped": {"A": "second", "B": "first", "tie": "tie"},
}
"""By order, the run whose answer was preferred."""


async def compare(
    first: Sequence[Item],
    second: Sequence[Item],
    judge: Judge,
    run: OpenRun,
    *,
    progress: Progress = untold,
) -> None:
    """Judge what both runs answered, the gold has words for and the open run does not hold yet.

    Each pair is kept as soon as it is judged; one without a reply that holds in one of the orders is kept as failed.
    """
    other = {item.id: item for item in second}

    async def judged(a: Item) -> Item:
        before, b = dict(judge.costs), other[a.id]
        replies = {"straight": await _preferred(a, b, judge), "swapped": await _preferred(b, a, judge)}
        return _item(a, b, replies, judge.spent_since(before))

    both = [a for a in first if a.id in other and gold_answer(a)]
    await run.fill(both, judged, stage="judge", progress=progress)


def figures_of(items: Sequence[Item]) -> dict[str, float]:
    """Shares of wins and ties, agreement between the orders, how often the one shown first was preferred, and costs.

    A pair is a tie where the two orders disagree.
    """
    judged = [i for i in items if not i.metrics["failed"]]
    n = len(judged)
    made = {"n": float(n), "failed": float(len(items) - n)}
    if n:
        for figure in ("first_wins", "second_wins", "ties"):
            made[figure] = sum(i.metrics[figure] for i in judged) / n
        straight, swapped = ({i.id: str(i.detail[order]) for i in judged} for order in _WINNERS)
        decided = [winner == "first" for winner in straight.values() if winner != "tie"]
        decided += [winner == "second" for winner in swapped.values() if winner != "tie"]
        made |= agreement("{} between orders", straight, swapped)
        if decided:
            made["shown first preferred"] = sum(decided) / len(decided)
    for cost in ("calls", "tokens", "seconds", "failures"):
        made[cost] = sum(i.metrics[f"judge_{cost}"] for i in items)
    return made


def _item(a: Item, b: Item, replies: Mapping[str, Preference | None], costs: Mapping[str, float]) -> Item:
    winners = {order: _WINNERS[order][reply.better] if reply else "" for order, reply in replies.items()}
    metrics = {"failed": float("" in winners.values()), **costs}
    if not metrics["failed"]:
        one, two = winners.values()
        winner = one if one == two else "tie"
        metrics |= {f"{name}_wins": float(winner == name) for name in ("first", "second")}
        metrics |= {"ties": float(winner == "tie"), "orders_agree": float(one == two)}
    detail: dict[str, Json] = {
        "question": a.detail["question"],
        "gold": gold_answer(a),
        "first": a.detail["answer"],
        "second": b.detail["answer"],
        **winners,
        "reasons": [reply.reason if reply else "" for reply in replies.values()],
    }
    return Item(a.id, metrics, a.groups, a.cluster, detail)


async def _preferred(a: Item, b: Item, judge: Judge) -> Preference | None:
    asked = {"question": str(a.detail["question"]), "gold": gold_answer(a)}
    answers = {"a": str(a.detail["answer"]), "b": str(b.detail["answer"])}
    return await judge.ask("preference", asked | answers, Preference)
