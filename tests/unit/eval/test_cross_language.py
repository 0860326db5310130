"""The Chinese questions of English abstracts."""

from pathlib import Path

from eval.retrieval.cross_language import PARTS, glossary_named, questions
from kg.documents.language import language_of
from retrieval.text.glossary import bundled_glossary


def test_every_question_is_chinese_and_has_an_abstract_of_its_own() -> None:
    asked = [q for part in PARTS for q in questions(part)]
    assert len({q.id for q in asked}) == len(asked) == 100
    assert len({next(iter(q.gold)) for q in asked}) == 100
    assert all(language_of(q.text) == "zh" for q in asked)


def test_half_of_the_first_questions_are_held_out() -> None:
    assert [len(questions(part)) for part in PARTS] == [30, 30, 40]


def test_a_glossary_is_named_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "terms.tsv"
    file.write_text("zh\ten\n脑\tbrain\n", "utf-8")
    assert glossary_named(str(file)).english("脑") == "brain"
    assert glossary_named("none").english("脑脊液") == ""
    assert glossary_named("bundled") is bundled_glossary()
