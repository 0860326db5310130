"""Whether what could not be answered was declined, and what could was not."""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.answers.domain import Answered, AnswerQuestion
from eval.answers.facts import facts_found


@dataclass(frozen=True, slots=True)
class Refusals:
    """Precision and recall of declining; None where nothing was declined, or nothing had to be."""

    precision: float | None
    recall: float | None


def refused_rightly(question: AnswerQuestion, answered: Answered) -> bool:
    """Declined, or a false premise corrected: the answer states what the gold answer says is so instead."""
    if answered.declined:
        return True
    if not question.false_premise:
        return False
    corrections = [f for f in (question.answer, *question.facts) if f]
    return any(facts_found(corrections, answered.claimed, question=question.text))


def refusals(declined: Sequence[bool], answerable: Sequence[bool]) -> Refusals:
    """Over a run's questions, in one order."""
    right = sum(d and not a for d, a in zip(declined, answerable, strict=True))
    had_to = sum(not a for a in answerable)
    return Refusals(right / sum(declined) if any(declined) else None, right / had_to if had_to else None)
