"""Questions are asked, measured and grouped."""

from collections.abc import Mapping

import pytest

from eval.retrieval.ask import ask_all, clusters
from eval.retrieval.domain import Suite, SuiteQuestion, SuiteText
from eval.retrieval.figures import figures_of, groups_of, headline_of, stages_of
from eval.retrieval.systems import Ranked
from eval.runs import Json

TEXTS = tuple(SuiteText(id_, id_.upper(), f"text of {id_} " * 40) for id_ in "abcd")
QUESTIONS = (
    SuiteQuestion("1", "one?", {"a": 1}, "en", "single", 2),
    SuiteQuestion("2", "两个？", {"b": 1, "c": 2}, "zh", "list_summary", 3),
    SuiteQuestion("3", "three?", {"d": 1}, "en", "single", 2),
    SuiteQuestion("none", "nothing to find", {}),
)


class Fixed:
    """Finds the same texts for every question."""

    name, index_s, index_llm_tokens = "fixed", 0.0, 0

    parameters: Mapping[str, Json] = {}

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def rank(self, question: SuiteQuestion, k: int) -> Ranked:
        self.asked.append(question.id)
        return Ranked(("a", "b", "c"), {"embed": 5.0, "search": 2.0, "walk": 1.0}, llm_tokens=3)


async def test_every_question_with_gold_becomes_an_item_with_what_was_found_and_missed() -> None:
    system, told = Fixed(), []
    items = await ask_all(system, Suite("s", TEXTS, QUESTIONS), lambda what, done, total: told.append((done, total)))
    assert [i.id for i in items] == ["1", "2", "3"]
    assert system.asked == ["1", "1", "2", "3"]
    assert told[-1] == (3, 3)
    assert [i.metrics["recall@5"] for i in items] == [1.0, 1.0, 0.0]
    assert items[1].groups == {"language": "zh", "kind": "list_summary", "hops": "3"}
    found, missed = items[2].detail["found"], items[2].detail["missed"]
    assert isinstance(found, list)
    assert isinstance(missed, list)
    assert [row["id"] for row in found] == ["a", "b", "c"]
    assert [row["id"] for row in missed] == ["d"]
    assert missed[0]["title"] == "D"
    assert str(missed[0]["text"]).endswith("…")


async def test_figures_leave_the_embedding_of_the_question_out_of_the_time() -> None:
    items = await ask_all(Fixed(), Suite("s", TEXTS, QUESTIONS))
    figures = figures_of(items)
    assert figures["p50_ms"] == figures["p95_ms"] == 3.0
    assert figures["llm_tokens"] == 9
    assert figures["recall@5"] == pytest.approx(0.6667)
    assert stages_of(items)["embed"] == {"p50_ms": 5.0, "p95_ms": 5.0}


async def test_groups_have_means_of_their_own() -> None:
    groups = groups_of(await ask_all(Fixed(), Suite("s", TEXTS, QUESTIONS)))
    assert groups["hops"]["2"]["recall@5"] == 0.5
    assert groups["language"]["zh"]["n"] == 1
    assert set(groups["kind"]) == {"single", "list_summary"}


async def test_the_headline_of_the_ecs_suite_tells_lists_apart() -> None:
    items = await ask_all(Fixed(), Suite("ecs", TEXTS, QUESTIONS))
    assert headline_of("ecs", items) == {"recall@5 en without lists": 0.5, "recall@10 lists": 1.0}
    assert headline_of("rgb", items) == {}


def test_questions_on_shared_texts_are_one_cluster() -> None:
    questions = [
        SuiteQuestion("1", "", {"a": 1}),
        SuiteQuestion("2", "", {"b": 1}),
        SuiteQuestion("3", "", {"a": 1, "b": 1}),
        SuiteQuestion("4", "", {"c": 1}),
    ]
    assert clusters(questions) == {"1": "1", "2": "1", "3": "1", "4": "4"}


def test_a_whole_that_was_measured_is_not_the_sum_of_its_parts() -> None:
    assert Ranked((), {"embed": 5.0, "retrieve": 4.0, "walk": 1.0}).retrieve_ms == 4.0
