"""Suites go through the service's own use case; runs are kept, resumed and measured again."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.providers import ChatChoice
from app.settings import Settings
from eval.answers.domain import AnswerQuestion, AnswerSuite, GivenPassage
from eval.answers.measure import measured
from eval.answers.run import opened
from eval.runs import EvalRuns, Item, UnknownRun
from models.scripted import HashingEmbedder, ScriptedChat

GIVEN = AnswerSuite(
    "rgb",
    (
        AnswerQuestion(
            "noise-1",
            "How many seats has the council of Linden?",
            kind="noise",
            answers=(("70",),),
            given=(
                GivenPassage("p0", "The river Alm flows through the town of Linden."),
                GivenPassage("p1", "The council of Linden has 70 seats, elected in 2016."),
            ),
        ),
        AnswerQuestion(
            "refusal-1",
            "How many seats has the council of Linden?",
            kind="refusal",
            answers=(("70",),),
            answerable=False,
            given=(GivenPassage("p2", "The river Alm flows through the hills."),),
        ),
    ),
    "given",
)


def scripted(*replies: str) -> ChatChoice:
    return ChatChoice(ScriptedChat(replies=replies), "scripted", "scripted", "a test")


async def test_given_passages_are_the_evidence_of_the_use_case(tmp_path: Path) -> None:
    settings, embedder = Settings(home=tmp_path), HashingEmbedder()
    chat = scripted("The council of Linden has 70 seats [2].")
    async with opened(GIVEN, settings, data=None, embedder=embedder, chat=chat) as service:
        answered = await service.answer(GIVEN.questions[0])
    assert answered.claimed == "The council of Linden has 70 seats."
    assert {e.source: e.text for e in answered.evidence}["p1"] == "The council of Linden has 70 seats, elected in 2016."
    assert answered.sentences[0].citations == (2,)
    assert answered.prompt_tokens > 0
    assert answered.run


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr("eval.answers.measure.embedder_of", lambda _: HashingEmbedder())
    return Settings(home=tmp_path / "home", chat="extractive")


async def test_a_suite_is_measured_kept_and_measured_again(home: Settings, tmp_path: Path) -> None:
    kept = await measured(GIVEN, home, data=tmp_path)
    assert kept.system == "extractive"
    assert kept.figures["n"] == 2.0
    assert kept.figures["right noise"] == 1.0
    assert [i.detail["question"] for i in kept.items] == [q.text for q in GIVEN.questions]
    again = await measured(GIVEN, home, data=tmp_path, rescore=kept.id)
    assert again.manifest["answers_of"] == kept.id
    assert again.figures == kept.figures
    assert len(EvalRuns(home.home_path / "eval" / "runs").all()) == 2


async def test_a_run_goes_on_where_it_was_cut_without_asking_again(home: Settings, tmp_path: Path) -> None:
    whole = await measured(GIVEN, home, data=tmp_path)
    runs = EvalRuns(home.home_path / "eval" / "runs")
    cut = runs.begin("answers", "rgb", "extractive", manifest=whole.manifest)
    first, second = whole.items
    cut.append(replace(first, metrics={**first.metrics, "right": 0.0}))
    resumed = await measured(GIVEN, home, data=tmp_path, resume=cut.id)
    assert [(i.id, i.metrics.get("right")) for i in resumed.items] == [(first.id, 0.0), (second.id, None)]


async def test_a_run_is_not_resumed_with_other_options(home: Settings, tmp_path: Path) -> None:
    runs = EvalRuns(home.home_path / "eval" / "runs")
    run = runs.begin("answers", "rgb", "extractive", manifest={"chat": "another"})
    with pytest.raises(UnknownRun, match="another chat"):
        await measured(GIVEN, home, data=tmp_path, resume=run.id)


async def test_answers_are_taken_only_from_a_run_that_has_them(home: Settings, tmp_path: Path) -> None:
    runs = EvalRuns(home.home_path / "eval" / "runs")
    other = runs.keep("retrieval", "rgb", "bm25", [], figures={}, manifest={})
    with pytest.raises(UnknownRun, match="holds no answers"):
        await measured(GIVEN, home, data=tmp_path, rescore=other.id)


async def test_answers_of_an_earlier_version_are_refused_by_name(home: Settings, tmp_path: Path) -> None:
    runs = EvalRuns(home.home_path / "eval" / "runs")
    items = [Item(GIVEN.questions[0].id, {}, detail={"answer": "70"})]
    old = runs.keep("answers", "rgb", "extractive", items, figures={}, manifest={})
    with pytest.raises(UnknownRun, match="earlier version"):
        await measured(GIVEN, home, data=tmp_path, rescore=old.id)


def test_a_limit_takes_evenly_from_the_whole_suite() -> None:
    questions = tuple(
        AnswerQuestion(str(n), "?", kind="ab"[n % 2], language="zh" if n > 5 else "en") for n in range(10)
    )
    suite = AnswerSuite("x", questions, "own")
    assert [q.id for q in suite.only(limit=4).questions] == ["0", "2", "5", "7"]
    assert [q.id for q in suite.only(kinds=("a",), languages=("zh",)).questions] == ["6", "8"]
    assert suite.only(limit=99) == suite
