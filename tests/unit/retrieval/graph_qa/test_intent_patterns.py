"""Patterns of intent from the words of languages and of subjects."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from kg.ontology import load_domain
from retrieval.graph_qa.intent_patterns import language_words, patterns_of, word_pattern, words_in

_HERBS = patterns_of(load_domain("ecs_tcm").ontology)
_PHYSICS = patterns_of(load_domain("alevel_physics").ontology)


def _matches(words: list[str], text: str) -> bool:
    return re.search(word_pattern(words), text) is not None


def test_english_words_match_whole_and_chinese_ones_anywhere() -> None:
    assert _matches(["unit of"], "the unit of force")
    assert not _matches(["unit of"], "a reunit often")
    assert _matches(["单位"], "力的单位是什么")


def test_an_english_word_may_stand_between_chinese_ones() -> None:
    assert _matches(["symbol"], "电荷的symbol是什么")


def test_a_star_stands_for_any_ending() -> None:
    assert _matches(["indicat*"], "its indications")
    assert not _matches(["indicat"], "its indications")


def test_the_same_question_is_read_by_the_subject_that_is_served() -> None:
    assert _PHYSICS.attributes["si_unit"].asked.search("力的国际单位是什么")
    assert "si_unit" not in _HERBS.attributes
    assert _HERBS.papers.search("哪些实验测定自由落体加速度")
    assert not _PHYSICS.papers.search("哪些实验测定自由落体加速度")


def test_a_language_is_one_file(tmp_path: Path) -> None:
    (tmp_path / "nl.yaml").write_text(language_words()["en"].model_dump_json(), "utf-8")
    assert words_in(tmp_path) == {"nl": language_words()["en"]}


def test_a_language_file_without_a_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "nl.yaml").write_text("measures: ''\n", "utf-8")
    with pytest.raises(ValidationError):
        words_in(tmp_path)
