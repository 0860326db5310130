"""The words of a subject's questions, read from the file beside its domain."""

from pathlib import Path

import pytest

from kg.errors import InvalidOntology
from kg.ontology import Domain, load_domain

_DOMAIN = """
name: tea
label: {zh: 茶, en: tea}
about: {zh: 茶, en: tea}
types:
  Tea: {zh: 茶, en: tea}
predicates:
  is_a: {zh: 是一种, en: is a, domain: [any], range: [any]}
grades:
  tasted: {zh: 品过, en: tasted}
"""


def _tea(folder: Path, words: str) -> Domain:
    (folder / "domain.yaml").write_text(_DOMAIN, "utf-8")
    (folder / "question_words.yaml").write_text(words, "utf-8")
    return load_domain(folder)


def test_words_of_an_attribute_are_firm_altogether_or_in_part(tmp_path: Path) -> None:
    words = _tea(
        tmp_path,
        "attributes:\n  colour: {firm: true, words: [颜色, colour]}\n  price: {firm: [cost], words: [cost, how much]}\n"
        "  origin: {words: [产地], told_by: [is_a]}\n",
    ).ontology.question_words
    assert words.attributes["colour"].firm == ("颜色", "colour")
    assert words.attributes["price"].firm == ("cost",)
    assert (words.attributes["origin"].firm, words.attributes["origin"].told_by) == ((), ("is_a",))


def test_an_attribute_without_a_label_is_called_by_its_key(tmp_path: Path) -> None:
    words = _tea(tmp_path, "labels:\n  colour: {zh: 颜色, en: Colour}\n").ontology.question_words
    assert [words.label("colour", language) for language in ("zh", "en", "fr")] == ["颜色", "Colour", "Colour"]
    assert words.label("price", "en") == "price"


def test_every_problem_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidOntology) as raised:
        _tea(
            tmp_path, "grades:\n  heard: [heard]\nattributes:\n  origin: {words: [产地], told_by: [grows_in]}\nhue: 1\n"
        )
    told = str(raised.value)
    assert "question_words.yaml:2: unknown grade 'heard'" in told
    assert "question_words.yaml:4: attribute origin names the unknown predicate 'grows_in'" in told
    assert "question_words.yaml:5: unknown field 'hue'" in told


def test_a_domain_without_words_of_its_own_has_none(tmp_path: Path) -> None:
    (tmp_path / "domain.yaml").write_text(_DOMAIN, "utf-8")
    assert load_domain(tmp_path).ontology.question_words.attributes == {}
