"""Chinese terms and their English words: the matching and the bundled files."""

import re
from collections import Counter
from pathlib import Path

import pytest

import retrieval.text.glossary
from kg.names.spelling import HAN_RUN, normalise
from kg.ontology import DOMAINS
from retrieval.text.glossary import Glossary, bundled_glossary, glossary_of

_GENERAL = Path(retrieval.text.glossary.__file__).parent / "glossaries"
FILES = sorted([*_GENERAL.glob("*.tsv"), *(DOMAINS / "ecs_tcm").glob("glossary*.tsv")])
WORD = re.compile(r"[A-Za-z0-9][\w+'./()-]*")
ROWS = [
    (file.stem, line.split("\t")) for file in FILES for line in file.read_text("utf-8").removesuffix("\n").split("\n")
]
TERMS = [(field, row) for field, row in ROWS if row[0] != "zh"]


def test_the_longest_term_wins() -> None:
    glossary = Glossary({"脑": "brain", "脑脊液": "cerebrospinal fluid", "脑脊液漏": "CSF leak"})
    assert glossary.terms("脑脊液漏和脑脊液") == {"脑脊液漏": "CSF leak", "脑脊液": "cerebrospinal fluid"}


def test_terms_stand_in_the_order_of_the_text_and_once() -> None:
    glossary = Glossary({"小鼠": "mouse", "鼠": "mouse", "睡眠": "sleep"})
    assert glossary.english("睡眠中的小鼠,醒来的鼠") == "sleep mouse"


def test_a_translation_has_its_own_terms_before_those_of_searches_and_searches_have_none_of_them() -> None:
    glossary = Glossary(
        {"组织液": "interstitial fluid", "液": "fluid"}, told={"interstitial fluid": "间质液", "endfeet": "终足"}
    )
    assert glossary.chinese("Interstitial fluids flow along endfeet into a fluid") == {
        "Interstitial fluids": "间质液",
        "endfeet": "终足",
        "fluid": "液",
    }
    assert glossary.english("间质液和终足") == "fluid"


def test_each_english_term_of_the_bundled_translations_has_one_chinese_term() -> None:
    lines = (DOMAINS / "ecs_tcm" / "translations.tsv").read_text("utf-8").removesuffix("\n").split("\n")
    assert lines[0] == "en\tzh"
    rows = [tuple(line.split("\t")) for line in lines[1:]]
    assert all(len(row) == 2 for row in rows)
    assert rows == sorted(set(rows))
    assert max(Counter(en for en, _ in rows).values()) == 1
    assert all(WORD.match(en) and en == " ".join(en.split()) and HAN_RUN.search(zh) for en, zh in rows)
    assert bundled_glossary().chinese("in paravascular spaces after postnatal growth")["postnatal"] == "出生后"


def test_a_weak_word_is_not_asked_for_and_hides_what_stands_in_it() -> None:
    glossary = Glossary({"水": "water"}, weak={"水平"})
    assert glossary.english("水平") == ""
    assert glossary.english("水的水平") == "water"


def test_text_without_terms_has_no_english() -> None:
    assert Glossary({"脑": "brain"}).english("What flows?") == ""
    assert Glossary({}).english("脑脊液") == ""


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("腦脊液的流動", "脑脊液"),
        ("膠質淋巴系統", "胶质淋巴系统"),
        ("星形膠質細胞終足", "星形胶质细胞终足"),
        ("蛛網膜下腔出血", "蛛网膜下腔出血"),
        ("ＡＱＰ４敲除", "aqp4敲除"),
        ("Ｔ細胞", "t细胞"),
        ("β－淀粉样蛋白", "β-淀粉样蛋白"),
        ("天麻鉤藤飲", "天麻钩藤饮"),
    ],
)
def test_traditional_and_full_width_characters_find_the_same_terms(text: str, term: str) -> None:
    found = bundled_glossary().terms(text)
    assert term in found
    assert found == bundled_glossary().terms(normalise(text))


@pytest.mark.parametrize(
    ("names", "word"),
    [
        (("胶质淋巴系统", "类淋巴系统", "胶状淋巴系统"), "glymphatic"),
        (("脑间质液", "组织间液", "脑组织液", "间质液"), "interstitial"),
        (("水通道蛋白4", "水通道蛋白-4", "水孔蛋白4"), "AQP4"),
        (("阿尔茨海默病", "阿兹海默症", "老年痴呆症"), "Alzheimer's"),
    ],
)
def test_variant_names_meet_the_same_english_word(names: tuple[str, ...], word: str) -> None:
    for name in names:
        assert word in bundled_glossary().english(name).split()


def test_a_field_of_terms_is_a_file_under_a_head_line() -> None:
    assert [row for _, row in ROWS if row[0] == "zh"] == [["zh", "en", "weight"]] * len(FILES)
    assert len(TERMS) >= 5000


def test_terms_are_normalised_not_latin_and_of_a_plausible_length() -> None:
    wrong = [
        row[0] for _, row in TERMS if row[0] != normalise(row[0]) or row[0].isascii() or not 1 <= len(row[0]) <= 20
    ]
    assert wrong == []


def test_no_term_is_told_twice() -> None:
    told = [row[0] for _, row in TERMS]
    assert [term for term, times in Counter(told).items() if times > 1] == []


def test_english_is_one_to_eight_plain_words() -> None:
    wrong = [
        row
        for _, row in TERMS
        if not 1 <= len(row[1].split()) <= 8 or not all(WORD.fullmatch(w) for w in row[1].split())
    ]
    assert wrong == []


def test_the_third_column_marks_weak_words_only() -> None:
    assert {tuple(row[2:]) for _, row in TERMS} == {(), ("weak",)}
    assert bundled_glossary().english("本研究的结果和结论") == ""


def test_each_subject_has_terms_of_its_own() -> None:
    physics, herbs = (glossary_of(DOMAINS / name) for name in ("alevel_physics", "ecs_tcm"))
    assert physics.english("光电效应") == "photoelectric effect"
    assert "photoelectric effect" not in herbs.english("光电效应")
    assert "logistic regression" in physics.english("logistic回归")


def test_the_english_terms_of_a_sentence_are_found_with_the_chinese_ones() -> None:
    glossary = Glossary(
        {"大鼠": "rat rats", "脑": "brain", "脑损伤": "brain injury", "创伤性脑损伤": "traumatic brain injury TBI"}
    )
    assert glossary.chinese("Rats with brain injury") == {"Rats": "大鼠", "brain injury": "脑损伤"}
    assert glossary.chinese("a traumatic brain injury (TBI), an injury, TBI") == {
        "traumatic brain injury TBI": "创伤性脑损伤"
    }
    assert glossary.chinese("a traumatic brain injury") == {"traumatic brain injury": "创伤性脑损伤"}
    assert Glossary({}).chinese("rats") == {}
