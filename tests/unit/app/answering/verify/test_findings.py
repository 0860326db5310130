"""What numbers and codes make of a finding."""

import pytest

from app.answering.domain import Verdict
from app.answering.verify.findings import CERTAIN, checked
from app.answering.verify.protocols import Claim, Finding, NumberedText

SUPPORTED = Finding(Verdict.SUPPORTED, CERTAIN[Verdict.SUPPORTED], 1)


def label(claim: str, evidence: str, *, reasoning: bool) -> Verdict:
    return checked(Claim(claim, (NumberedText(1, evidence),)), SUPPORTED, reasoning=reasoning).label


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Agrin is broken down by MMP9.", "Agrin was degraded by the matrix metalloproteinase 3 (MMP3)."),
        ("Levels reached 40% of plasma.", "Levels reached 10% of plasma."),
    ],
)
def test_another_number_in_a_place_is_contradicted_whoever_reads(claim: str, evidence: str) -> None:
    assert label(claim, evidence, reasoning=True) is Verdict.CONTRADICTED


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("On MRI the vessels light up.", "On black-blood imaging the vessels enhance."),
        ("H3K4 is methylated.", "The tail of H3 is methylated."),
        ("The pulse comes every 3 s.", "The pulsation of 0.3 Hz is centripetal."),
    ],
    ids=["a name that is absent", "a longer code", "a converted number"],
)
def test_who_reads_with_reasoning_is_believed_about_what_is_absent(claim: str, evidence: str) -> None:
    assert label(claim, evidence, reasoning=True) is Verdict.SUPPORTED
    assert label(claim, evidence, reasoning=False) is not Verdict.SUPPORTED
