"""Numbers of claims against those of the evidence."""

import pytest

from app.answering.verify.numbers import number_problems


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("It lasted 2 hours.", "It lasted 120 minutes."),
        ("五分之一的患者好转。", "20% of the patients improved."),
        ("The diameter was 0.5 mm.", "管径为500 μm。"),
        ("Half a dozen groups met; two groups left.", "Groups met and some left."),
        ("30 patients and 20 controls took part.", "20 controls and 30 patients took part."),
        ("It was 0.13 mM.", "It was 126.9 μM."),
        ("Aβ40 left the brain.", "The peptide left the brain."),
    ],
)
def test_equal_numbers_raise_no_problem(claim: str, evidence: str) -> None:
    assert number_problems(claim, evidence) == ()


@pytest.mark.parametrize(
    ("claim", "evidence", "instead"),
    [
        ("The space rose by 80%.", "The space rose by 60%.", "60%"),
        ("30 patients and 20 controls took part.", "20 patients and 30 controls took part.", "20 patients"),
        ("每日120 mg。", "每日240 mg。", "240 mg"),
        ("It took 5 hours.", "It was seen in mice.", ""),
    ],
)
def test_another_number_is_named_with_what_stands_in_its_place(claim: str, evidence: str, instead: str) -> None:
    problems = number_problems(claim, evidence)
    assert problems[0].instead == instead


def test_a_number_of_the_question_may_be_repeated() -> None:
    assert number_problems("Of the 5 drugs one helps.", "One drug helps.", known="Which of the 5 drugs helps?") == ()


@pytest.mark.parametrize("claim", ["85% had an MRI.", "63 children took part."])
def test_what_arithmetic_on_the_evidence_gives_is_derivable(claim: str) -> None:
    (problem,) = number_problems(claim, "Of 34 children 29 had an MRI.")
    assert problem.derivable


def test_other_numbers_are_not_derivable() -> None:
    (problem,) = number_problems("It rose by 47%.", "It rose by 32% in 15 patients.")
    assert not problem.derivable
