"""The Chinese questions of English abstracts."""

import json
from collections import Counter
from pathlib import Path

import pytest

from eval.retrieval.domain import Suite
from eval.retrieval.suites import suite_named
from kg.documents.language import language_of


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    papers, questions = tmp_path / "papers/glymphatic_abstracts", tmp_path / "bench/ecs"
    papers.mkdir(parents=True)
    questions.mkdir(parents=True)
    row = {"paper_id": "PM-1", "title": "Sleep", "abstract": "Sleep clears."}
    (papers / "corpus.jsonl").write_text(json.dumps(row), "utf-8")
    (questions / "questions.jsonl").write_text("", "utf-8")
    return suite_named("cross-language", tmp_path)


def test_every_question_is_chinese_and_has_an_abstract_of_its_own(suite: Suite) -> None:
    assert len({q.id for q in suite.questions}) == len(suite.questions) == 100
    assert len({next(iter(q.gold)) for q in suite.questions}) == 100
    assert all(language_of(q.text) == "zh" for q in suite.questions)


def test_half_of_the_first_questions_are_held_out(suite: Suite) -> None:
    assert Counter(q.kind for q in suite.questions) == {"open": 30, "held_out": 30, "after": 40}
