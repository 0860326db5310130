"""An item holds the metrics that apply, and says what went wrong."""

from dataclasses import replace

import pytest

from eval.answers.domain import Answered, AnswerQuestion
from eval.answers.facts import facts_found
from eval.answers.failures import failure
from eval.answers.score import answered_of, refused_rightly, scored
from eval.runs import Item
from tests.unit.eval.answers.answered import answer, fact, passage, refusal

PREMISE = AnswerQuestion(
    "q",
    "Why does sleep reduce the interstitial space?",
    kind="unanswerable",
    answer="The premise is wrong: natural sleep enlarges the interstitial volume by 60%.",
    answerable=False,
    false_premise=True,
)
QUESTION = AnswerQuestion(
    "q1",
    "Which cells touch the vessel?",
    kind="single_fact",
    answer="Microglia",
    facts=("Microglial processes touch the vessel",),
    sources=("PM-1",),
    quotes=("microglia touch",),
)
RIGHT = answer(("Only microglia touch it", (1,)), evidence=(passage(1, "Only microglia touch it"),))


def item(question: AnswerQuestion, answered: Answered) -> Item:
    return scored(question, answered)


def test_a_right_answer_has_its_facts_citations_and_no_failure() -> None:
    made = item(QUESTION, RIGHT)
    wanted = {"facts_found": 1.0, "wrong_refusal": 0.0, "uncited": 0.0, "gold_citation_recall": 1.0}
    assert {k: made.metrics[k] for k in wanted} == wanted
    assert made.metrics["quotes_given"] == 1.0
    assert made.detail["failure"] == ""
    assert "right_refusal" not in made.metrics
    assert made.cluster == "PM-1"


def test_a_refusal_of_an_answerable_question_finds_nothing_and_is_no_citation() -> None:
    made = item(QUESTION, refusal(passage(1, "Only microglia touch it")))
    assert (made.metrics["facts_found"], made.metrics["wrong_refusal"]) == (0.0, 1.0)
    assert "gold_citation_recall" not in made.metrics


def test_an_unanswerable_question_is_measured_by_refusal_alone() -> None:
    made = item(replace(QUESTION, answerable=False), refusal())
    assert made.metrics["right_refusal"] == 1.0
    assert "facts_found" not in made.metrics


def test_labels_and_falsified_answers_are_measured_where_the_suite_has_them() -> None:
    labelled = item(AnswerQuestion("q", "Does it help?", label="yes"), answer(("Yes, it improved health.", (1,))))
    assert labelled.metrics["label_right"] == 1.0
    assert labelled.detail["failure"] == ""
    denied = item(AnswerQuestion("q", "Does it help?", label="yes"), answer(("No, it did not.", (1,))))
    assert denied.detail["failure"] == "wrong label"
    assert item(AnswerQuestion("q", "Which?", answer="This"), answer(("That.", ()))).detail["failure"] == ""
    misled = item(
        AnswerQuestion("q", "Where?", answers=(("Tampa",),), wrong=("Glendale",)), answer(("In Glendale", ()))
    )
    assert (misled.metrics["right"], misled.metrics["misled"]) == (0.0, 1.0)
    assert misled.detail["failure"] == "falsified evidence followed"


def test_an_answer_is_read_back_from_its_item_whole() -> None:
    told = replace(RIGHT, evidence=(*RIGHT.evidence, fact(2, "补血汤", "当归")), dropped=("x",), seconds=1.5, run="r")
    assert answered_of(item(QUESTION, told)) == told


OTHER = passage(2, "Bones heal", "PM-2")
GOLD = passage(1, "Only microglia touch it")


@pytest.mark.parametrize(
    ("answered", "why"),
    [
        (refusal(OTHER), "declined, evidence not retrieved"),
        (refusal(GOLD), "declined although evidence was there"),
        (refusal(GOLD, dropped=("Microglia touch the vessel.",)), "right sentence dropped as unsupported"),
        (refusal(GOLD, dropped=("Stars shine.",)), "all sentences dropped as unsupported"),
        (answer(("Bones heal", (2,)), evidence=(OTHER,)), "evidence not retrieved"),
        (answer(("Bones heal", (2,)), evidence=(GOLD, OTHER)), "wrong paper"),
        (answer(("It stands", (1,)), evidence=(GOLD,)), "wrong sentence"),
        (replace(refusal(), error="timeout"), "run failed: timeout"),
    ],
)
def test_the_first_thing_that_went_wrong_is_told(answered: Answered, why: str) -> None:
    found = facts_found(QUESTION.facts, answered.claimed, question=QUESTION.text)
    assert failure(QUESTION, answered, found, right_refusal=False) == why


def test_a_list_of_the_graph_falls_short_by_its_triples() -> None:
    question = AnswerQuestion("g", "哪些药？", facts=("含当归、黄芪",), triples=(("f", "has", "1"), ("f", "has", "2")))
    one = replace(fact(1, "f", "1"), triple=("f", "has", "1"))
    assert (
        failure(question, answer(("一", (1,)), evidence=(one,)), [False], right_refusal=False)
        == "graph list incomplete"
    )
    assert failure(question, refusal(), [False], right_refusal=False) == "graph question declined"


def test_declining_is_right_where_nothing_can_be_answered() -> None:
    assert refused_rightly(PREMISE, refusal())


def test_a_false_premise_may_be_corrected_instead() -> None:
    corrected = answer(("Natural sleep enlarges the interstitial volume by 60%.", (1,)))
    assert refused_rightly(PREMISE, corrected)
    assert not refused_rightly(replace(PREMISE, false_premise=False), corrected)


def test_going_along_with_a_false_premise_is_wrong() -> None:
    assert not refused_rightly(PREMISE, answer(("Sleep reduces the interstitial space by noradrenaline.", (1,))))
