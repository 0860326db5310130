"""How an answer looks in a terminal."""

import pytest

from app.cli.answer_page import show_answer, show_results

ANSWER = {
    "run": "run_1",
    "question": "睡眠有什么影响？",
    "language": "zh",
    "sufficiency": "answer",
    "answer": "睡眠使间隙增加60%。[1]",
    "notice": "",
    "sentences": [{"text": "睡眠使间隙增加60%。", "citations": [1], "verdict": "supported"}],
    "citations": [
        {
            "number": 1,
            "kind": "passage",
            "title": "Sleep drives metabolite clearance from the adult brain",
            "quote": "a 60% increase in the interstitial space",
            "source_id": "PM-24136970",
            "year": 2013,
            "page": 3,
        }
    ],
    "nearest": [],
}


def test_an_answer_shows_marks_and_evidence_with_page(capsys: pytest.CaptureFixture[str]) -> None:
    show_answer(ANSWER)
    shown = " ".join(capsys.readouterr().out.split())
    assert "睡眠使间隙增加60%。[1]" in shown
    assert "[1] Sleep drives" in shown
    assert "PM-24136970 2013 第 3 页" in shown


def test_a_refusal_shows_what_comes_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    refusal = ANSWER | {
        "sufficiency": "cannot_answer",
        "answer": "知识库中没有这个问题的答案。",
        "sentences": [],
        "nearest": ANSWER["citations"],
    }
    show_answer(refusal)
    shown = capsys.readouterr().out
    assert "知识库中没有这个问题的答案。" in shown
    assert "最接近的资料" in shown


def test_nothing_found_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    show_results({"entities": [], "results": [], "facts": []}, "en")
    assert "Nothing was found." in capsys.readouterr().out
