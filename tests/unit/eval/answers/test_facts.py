"""Facts are found by their words and numbers, or given by quotes or triples, and no more than that."""

from dataclasses import replace

from eval.answers.domain import AnswerQuestion
from eval.answers.facts import facts_found, facts_given, states
from tests.unit.eval.answers.answered import answer, fact, passage

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


def test_every_number_of_the_fact_must_be_there() -> None:
    fact = "The half-life of the tracer in the cortex was 90 minutes"
    assert states("The tracer had a half-life of 90 minutes in cortex.", fact)
    assert not states("The tracer had a half-life of 80 minutes in cortex.", fact)


def test_who_said_it_is_told_by_the_citation() -> None:
    fact = "Smith et al. 2017: dextran transport depended on its size"
    assert states("Transport of dextran depended on its size.", fact)
    assert not states("Smith studied mice in 2017.", fact)


def test_an_identifier_is_told_by_the_cited_source() -> None:
    assert facts_found(["The common paper is PMID 22987438"], "It is this one.", cited=["PM-22987438"]) == [True]
    assert facts_found(["The common paper is PMID 22987438"], "It is this one.", cited=["PM-1"]) == [False]


def test_traditional_and_simplified_characters_state_the_same() -> None:
    assert states("本方含有當歸與黃芪。", "方中含有当归和黄芪")


def test_words_far_apart_in_an_answer_do_not_make_a_fact() -> None:
    fact = "Dystrophin density lower retina lens"
    scattered = "Dystrophin is a protein.\nWater flows.\nThe retina sees.\nIce melts.\nA lens bends."
    assert facts_found([fact], scattered) == [False]
    assert facts_found([fact], "Dystrophin has low density in retina and lens.") == [True]


def test_a_latin_name_behind_a_chinese_one_need_not_be_said() -> None:
    assert states("共有的药：钩藤、杜仲。", "Shared: 钩藤 (Gou Teng), 杜仲 (Du Zhong)")


TWO = AnswerQuestion(
    "q",
    "What happens at night?",
    facts=("Astrocytes shrink", "Tracer inflow doubles"),
    sources=("PM-1",),
    quotes=("reduction of astroglial volume", "twice as much dye entered"),
)


def test_a_quote_that_is_repeated_gives_its_own_fact() -> None:
    said = answer(("There was twice as much dye entered.", (1,)), evidence=(passage(1, "x"),))
    assert facts_given(TWO, said) == [False, True]


def test_quotes_that_do_not_pair_with_facts_count_together() -> None:
    question = replace(TWO, facts=("Astrocytes shrink at night", "Inflow doubles", "Sleep matters"))
    both = answer(("A reduction of astroglial volume, and twice as much dye entered.", (1,)))
    assert facts_given(question, both) == [True, True, True]
    assert facts_given(question, answer(("A reduction of astroglial volume.", (1,)))) == [False, False, False]


def test_all_triples_give_all_facts_of_a_question_to_the_graph_alone() -> None:
    herb = replace(fact(1, "补血汤", "当归"), triple=("F1", "formula_has_herb", "H1"))
    question = AnswerQuestion(
        "g", "哪些药？", facts=("Seven ingredients make it up",), triples=(("F1", "formula_has_herb", "H1"),)
    )
    assert facts_given(question, answer(("含当归", (1,)), evidence=(herb,))) == [True]
    more = replace(question, triples=(*question.triples, ("F1", "formula_has_herb", "H2")))
    assert facts_given(more, answer(("含当归", (1,)), evidence=(herb,))) == [False]
