"""Names that a reader writes otherwise than the graph does."""

import pytest

from kg.domain import EntityId, Name
from kg.names import readings
from kg.names.linker import Link, Linker
from kg.names.misspellings import Misspellings, distance
from kg.names.syllables import is_pinyin
from kg.ontology import load_domain
from kg.protocols import NamedEntity


def entity(id_: str, type_: str, *names: tuple[str, str]) -> NamedEntity:
    return NamedEntity(
        EntityId(id_), type_, tuple(Name(text, script, number == 0) for number, (text, script) in enumerate(names))
    )


ENTITIES = [
    entity("xiaoyao", "Formula", ("逍遥散", "zh")),
    entity("buzhong", "Formula", ("补中益气汤", "zh")),
    entity("zhuling", "Formula", ("猪苓汤", "zh")),
    entity("zhuling-herb", "Herb", ("猪苓", "zh"), ("ZHU LING", "pinyin")),
    entity("starch", "Herb", ("淀粉", "zh"), ("starch", "en")),
    entity("figwort", "Herb", ("玄参", "zh"), ("Figwort", "en"), ("Scrophularia ningpoensis", "la")),
    entity("northern", "Herb", ("北玄参", "zh"), ("Northern Figwort", "en"), ("Scrophularia buergeriana", "la")),
    entity("oil", "Compound", ("oil of figwort", "en")),
    entity("baicalein", "Compound", ("baicalein", "en")),
    entity("scopoletin", "Compound", ("isofraxidin glucoside", "en")),
    entity("rg1", "Compound", ("ginsenoside Rg1", "en")),
    entity("amyloid", "Protein", ("amyloid precursor protein", "en")),
    entity("aqp4", "Gene", ("AQP4", "symbol")),
    entity("cat2", "Gene", ("CAT2", "symbol")),
]
TERMS = {"淀粉样蛋白": "amyloid", "人参皂苷": "ginsenoside", "黄芩素": "baicalein", "逍遥散": "Xiaoyao powder"}
LINKER = Linker.build(ENTITIES, load_domain("ecs_tcm").ontology, terms=TERMS)


def read(text: str, *known: str) -> list[tuple[str, str, str]]:
    links = LINKER.link_question(text, known=frozenset(known))
    return [(text[link.start : link.end], link.entity_id, link.read_as) for link in links]


def test_what_is_prepared_is_not_built_by_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    linker = Linker.build(ENTITIES, load_domain("ecs_tcm").ontology)
    linker.prepare_questions()
    for index in ("Sounds", "Misspellings"):
        monkeypatch.delattr(readings, index)
    assert [link.entity_id for link in linker.link_question("xiaoyaosan")] == ["xiaoyao"]
    assert [link.entity_id for link in linker.link_question("baicalen")] == ["baicalein"]


@pytest.mark.parametrize(
    "written",
    [
        "Buzhong Yiqi Tang",
        "bu zhong yi qi tang",
        "buzhongyiqitang",
        "bǔ zhōng yì qì tāng",
        "Buzhong Yiqi decoction",
        "bu3zhong1 Yi4qi4tang1",
    ],
)
def test_pinyin_in_any_spacing_is_the_chinese_name(written: str) -> None:
    assert read(f"Which herbs are in {written}?") == [(written, "buzhong", "补中益气汤")]


def test_a_formula_in_pinyin_is_not_the_herb_it_begins_with() -> None:
    assert read("zhu ling tang") == [("zhu ling tang", "zhuling", "猪苓汤")]
    assert read("zhu ling") == [("zhu ling", "zhuling-herb", "")]


def test_pinyin_with_numbers_of_tones_is_the_name() -> None:
    assert read("含zhu1ling2的方剂") == [("zhu1ling2", "zhuling-herb", "ZHU LING")]
    assert read("zhu1 ling2 tang1") == [("zhu1 ling2 tang1", "zhuling", "猪苓汤")]
    assert read("zhu1 and ling2, aqp4zhu1ling2") == []


def test_long_words_are_told_from_pinyin_at_once() -> None:
    assert is_pinyin("iong" * 1000)
    assert not is_pinyin("iong" * 1000 + "x")
    assert is_pinyin("guer")


