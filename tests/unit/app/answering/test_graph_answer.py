"""The graph's answers in the reader's words, each item cited."""

import pytest

from app.answering.graph_answer import Composed, answers_alone, compose
from app.answering.messages import messages_in
from app.answering.prepare import labels_of
from kg.domain import Language
from kg.ontology import load_domain
from retrieval.domain import Query
from tests.unit.app.answering.library import SmallRetriever

DOMAIN = load_domain("ecs_tcm")


async def composed(question: str, language: Language) -> Composed:
    result = (await SmallRetriever().retrieve(Query(question))).graph
    assert result is not None
    assert answers_alone(result)
    return compose(result, DOMAIN.ontology, labels_of(DOMAIN, language), messages_in(language), language)


@pytest.mark.parametrize(
    ("question", "language", "text"),
    [
        ("天麻钩藤饮由哪些中药组成？", "zh", "图谱中与天麻钩藤饮相连的中药共 3 个：钩藤[1]、栀子[2]、天麻[3]。"),
        ("天麻钩藤饮含有栀子吗？", "zh", "是，图谱中记载：天麻钩藤饮 方含药 栀子[1]。"),
        ("羚角钩藤汤含有天麻吗？", "zh", "否：图谱中与羚角钩藤汤相连的中药共 1 个，其中没有天麻。[1]"),
        ("天麻钩藤饮和羚角钩藤汤哪个药味更多？", "zh",
         "天麻钩藤饮的中药更多：天麻钩藤饮 3 个、羚角钩藤汤 1 个。[1][2][3]…"),
        ("Which formulas contain 钩藤 but not 天麻?", "en",
         "1 formula linked with 钩藤 in the graph, not with 天麻: 羚角钩藤汤[1]."),
        ("How many herbs does 天麻钩藤饮 contain?", "en",
         "3 herbs linked with 天麻钩藤饮 in the graph: 钩藤[1], 栀子[2], 天麻[3]."),
    ],
)  # fmt: skip
async def test_answers_state_the_number_and_cite_every_item(question: str, language: Language, text: str) -> None:
    answer = await composed(question, language)
    assert answer.text == text
    numbers = {i.number for i in answer.items}
    assert all(s.citations and set(s.citations) <= numbers for s in answer.sentences)


async def test_all_that_was_found_is_shown_or_told() -> None:
    answer = await composed("天麻钩藤饮和羚角钩藤汤分别由哪些中药组成？", "zh")
    assert (answer.total, answer.shown, len(answer.sentences)) == (4, 4, 2)
