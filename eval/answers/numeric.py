"""Whether an answer gives the numbers that a gold answer gives, units converted."""

from app.answering.verify.quantities import Quantity, quantities, same


def numeric_match(answer: str, gold: str, *, question: str = "") -> float | None:
    """Share of the gold's quantities that the answer holds; None where the gold has none beside the question's."""
    asked = quantities(question)
    wanted = _without(quantities(gold), asked)
    if not wanted:
        return None
    told = quantities(answer)
    return sum(any(same(w, t) for t in told) for w in wanted) / len(wanted)


def _without(wanted: tuple[Quantity, ...], asked: tuple[Quantity, ...]) -> list[Quantity]:
    return [w for w in wanted if not any(same(w, a) for a in asked)]
