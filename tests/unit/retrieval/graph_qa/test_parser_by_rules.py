"""What a question asks of the graph, read by rules in both languages."""

import pytest

from kg.domain import Entity, EntityId, Name, Polarity
from kg.ontology import load_domain
from retrieval.graph_qa.entity_mentions import EntityMention
from retrieval.graph_qa.parsed_question import Combine, Form, ParsedQuestion
from retrieval.graph_qa.parser_by_rules import RuleParser

PARSER = RuleParser(load_domain("ecs_tcm").ontology)
TYPES = {
    "黄芪": "Herb", "当归": "Herb", "川芎": "Herb", "天麻": "Herb", "四君子汤": "Formula", "四物汤": "Formula",
    "Huang Qi": "Herb", "Dang Gui": "Herb", "Chuan Xiong": "Herb", "Sijunzi Tang": "Formula",
    "gastrodin": "Compound", "ferulic acid": "Compound", "AQP4": "Gene", "AQP1": "Gene", "肺经": "Meridian",
}  # fmt: skip


def named(question: str) -> tuple[EntityMention, ...]:
    found = []
    for name, type_ in TYPES.items():
        at = question.find(name)
        if at >= 0:
            entity = Entity(EntityId(name), type_, (Name(name, "en" if name.isascii() else "zh", True),))
            found.append(EntityMention(at, at + len(name), name, (entity,)))
    return tuple(sorted(found, key=lambda n: n.start))


def read(question: str) -> ParsedQuestion:
    parsed, _ = PARSER.parse(question, named(question))
    assert parsed is not None
    return parsed


def names(question: str, numbers: tuple[int, ...]) -> list[str]:
    return [named(question)[i].surface for i in numbers]


@pytest.mark.parametrize(
    ("question", "form", "asked"),
    [
        ("哪些中药含有gastrodin？", Form.LIST, "Herb"),
        ("四君子汤由哪几味药组成？", Form.LIST, "Herb"),
        ("請列出含有黄芪的方劑", Form.LIST, "Formula"),
        ("Which compounds do Huang Qi and Dang Gui share?", Form.LIST, "Compound"),
        ("What are the chemical constituents of Huang Qi?", Form.LIST, "Compound"),
        ("有多少首方剂含有黄芪？", Form.COUNT, "Formula"),
        ("How many formulas contain Dang Gui?", Form.COUNT, "Formula"),
        ("AQP4参与哪些生物过程？", Form.LIST, "BiologicalProcess"),
        ("In the gene graph, which biological processes is AQP4 in?", Form.LIST, "BiologicalProcess"),
        ("是否有方剂同时含有黄芪和天麻？", Form.CHECK, "Formula"),
    ],
)
def test_the_kind_asked_for_is_the_noun_of_the_question_word(question: str, form: Form, asked: str) -> None:
    parsed = read(question)
    assert (parsed.form, asked in parsed.asked, parsed.alone) == (form, True, True)


@pytest.mark.parametrize(
    ("question", "without"),
    [
        ("黄芪有而当归没有的化合物有哪些？", ["当归"]),
        ("黄芪没有但当归含有的化合物有哪些？", ["黄芪"]),
        ("含黄芪但不含当归和川芎的方剂有哪些？", ["当归", "川芎"]),
        ("不含黄芪、但含当归的方剂有多少首？", ["黄芪"]),
        ("除了天麻，还有哪些中药含有gastrodin？", ["天麻"]),
        ("Which compounds are in Huang Qi but not in Dang Gui?", ["Dang Gui"]),
        ("Which compounds does Huang Qi contain that Dang Gui does not?", ["Dang Gui"]),
        ("Which formulas contain Huang Qi but neither Dang Gui nor Chuan Xiong?", ["Dang Gui", "Chuan Xiong"]),
        ("Which formulas use Huang Qi without Dang Gui?", ["Dang Gui"]),
        ("AQP1参与而AQP4不参与的生物过程有哪些？", ["AQP4"]),
        ("四物汤比四君子汤多了哪些药？", ["四君子汤"]),
        ("Which formulas contain Huang Qi and Dang Gui?", []),
        ("黄芪和当归有没有共同的化合物？", []),
    ],
)
def test_a_negation_excludes_the_names_it_is_said_of(question: str, without: list[str]) -> None:
    assert names(question, read(question).without) == without


@pytest.mark.parametrize(
    ("question", "form", "least"),
    [
        ("黄芪和当归，哪个含有的化合物更多？", Form.COMPARE, False),
        ("Which has fewer herbs, 四君子汤 or 四物汤?", Form.COMPARE, True),
        ("黄芪、当归和川芎中哪味药所含化合物最多？", Form.COMPARE, False),
        ("含有黄芪和当归的方剂中，哪首药味最多？", Form.MOST, False),
        ("Which formula that contains Huang Qi has the fewest herbs?", Form.MOST, True),
    ],
)
def test_names_are_compared_and_sets_have_a_most(question: str, form: Form, least: bool) -> None:
    parsed = read(question)
    assert (parsed.form, parsed.least) == (form, least)


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("四君子汤出自哪本书？", "source"),
        ("What is the dose of each herb in Sijunzi Tang?", "composition"),
        ("黄芪的拉丁名是什么？", "name:la"),
        ("What is the CAS number of gastrodin?", "cas"),
        ("黄芪歸什麼經？", "meridian"),
    ],
)
def test_a_property_is_asked_by_its_words(question: str, key: str) -> None:
    parsed = read(question)
    assert parsed.form is Form.ATTRIBUTE
    assert key in parsed.attributes


