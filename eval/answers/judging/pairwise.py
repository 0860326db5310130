"""Two runs' answers to the same questions, each pair judged in both orders."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.answers.judging.agreement import agreement, kappa
from eval.answers.judging.domain import Preference
from eval.answers.judging.judge import Judge
from eval.answers.judging.pointwise import gold_answer
from eval.runs import Item


@dataclass(frozen=True, slots=True)
class Pair:
    """One question: who won with each order of showing, as ``first``, ``second`` (of the runs) or ``tie``."""

    id: str
    straight: str
    swapped: str

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
            pairs.append(Pair(a.id, straight, swapped))
    return Preferences(tuple(pairs), len(both) - len(pairs))


async def _better(a: Item, b: Item, judge: Judge, *, names: tuple[str, str]) -> str | None:
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
    return None if reply is None else {"A": names[0], "B": names[1], "tie": "tie"}[reply.better]
