"""What the judge is shown of a claim."""

import pytest

from app.answering.verify.judge import JudgeVerifier
from app.answering.verify.protocols import Claim, NumberedText
from models.scripted import ScriptedJudge, ScriptedThresholds

EVIDENCE = (NumberedText(1, "Vessels need VEGF-C. Loss of VEGF-D changed nothing."),)
QUESTION = "Is VEGF-D one of the signals that the vessels need?"


class Asking(ScriptedJudge):
    """A judge that was trained to read a question before the claim."""

    description = ScriptedThresholds(reads_questions=True)


@pytest.mark.parametrize(
    ("judge", "question", "said"),
    [
        (Asking(), QUESTION, f"{QUESTION} VEGF-D is not one of them."),
        (Asking(), "", "VEGF-D is not one of them."),
        (Asking(), 40 * QUESTION, "VEGF-D is not one of them."),
        (ScriptedJudge(), QUESTION, "VEGF-D is not one of them."),
    ],
    ids=["after its question", "no question", "a long question", "a judge that reads claims alone"],
)
async def test_a_claim_is_read_behind_a_short_question_where_the_judge_knows_that(
    judge: ScriptedJudge, question: str, said: str
) -> None:
    await JudgeVerifier(judge).verify([Claim("VEGF-D is not one of them.", EVIDENCE, question)])
    assert judge.pairs == [(said, EVIDENCE[0].text)]


async def test_evidence_that_fits_is_read_as_one_text_and_the_deciding_piece_is_cited() -> None:
    judge = ScriptedJudge()
    pieces = (
        NumberedText(2, "The mice slept for six hours."),
        NumberedText(5, "Clearance of amyloid doubled in them."),
    )
    (found,) = await JudgeVerifier(judge).verify([Claim("Amyloid clearance doubled in sleeping mice.", pieces)])
    assert judge.pairs == [
        (
            "Amyloid clearance doubled in sleeping mice.",
            "The mice slept for six hours. Clearance of amyloid doubled in them.",
        )
    ]
    assert (found.number, found.quote) == (5, "Clearance of amyloid doubled in them.")


async def test_evidence_that_does_not_fit_is_read_piece_by_piece() -> None:
    judge = ScriptedJudge()
    pieces = tuple(NumberedText(n, 90 * "Water moves. ") for n in (1, 2))
    await JudgeVerifier(judge).verify([Claim("Water moves in the brain.", pieces)])
    assert len(judge.pairs) > 1


async def test_sentences_that_are_no_neighbours_are_never_read_as_one_text() -> None:
    judge = ScriptedJudge()
    pieces = (
        NumberedText(1, "EPO was given to mice.\nG-CSF acted through ERK."),
        NumberedText(2, 90 * "Water moves. "),
    )
    await JudgeVerifier(judge).verify([Claim("EPO acted through ERK.", pieces)])
    read = [text for _, text in judge.pairs]
    assert {"EPO was given to mice.", "G-CSF acted through ERK."} <= set(read)
    assert not any("EPO" in text and "G-CSF" in text for text in read)
