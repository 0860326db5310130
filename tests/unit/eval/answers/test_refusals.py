"""Declining what cannot be answered, and only that."""

from dataclasses import replace

from eval.answers.domain import AnswerQuestion
from eval.answers.refusals import Refusals, refusals, refused_rightly
from tests.unit.eval.answers.answered import answer, refusal

PREMISE = AnswerQuestion(
    "q",
    "Why does sleep reduce the interstitial space?",
    kind="unanswerable",
    answer="The premise is wrong: natural sleep enlarges the interstitial volume by 60%.",
    answerable=False,
    false_premise=True,
)


def test_declining_is_right_where_nothing_can_be_answered() -> None:
    assert refused_rightly(PREMISE, refusal())


def test_a_false_premise_may_be_corrected_instead() -> None:
    corrected = answer(("Natural sleep enlarges the interstitial volume by 60%.", (1,)))
    assert refused_rightly(PREMISE, corrected)
    assert not refused_rightly(replace(PREMISE, false_premise=False), corrected)


def test_going_along_with_a_false_premise_is_wrong() -> None:
    assert not refused_rightly(PREMISE, answer(("Sleep reduces the interstitial space by noradrenaline.", (1,))))


def test_precision_and_recall_of_declining() -> None:
    declined, answerable = [True, True, False, False], [False, True, False, True]
    assert refusals(declined, answerable) == Refusals(0.5, 0.5)
    assert refusals([False], [True]) == Refusals(None, None)
