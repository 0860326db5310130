"""The values of a parsed question."""

from retrieval.question.domain import Intent, Question

READ = {Intent.SUMMARIZE_DOCUMENT: 0.5, Intent.SERVICE: 0.3, Intent.LIST_PAPERS: 0.2}


def test_a_question_that_the_records_cannot_answer_has_the_likeliest_other_intent_that_is_searched_for() -> None:
    question = Question("Summarise the papers", "en", Intent.SUMMARIZE_DOCUMENT, "Summarise the papers", READ)
    assert question.without(Intent.SUMMARIZE_DOCUMENT).intent is Intent.LIST_PAPERS


def test_a_question_with_one_intent_keeps_it() -> None:
    question = Question("Summarise it", "en", Intent.SUMMARIZE_DOCUMENT, "Summarise it")
    assert question.without(Intent.SUMMARIZE_DOCUMENT) is question
