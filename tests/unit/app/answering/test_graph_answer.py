"""The graph's answers in the reader's words, each item cited."""

from dataclasses import replace

import pytest

from app.answering.composed import Composed
from app.answering.evidence import labels_of
from app.answering.graph_answer import answers_alone, compose, empty_text
from app.answering.messages import messages_in
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
        ("天麻钩藤饮由哪些中药组成？", "zh",
         "图谱中与天麻钩藤饮相连的中药共 3 个，已全部列出：钩藤[1]、栀子[2]、天麻[3]。"),
        ("天麻钩藤饮含有栀子吗？", "zh", "是，图谱中记载：天麻钩藤饮 方含药 栀子[1]。"),
        ("羚角钩藤汤含有天麻吗？", "zh", "否：图谱中与羚角钩藤汤相连的中药共 1 个，其中没有天麻。[1]"),
        ("天麻钩藤饮和羚角钩藤汤哪个药味更多？", "zh",
         "天麻钩藤饮的中药更多：天麻钩藤饮 3 个、羚角钩藤汤 1 个。[1][2][3]…"),
        ("Which formulas contain 钩藤 but not 天麻?", "en",
         "1 formula linked with 钩藤 in the graph, not with 天麻, all listed: 羚角钩藤汤[1]."),
        ("天麻钩藤饮中每味药各含多少种成分？", "zh",
         "图谱中天麻钩藤饮的中药共 3 个，各自的化合物数，已全部列出：栀子 1 个[1]、天麻 1 个[2]、钩藤 0 个[3]。"),
        ("How many herbs does 天麻钩藤饮 contain?", "en",
         "3 herbs linked with 天麻钩藤饮 in the graph, all listed: 钩藤[1], 栀子[2], 天麻[3]."),
    ],
)  # fmt: skip
async def test_answers_state_the_number_and_cite_every_item(question: str, language: Language, text: str) -> None:
    answer = await composed(question, language)
    assert answer.text == text
    numbers = {i.number for i in answer.items}
    assert all(s.citations and set(s.citations) <= numbers for s in answer.sentences)


async def test_what_stands_beside_no_name_is_refused_in_words_that_name_it() -> None:
    result = (await SmallRetriever().retrieve(Query("哪些方剂不含天麻？"))).graph
    assert answers_alone(result)
    assert result is not None
    told = empty_text(result, DOMAIN.ontology, messages_in("zh"), "zh")
    assert told == "图谱只能列出与 天麻 有关联的方剂，不能列出没有关联的。"


async def test_all_that_was_found_is_shown_or_told() -> None:
    answer = await composed("天麻钩藤饮和羚角钩藤汤分别由哪些中药组成？", "zh")
    assert (answer.total, answer.shown, len(answer.sentences)) == (4, 4, 2)


async def test_a_name_that_is_written_otherwise_is_told_with_what_it_was_read_as() -> None:
    result = (await SmallRetriever().retrieve(Query("天麻钩藤饮由哪些中药组成？"))).graph
    assert result is not None
    meant = replace(result, mentions=tuple(replace(m, read_as="天麻钩藤汤") for m in result.mentions))
    told = compose(meant, DOMAIN.ontology, labels_of(DOMAIN, "en"), messages_in("en"), "en")
    assert "linked with 天麻钩藤饮 (read as 天麻钩藤汤)" in told.text


async def test_several_records_of_one_name_are_told() -> None:
    result = (await SmallRetriever().retrieve(Query("天麻钩藤饮由哪些中药组成？"))).graph
    assert result is not None
    meant = replace(result, mentions=tuple(replace(m, senses=m.senses * 2) for m in result.mentions))
    told = compose(meant, DOMAIN.ontology, labels_of(DOMAIN, "zh"), messages_in("zh"), "zh")
    assert "天麻钩藤饮（2 条同名记录）" in told.text
