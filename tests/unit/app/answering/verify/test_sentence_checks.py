"""What a small model makes of its evidence, and what the evidence says."""

from dataclasses import replace

import pytest

from app.answering.evidence import EvidenceItem, passage_item
from app.answering.verify.matching import EvidenceSentence, Matcher, cited
from app.answering.verify.sentence_checks import misread
from app.answering.verify.sentence_rules import judge
from kg.documents.language import language_of
from kg.documents.sentences import sentences
from models.scripted import HashingEmbedder
from retrieval.text.words import words
from tests.unit.app.answering.library import passages


def items(*texts: str) -> list[EvidenceItem]:
    """Papers by Xie, Iliff and Nicholson, with these texts."""
    return [
        passage_item(n, replace(p, passage=replace(p.passage, text=text)))
        for n, (p, text) in enumerate(zip(passages(), texts, strict=False), 1)
    ]


def problems(claim: str, source: str, *others: str) -> list[str]:
    every = items(source, *others)
    said = [source[a:b] for a, b in sentences(source)]
    held = [EvidenceSentence(1, s, frozenset(words(s)), language_of(s) == "en") for s in said]
    return misread(claim, every[:1], every, held)


@pytest.mark.parametrize(
    ("claim", "source", "told"),
    [
        ("Iliff's study found faster clearance during sleep", "Clearance was faster during sleep.", "not by: Iliff"),
        ("Both studies support convective transport", "Transport was convective in mice.", "whether these agree"),
        ("两篇研究的AQP4表达有显著差异", "感染小鼠的AQP4表达升高。", "whether these agree"),
        (
            "Amyloid stays in the arterial wall because aggregation is slow",
            "Aggregation is slow. Tracers were injected. Mice were imaged. Amyloid stays in the arterial wall.",
            "this cause",
        ),
        (
            "The ALPS index was negatively correlated with the MMSE score",
            "Diffusivity was negatively correlated with association fibres. The MMSE score and ALPS index were read.",
            "correlates",
        ),
        ("ALPS指数与MMSE评分呈负相关", "投射纤维与联络纤维的扩散率呈负相关。对ALPS和MMSE进行了测量。", "correlates"),
        (
            "AQP4 deficiency attenuated stem cell proliferation",
            "AQP4 deficiency attenuated the decrease in stem cell proliferation after infection.",
            "attenuated the decrease",
        ),
        (
            "Estradiol abolished swelling induced by vasopressin, hypoxia and aglycemia",
            "Estradiol abolished swelling induced by vasopressin or hypoxia, but not by aglycemia.",
            "excepts: aglycemia",
        ),
        (
            "Connexin 43 rose in astrocytes",
            "This review summarises alterations of connexin 43 in astrocytes.",
            "no cited sentence tells this direction",
        ),
        (
            "Head position improved transport in the living brain",
            "Estimation of transport in the living brain by head position.",
            "no cited sentence tells this direction",
        ),
    ],
)
def test_misreadings_are_told(claim: str, source: str, told: str) -> None:
    assert any(told in p for p in problems(claim, source, "Clearance was slower."))


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Xie's study found faster clearance during sleep", "Clearance was faster during sleep."),
        ("Clearance was faster during sleep", "Clearance was faster during sleep."),
        ("Both studies support convective transport", "Both studies support convective transport in the mouse brain."),
        (
            "Amyloid stays in the arterial wall because aggregation is slow",
            "Amyloid stays in the arterial wall. This is due to slow aggregation.",
        ),
        (
            "The ALPS index was negatively correlated with the MMSE score",
            "We found that the MMSE score and the ALPS index were negatively correlated.",
        ),
        ("Stimulation restored AQP4 polarization", "Stimulation restored the loss of AQP4 polarization."),
        (
            "AQP4 deficiency attenuated the decrease in proliferation",
            "AQP4 deficiency attenuated the decrease in proliferation after infection.",
        ),
        (
            "Estradiol abolished swelling induced by hypoxia but not by aglycemia",
            "Estradiol abolished swelling induced by vasopressin or hypoxia, but not by aglycemia.",
        ),
        ("10 mM钾使星形胶质细胞的水通透性增加40%", "10 mM potassium caused a 40% increase in water permeability."),
        (
            "The extracellular space occupies 20% of brain tissue",
            "The extracellular space occupies about 20% of the brain.",
        ),
    ],
)
def test_right_readings_are_let_pass(claim: str, source: str) -> None:
    assert problems(claim, source, "Clearance was slower.") == []


def test_a_quote_cites_the_source_that_holds_it_whatever_its_mark_says() -> None:
    matcher = Matcher(
        items("AQP4 deficiency inhibited astrocyte activation in mice.", "AQP4 deficiency is studied in astrocytes."),
        HashingEmbedder(),
    )
    matches = matcher.match("AQP4 deficiency inhibited astrocyte activation in mice.")
    assert [m.sentence.number for m in cited(matches, [2], least=0.1)] == [1]
    assert judge("AQP4 deficiency inhibited astrocyte activation in mice [2].", matcher).citations == (1,)


def test_a_mark_that_holds_is_kept() -> None:
    matcher = Matcher(
        items("Sleep raised clearance of amyloid in mice.", "In mice sleep raised clearance of amyloid."),
        HashingEmbedder(),
    )
    assert judge("Sleep raised clearance of amyloid in mice [2].", matcher).citations == (2,)
