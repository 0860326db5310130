"""Two runs' answers to the same questions, each pair judged in both orders."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.answers.judging.agreement import agreement, kappa
from eval.answers.judging.domain import Preference
from eval.answers.judging.judge import Judge
from eval.answers.judging.pointwise import gold_answer
from eval.runs import Item, Json


@dataclass(frozen=True, slots=True)
class Pair:
    """One question: who won with each order of showing, as ``first``, ``second`` (of the runs) or ``tie``.

    ``reasons`` are the judge's own words for both.
    """

    id: str
    straight: str
    swapped: str
    reasons: tuple[str, str] = ("", "")

    @property
    def winner(self) -> str:
        """A tie where the two orders disagree."""
        return self.straight if self.straight == self.swapped else "tie"


@dataclass(frozen=True, slots=True)
class Preferences:
    """All pairs; ``failed`` pairs had no reply that holds in one of the orders."""

    pairs: tuple[Pair, ...]
    failed: int

    def figures(self) -> dict[str, float]:
        """Shares of wins and ties, agreement between the orders, and how often the one shown first was preferred."""
        n = len(self.pairs)
        made = {"n": float(n), "failed": float(self.failed)}
        if not n:
            return made
        for figure, name in (("first_wins", "first"), ("second_wins", "second"), ("ties", "tie")):
            made[figure] = sum(p.winner == name for p in self.pairs) / n
        straight, swapped = [p.straight for p in self.pairs], [p.swapped for p in self.pairs]
        decided = [p.straight == "first" for p in self.pairs if p.straight != "tie"]
        decided += [p.swapped == "second" for p in self.pairs if p.swapped != "tie"]
        made["agreement between orders"] = agreement(straight, swapped)
        made["kappa between orders"] = kappa(straight, swapped)
        if decided:
            made["shown first preferred"] = sum(decided) / len(decided)
        return made


async def compare(
    first: Sequence[Item], second: Sequence[Item], judge: Judge, *, progress: Callable[[int, int], None] | None = None
) -> Preferences:
    """Judge what both runs answered and the gold has words for."""
    other = {item.id: item for item in second}
    both = [(a, other[a.id]) for a in first if a.id in other and gold_answer(a)]
    pairs: list[Pair] = []
    for number, (a, b) in enumerate(both):
        if progress is not None:
            progress(number, len(both))
        straight = await _better(a, b, judge, names=("first", "second"))
        swapped = await _better(b, a, judge, names=("second", "first"))
        if straight and swapped:
            pairs.append(Pair(a.id, straight[0], swapped[0], (straight[1], swapped[1])))
    return Preferences(tuple(pairs), len(both) - len(pairs))


def items_of(found: Preferences, first: Sequence[Item], second: Sequence[Item]) -> list[Item]:
    """The pairs as items of a run, with both answers and the judge's reasons."""
    one, other = {i.id: i for i in first}, {i.id: i for i in second}
    return [_item(pair, one[pair.id], other[pair.id]) for pair in found.pairs]


def _item(pair: Pair, a: Item, b: Item) -> Item:
    metrics = {f"{name}_wins": float(pair.winner == name) for name in ("first", "second")}
    metrics |= {"ties": float(pair.winner == "tie"), "orders_agree": float(pair.straight == pair.swapped)}
    detail: dict[str, Json] = {
        "question": a.detail["question"],
        "gold": gold_answer(a),
        "first": a.detail["answer"],
        "second": b.detail["answer"],
        "straight": pair.straight,
        "swapped": pair.swapped,
        "reasons": list(pair.reasons),
    }
    return Item(pair.id, metrics, a.groups, a.cluster, detail)


async def _better(a: Item, b: Item, judge: Judge, *, names: tuple[str, str]) -> tuple[str, str] | None:
    reply = await judge.ask(
        "preference",
        {
            "question": str(a.detail["question"]),
            "gold": gold_answer(a),
            "a": str(a.detail["answer"]),
            "b": str(b.detail["answer"]),
        },
        Preference,
    )
    if reply is None:
        return None
    return {"A": names[0], "B": names[1], "tie": "tie"}[reply.better], reply.reason
