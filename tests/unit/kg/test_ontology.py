from pathlib import Path

import pytest

from kg.domain import Polarity
from kg.errors import InvalidOntology
from kg.name_forms import NameForms
from kg.ontology import load_domain

GOOD = """\
name: plants
label: {zh: 植物, en: plants}
about: {zh: 植物, en: plants}
types:
  Herb: {zh: 草药, en: herb, cues: [herbal]}
  Compound: {zh: 化合物, en: compound}
groups:
  Thing: [Herb, Compound]
qualifiers:
  dose: {zh: 剂量, en: dose}
grades:
  clinical: {zh: 临床, en: clinical}
  animal: {zh: 动物, en: animal}
predicates:
  contains: {zh: 含, en: contains, domain: [Herb], range: [Compound]}
  raises: {zh: 提高, en: raises, domain: [Thing], range: [any], polarity: positive, qualifiers: [dose]}
"""


def problems_of(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "d.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidOntology) as caught:
        load_domain(path)
    return [p.replace(str(path), "d.yaml") for p in caught.value.problems]


def test_the_bundled_domain_holds_the_predicates_of_the_tables() -> None:
    ontology = load_domain("ecs_tcm").ontology
    assert ontology.problem_of("Formula", "formula_has_herb", "Herb") is None
    assert ontology.problem_of("Herb", "herb_has_compound", "Compound") is None
    assert ontology.problem_of("Gene", "mentioned_in", "Publication") is None
    assert ontology.problem_of("Gene", "located_in", "CellularComponent") is None
    assert next(iter(ontology.grades)) == "clinical"
    assert all(t.label.zh and t.label.en for t in ontology.types.values())


def test_another_laboratory_s_domain_is_read_from_its_path(tmp_path: Path) -> None:
    (tmp_path / "domain.yaml").write_text(GOOD, encoding="utf-8")
    domain = load_domain(tmp_path)
    assert domain == load_domain(tmp_path / "domain.yaml")
    raises = domain.ontology.predicates["raises"]
    assert raises.range == {"Herb", "Compound"}
    assert raises.polarities == (Polarity.POSITIVE,)
    assert raises.qualifiers == {"dose"}
    assert domain.ontology.strongest("animal", "clinical") == "clinical"
    assert domain.ontology.strongest(None, "animal") == "animal"


def test_a_domain_says_how_its_names_are_written(tmp_path: Path) -> None:
    assert load_domain("ecs_tcm").ontology.name_forms.gene_symbols
    assert load_domain("alevel_physics").ontology.name_forms == NameForms(letters=True)
    told = "names: {latin_parts: [Radix], letters: true}\n"
    (tmp_path / "domain.yaml").write_text(GOOD + told, encoding="utf-8")
    assert load_domain(tmp_path).ontology.name_forms == NameForms(frozenset({"radix"}), letters=True)
    assert "d.yaml" in problems_of(tmp_path, GOOD + "names: {genes: true}\n")[0]


def test_a_relation_between_wrong_types_is_explained(tmp_path: Path) -> None:
    (tmp_path / "domain.yaml").write_text(GOOD, encoding="utf-8")
    ontology = load_domain(tmp_path).ontology
    told = ontology.problem_of("Compound", "contains", "Compound")
    assert told == "contains cannot start at Compound; it starts at Herb"
    assert ontology.problem_of("Herb", "contains", "Herb") == "contains cannot end at Herb; it ends at Compound"
    assert ontology.problem_of("Herb", "cures", "Herb") == "unknown predicate 'cures'"


def test_every_error_is_told_with_its_line(tmp_path: Path) -> None:
    broken = (
        GOOD.replace("Compound: {zh: 化合物, en: compound}", "Compound: {zh: 化合物}\n  9x: {zh: 九, en: nine}")
        .replace("domain: [Herb], range: [Compound]", "domain: [Hreb], range: [Compund], colour: red")
        .replace("polarity: positive", "polarity: up")
        .replace("qualifiers: [dose]", "qualifiers: [does]")
    )
    assert problems_of(tmp_path, broken) == [
        "d.yaml:6: type Compound lacks 'en'",
        "d.yaml:7: '9x' is not an identifier: a letter, then letters, digits and underscores",
        "d.yaml:16: unknown field 'colour' in predicate contains; known are domain, en, polarity, qualifiers, range, "
        "symmetric, zh",
        "d.yaml:16: domain of predicate contains names the unknown type 'Hreb'",
        "d.yaml:16: range of predicate contains names the unknown type 'Compund'",
        "d.yaml:17: polarity of predicate raises is 'up'; it must be one of any, negative, none, positive",
        "d.yaml:17: predicate raises names the unknown qualifier 'does'",
    ]


def test_duplicate_names_are_told(tmp_path: Path) -> None:
    twice = "  Compound: {zh: 草药, en: compound}\n  Herb: {zh: 一, en: one}"
    broken = GOOD.replace("  Compound: {zh: 化合物, en: compound}", twice)
    assert problems_of(tmp_path, broken) == [
        "d.yaml:6: type Compound has the zh name '草药' of type Herb",
        "d.yaml:7: 'Herb' is there twice in types (first in line 5)",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "d.yaml:1: is empty"),
        ("name: [a\nb: c", "d.yaml:2: is not YAML: expected ',' or ']', but got ':'"),
        ("- a\n", "d.yaml:1: the domain must be a mapping"),
    ],
)
def test_a_file_that_is_no_domain_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    assert problem in problems_of(tmp_path, text)


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    path.write_bytes("name: x\nlabel: 植物\n".encode("gb18030"))
    with pytest.raises(InvalidOntology, match=r"d\.yaml:2: is not UTF-8"):
        load_domain(path)


def test_an_unknown_domain_names_the_bundled_ones() -> None:
    with pytest.raises(InvalidOntology, match=r"bundled are .*ecs_tcm"):
        load_domain("no_such_domain")
