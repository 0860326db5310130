"""Right answers beside careless ones, over the evidence that both rest on."""

import random

import pytest

from training.answers.papers import Paper
from training.answers.written import Written
from training.judge.contrast import of_row

PACKET = {
    letter: Paper(letter, letter, "2001", tuple(f"{letter} has {n} of the long measured values." for n in range(1, 30)))
    for letter in "ABC"
}
ROW = Written(
    packet="8-0",
    type="answer",
    lang="en",
    question="How many has A?",
    use=("A4", "B9"),
    answer="A has 4 [A4]. B has 9 [B9].",
    wrong="A has 9.",
)


@pytest.mark.parametrize("seed", range(10))
def test_answers_are_supported_and_the_careless_one_is_contradicted_by_evidence_that_holds_both(seed: int) -> None:
    made = list(of_row(ROW, PACKET, random.Random(seed)))
    alone = [(e.claim, e.label) for e in made if e.source == "contrast"]
    assert alone == [("A has 4.", "supported"), ("B has 9.", "supported"), ("A has 9.", "contradicted")]
    for example in made:
        assert "A has 4 of" in example.evidence
        assert "B has 9 of" in example.evidence
        assert "C has" not in example.evidence


def test_a_line_parts_sentences_that_are_no_neighbours() -> None:
    evidence = next(of_row(ROW, PACKET, random.Random(1))).evidence
    for line in evidence.splitlines():
        numbers = [int(sentence.split()[2]) for sentence in line.split(". ")]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_the_question_stands_before_the_answer_in_the_second_form() -> None:
    made = list(of_row(ROW, PACKET, random.Random(1)))
    assert [e.claim for e in made if e.source == "contrast_asked"] == [
        "How many has A? A has 4.",
        "How many has A? B has 9.",
        "How many has A? A has 9.",
    ]
