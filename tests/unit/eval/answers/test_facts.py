"""Facts are found by their words, numbers and directions, and no more than that."""

from eval.answers.facts import facts_found, states

QUESTION = "Which cell type pokes through the glial wrapping of capillaries?"
FACT = "The processes extending through the perivascular sheath were classified as microglial processes"


def test_a_short_answer_states_what_the_fact_adds_to_the_question() -> None:
    question = "Which process type extends through the perivascular sheath?"
    assert states("Microglia.", "Processes extending through the perivascular sheath are microglial", question=question)
    assert not states(
        "Neurons.", "Processes extending through the perivascular sheath are microglial", question=question
    )


def test_a_quoted_sentence_states_the_fact_in_other_forms_of_its_words() -> None:
    quoted = "Only there do processes, classified as processes of microglia, extend through the glial sheath."
    assert states(quoted, FACT, question=QUESTION)


def test_every_number_of_the_fact_must_be_there_in_some_unit() -> None:
    fact = "The half-life of the tracer in the cortex was 90 minutes"
    assert states("The tracer had a half-life of 1.5 hours in cortex.", fact)
    assert not states("The tracer had a half-life of 2 hours in cortex.", fact)


def test_the_opposite_direction_is_not_the_fact() -> None:
    fact = "Fluoxetine increased glymphatic clearance"
    assert states("Fluoxetine increased glymphatic clearance in mice.", fact)
    assert not states("Fluoxetine reduced glymphatic clearance in mice.", fact)


def test_who_said_it_is_told_by_the_citation() -> None:
    fact = "Smith et al. 2017: dextran transport depended on its size"
    assert states("Transport of dextran depended on its size.", fact)
    assert not states("Smith studied mice in 2017.", fact)


def test_an_identifier_is_told_by_the_cited_source() -> None:
    assert facts_found(["The common paper is PMID 22987438"], "It is this one.", cited=["PM-22987438"]) == [True]
    assert facts_found(["The common paper is PMID 22987438"], "It is this one.", cited=["PM-1"]) == [False]


def test_a_chinese_answer_states_an_english_fact_by_the_glossary() -> None:
    assert states("星形胶质细胞的水通道蛋白减少。", "Aquaporin of astrocytes decreased")
    assert not states("小胶质细胞吞噬突触。", "Aquaporin of astrocytes decreased")


def test_traditional_and_simplified_characters_state_the_same() -> None:
    assert states("本方含有當歸與黃芪。", "方中含有当归和黄芪")


def test_words_far_apart_in_an_answer_do_not_make_a_fact() -> None:
    fact = "Dystrophin density lower retina lens"
    scattered = "Dystrophin is a protein.\nWater flows.\nThe retina sees.\nIce melts.\nA lens bends."
    assert facts_found([fact], scattered) == [False]
    assert facts_found([fact], "Dystrophin has low density in retina and lens.") == [True]


def test_a_latin_name_behind_a_chinese_one_need_not_be_said() -> None:
    assert states("共有的药：钩藤、杜仲。", "Shared: 钩藤 (Gou Teng), 杜仲 (Du Zhong)")
