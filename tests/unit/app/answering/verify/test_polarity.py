"""Which way a sentence goes."""

import pytest

from app.answering.verify.polarity import opposed, swapped


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("AQP4 deletion increases solute clearance", "AQP4 deletion decreases clearance of solutes"),
        ("Aqp4 deletion impaired tracer transport", "Aqp4 deletion did not impair tracer transport"),
        ("睡眠使组织间隙减少", "睡眠使组织间隙增加60%"),
        ("敲除AQP4会促进水肿", "敲除AQP4抑制水肿"),
        ("The ALPS index was negatively correlated with age", "The ALPS index showed a positive correlation with age"),
        ("ALPS指数与年龄呈正相关", "ALPS指数与年龄呈负相关"),
        (
            "Influx was faster in Snta1 knockout mice than in wild-type mice",
            "Influx was faster in wild-type mice than in Snta1 knockout mice",
        ),
        (
            "Oedema was reduced in AQP4 knockout mice",
            "Oedema was aggravated in AQP4 knockouts, but survival improved",
        ),
    ],
)
def test_opposites_are_seen(claim: str, evidence: str) -> None:
    assert opposed(claim, evidence)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("AQP4 deletion reduces clearance", "Clearance was decreased by AQP4 deletion"),
        ("Sleep increases clearance", "Sleep increases the interstitial space and reduces amyloid"),
        ("AQP4 deletion reduces clearance", "Exercise increases muscle mass"),
        ("AQP4 is a water channel", "AQP4 is expressed in endfeet"),
        ("睡眠增加清除", "睡眠时清除加快,炎症减轻"),
    ],
)
def test_agreement_and_other_subjects_are_not_opposed(claim: str, evidence: str) -> None:
    assert not opposed(claim, evidence)


def test_sides_are_swapped_only_when_both_are() -> None:
    assert not swapped("A-cells grow faster than B-cells", "A-cells grow faster than C-cells")
