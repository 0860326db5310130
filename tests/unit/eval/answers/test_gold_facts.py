"""Gold facts are given in words, by quotes, or by triples."""

from dataclasses import replace

from eval.answers.domain import AnswerQuestion
from eval.answers.gold_facts import facts_given
from tests.unit.eval.answers.answered import answer, fact, passage

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