@pytest.mark.parametrize(
    "question",
    [
        "黄芪含有gastrodin吗？",
        "Does Huang Qi contain gastrodin?",
        "黄芪是不是四君子汤的组成药物？",
        "Is Huang Qi in Sijunzi Tang?",
    ],
)
def test_yes_or_no_is_told_from_a_list(question: str) -> None:
    assert read(question).form is Form.CHECK


def test_each_any_and_all_are_told_apart() -> None:
    assert read("黄芪和当归分别含有多少种化合物？").combine is Combine.EACH
    assert read("含有黄芪或当归的方剂一共有多少首？").combine is Combine.ANY
    assert read("Which formulas contain both Huang Qi and Dang Gui?").combine is Combine.ALL


def test_a_kind_beside_a_name_tells_what_the_name_is() -> None:
    gene = Entity(EntityId("g"), "Gene", (Name("AQP4", "symbol"),))
    protein = Entity(EntityId("p"), "Protein", (Name("AQP4", "symbol"),))
    question = "Which biological processes is the gene AQP4 in?"
    at = question.index("AQP4")
    _, narrowed = PARSER.parse(question, [EntityMention(at, at + 4, "AQP4", (protein, gene))])
    assert narrowed[0].senses == (gene,)


def test_raising_and_lowering_have_a_direction() -> None:
    assert (read("哪些化合物提高AQP4？").polarity, read("哪些化合物提高AQP4？").direction) == (Polarity.POSITIVE, "in")
    assert read("Which compounds are lowered by AQP4?").direction == "out"


def test_papers_and_words_of_their_own_are_not_for_the_graph_alone() -> None:
    assert not read("论文中哪些中药含有gastrodin？").alone
    assert not read("Which herbs with gastrodin improved spatial memory of aged rats?").alone


def test_an_unknown_word_in_a_list_of_names_leaves_no_plan() -> None:
    question = "哪些方剂同时含有黄芪和仙鹤根草？"
    assert PARSER.parse(question, named(question))[0] is None


def test_a_word_with_its_known_name_in_brackets_is_known() -> None:
    parsed = read("四君子汤中哪些药含有某某素(gastrodin)和某某碱(ferulic acid)？")
    assert (parsed.about, parsed.rest, parsed.alone) == ((0, 1, 2), (), True)


def test_a_question_without_names_leaves_no_plan() -> None:
    assert PARSER.parse("哪些中药最好？", ())[0] is None


@pytest.mark.parametrize(
    ("question", "asked", "by", "least"),
    [
        ("四物汤里哪味药的成分最多？", "Herb", "Compound", False),
        ("四物汤的各味药里，成分最少的是哪一味？", "Herb", "Compound", True),
        ("Which ingredient of Sijunzi Tang has the most compounds?", "Herb", "Compound", False),
    ],
)
def test_a_noun_of_two_kinds_leaves_one_to_the_noun_beside_it(question: str, asked: str, by: str, least: bool) -> None:
    parsed = read(question)
    assert (parsed.form, set(parsed.asked), set(parsed.by), parsed.least) == (Form.MOST, {asked}, {by}, least)


@pytest.mark.parametrize(
    "question",
    ["四物汤中每味药各含多少种成分？", "How many compounds does each herb of Sijunzi Tang have?"],
)
def test_a_number_for_each_thing_is_a_tally(question: str) -> None:
    parsed = read(question)
    assert (parsed.form, set(parsed.asked), set(parsed.by), parsed.alone) == (Form.TALLY, {"Herb"}, {"Compound"}, True)


def test_what_is_shared_is_one_list_even_where_each_is_asked() -> None:
    parsed = read("四君子汤和四物汤共有的药有几味？分别是什么？")
    assert (parsed.form, parsed.combine, parsed.shared) == (Form.COUNT, Combine.ALL, True)


def test_a_foreign_word_before_its_name_in_brackets_is_that_name() -> None:
    parsed = read("According to the graph, does Sijunzi Tang contain angelica root (当归)?")
    assert (parsed.form, parsed.rest, parsed.alone) == (Form.CHECK, (), True)


def test_question_words_in_pinyin_are_read_as_chinese() -> None:
    parsed = read("Sijunzi Tang li you na xie yao")
    assert (parsed.form, "Herb" in parsed.asked, parsed.alone) == (Form.LIST, True, True)
    assert read("Sijunzi Tang de zu cheng").attributes == ("composition",)


def test_words_that_are_no_pinyin_are_left_as_they_are() -> None:
    assert read("Which herbs are in Sijunzi Tang?").form is Form.LIST


def test_a_value_of_an_attribute_narrows_a_list() -> None:
    parsed = read("Which herbs of Sijunzi Tang enter the Spleen meridian?")
    assert (parsed.form, parsed.having, parsed.having_not) == (Form.LIST, ("meridian",), False)
    assert "spleen" in parsed.rest
    assert parsed.alone


def test_a_negated_value_is_no_value_that_is_asked_for() -> None:
    parsed = read("In Sijunzi Tang, which herbs are not recorded as entering the Spleen meridian?")
    assert (parsed.having, parsed.having_not, parsed.without) == (("meridian",), True, ())
