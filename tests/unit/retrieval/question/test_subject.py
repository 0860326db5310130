"""What a question says of the request is not searched for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.question.subject import BUNDLED, bundled_subject_model, subject_of
from retrieval.text.words import words
from training.question.data import FOLDER
from training.question.subject_model import measure, read_marked, whole_subjects


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("List the papers in this collection that deal with aquaporins.", "aquaporins."),
        ("Summarise the studies here on sleep, with each paper's main finding.", "sleep"),
        ("Which studies in this library show that mannitol widens the space?", "mannitol widens the space?"),
        ("What do the papers in this library say about mannitol?", "mannitol?"),
        ("Name three of the papers here that examine tortuosity and their conclusions.", "tortuosity"),
        ("Which drugs slow drainage according to this collection? Name four.", "Which drugs slow drainage"),
        ("请列出文献库中关于针刺治疗脑水肿的论文。", "针刺治疗脑水肿"),
        ("论文库中有哪些研究涉及睡眠与引流?请列出三项及其主要结论。", "睡眠与引流"),
        ("哪些文献讨论了甘露醇?请总结其主要发现。", "甘露醇?"),
    ],
)
def test_a_request_for_papers_is_about_its_subject(question: str, subject: str) -> None:
    assert subject_of(question) == subject


@pytest.mark.parametrize(
    "question",
    [
        "Which drugs inhibit AQP4?",
        "What is the main finding of the study on tortuosity?",
        "Does the extracellular space widen during sleep?",
        "What is the volume fraction in the collection tube?",
        "图谱中哪些方剂同时用到三七和丹参?",
        "针刺能否减轻脑水肿?",
    ],
)
def test_a_question_about_a_thing_stays_as_it_is(question: str) -> None:
    assert subject_of(question) == question


@pytest.mark.parametrize("question", ["List the papers here.", "请列出", "Give the study for each."])
def test_a_request_without_a_subject_is_searched_as_it_is(question: str) -> None:
    assert subject_of(question) == question


@given(st.text(max_size=200))
def test_nothing_is_searched_that_was_not_asked(question: str) -> None:
    assert set(words(subject_of(question))) <= set(words(question))


def test_requests_held_out_are_told_from_their_subjects() -> None:
    marked, whole = read_marked(FOLDER / "subjects_held_out.tsv"), whole_subjects(FOLDER / "held_out.tsv")
    figures = measure(bundled_subject_model(), marked, whole)
    assert figures["tokens"] > 0.92
    assert figures["kept_whole"] > 0.95
    assert BUNDLED.stat().st_size < 2**19