def test_a_symbol_in_small_letters_with_a_hyphen_is_the_name() -> None:
    assert read("aqp-4与AQP-4") == [("aqp-4", "aqp4", "AQP4"), ("AQP-4", "aqp4", "")]
    assert read("group aqp 4, cat-2 and anti-aqp-44") == []


def test_a_character_of_the_same_sound_is_read_as_the_name() -> None:
    assert read("补中一气汤由什么组成") == [("补中一气汤", "buzhong", "补中益气汤")]
    assert read("含朱苓的方剂") == [("朱苓", "zhuling-herb", "猪苓")]


def test_a_missing_or_wrong_letter_is_read_as_the_name() -> None:
    assert read("Where is baicalien found?", "where", "found") == [("baicalien", "baicalein", "baicalein")]
    assert read("isofraxdin glucosid") == [("isofraxdin glucosid", "scopoletin", "isofraxidin glucoside")]


def test_words_that_are_known_are_no_misspellings() -> None:
    assert read("Where is baicalien found?", "where", "is", "baicalien", "found") == []


def test_nothing_is_guessed_where_a_name_is_written_right() -> None:
    assert read("baicalien in starch") == [("starch", "starch", "")]


def test_a_name_inside_a_term_of_another_meaning_is_no_mention() -> None:
    assert read("β淀粉样蛋白") == []
    assert [link.entity_id for link in LINKER.link("淀粉样蛋白与淀粉")] == ["starch"]


def test_a_term_is_linked_by_its_english_words_and_they_by_the_term() -> None:
    assert read("黄芩素") == [("黄芩素", "baicalein", "")]
    assert read("xiaoyao powder") == [("xiaoyao powder", "xiaoyao", "")]
    assert read("人参皂苷Rg1") == [("人参皂苷Rg1", "rg1", "")]


def test_one_english_word_keeps_every_kind_of_a_plant() -> None:
    (link,) = LINKER.link_question("Which formulas hold figwort?")
    assert link.candidates == ("figwort", "northern")


def test_a_name_inside_a_word_of_the_language_is_no_mention() -> None:
    linker = Linker.build([entity("rhubarb", "Herb", ("大黄", "zh"))], load_domain("ecs_tcm").ontology)
    assert linker.link("大黄蜂与人") == []
    assert linker.link("大黄与人") == [Link(0, 2, EntityId("rhubarb"), (EntityId("rhubarb"),))]


@pytest.mark.parametrize(
    ("a", "b", "errors"), [("abcd", "abcd", 0), ("abcd", "abdc", 1), ("abcd", "acd", 1), ("abcd", "xbxd", 2)]
)
def test_errors_are_counted(a: str, b: str, errors: int) -> None:
    assert distance(a, b, 2) == errors


def test_the_nearest_names_are_found() -> None:
    known = Misspellings(["quercetin", "quercitrin", "isoquercitrin", "short"])
    assert known.near("quercetn") == ("quercetin",)
    assert known.near("isoqercitrn") == ("isoquercitrin",)
    assert known.near("shrt") == ()


@pytest.mark.parametrize(
    ("item", "found"),
    [
        ("玄参", "figwort"),
        ("Figwort, sliced (玄参)", "figwort"),
        ("Figwort, sliced（玄参）", "figwort"),
        ("(玄参) of the north", None),
        ("baicalein in mice", None),
        ("", None),
    ],
)
def test_a_whole_text_is_a_name_or_ends_with_one_in_brackets(item: str, found: str | None) -> None:
    link = LINKER.link_whole(item)
    assert (link.entity_id if link else None) == found


@pytest.mark.parametrize("text", ["Does IL-1β rise?", "il-1.5 per day", "il-1+ cells", "A1-A2 astrocytes after injury"])
def test_no_symbol_is_read_out_of_a_longer_one_and_no_tones_out_of_numbered_letters(text: str) -> None:
    names = [entity("il1", "Gene", ("IL1", "symbol")), entity("aa", "Compound", ("AA", "en"))]
    linker = Linker.build(names, load_domain("ecs_tcm").ontology)
    assert [link.entity_id for link in linker.link_question("il-1 in rats")] == ["il1"]
    assert linker.link_question(text) == []
