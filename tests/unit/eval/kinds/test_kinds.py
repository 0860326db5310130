"""Questions by kind are asked of the product and held against their gold strings."""

import json
from pathlib import Path

import pytest

from app.bootstrap import build
from app.providers import ChatChoice
from app.settings import Settings
from eval.answers.domain import Answered, Said
from eval.errors import BrokenData
from eval.kinds.command import document_of, measured
from eval.kinds.questions import KindQuestion, faults, read_questions
from models.scripted import HashingEmbedder, ScriptedChat

ROW = {
    "id": "k1", "kind": "collection", "language": "en", "question": "How many papers are there?",
    "history": [{"role": "user", "text": "Hello."}], "gold": ["4"], "never": ["fourteen"], "answered": True,
}  # fmt: skip


def question(*, answered: bool = True) -> KindQuestion:
    return KindQuestion("k1", "collection", "en", "How many?", (), ("4",), ("fourteen",), answered, "Says four.")


def said(text: str, *citations: int, sufficiency: str = "answer") -> Answered:
    return Answered(text, (Said(text, citations, "supported"),), sufficiency=sufficiency)


def test_a_right_answer_cites_and_holds_the_gold_and_nothing_forbidden() -> None:
    assert faults(question(), said("There are 4 papers.", 1)) == []
    assert faults(question(), said("There are 4 papers.")) == ["no answer with citations"]
    assert faults(question(), said("There are 4, not fourteen.", 1)) == ["says 'fourteen'"]


def test_a_number_is_held_as_a_whole_number() -> None:
    assert faults(question(), said("There are 14 papers.", 1)) == ["lacks '4'"]


def test_where_no_answer_is_right_a_cited_one_is_wrong() -> None:
    refusal = question(answered=False)
    assert faults(refusal, said("I hold 4 papers.")) == []
    assert faults(refusal, said("4 mg a day is safe.", 2)) == ["answered with citations"]


def test_a_line_of_another_format_is_named(tmp_path: Path) -> None:
    file = tmp_path / "kinds.jsonl"
    file.write_text(json.dumps(ROW) + "\n" + json.dumps({"id": "k2"}), "utf-8")
    with pytest.raises(BrokenData, match="line 2"):
        read_questions(file)


async def test_the_product_is_asked_and_failures_are_listed_with_their_faults(tmp_path: Path) -> None:
    file = tmp_path / "kinds.jsonl"
    refused = {**ROW, "id": "k2", "kind": "off_topic", "gold": [], "answered": False, "history": []}
    file.write_text(json.dumps(ROW) + "\n" + json.dumps(refused), "utf-8")
    questions = read_questions(file)
    assert questions[0].history[0].text == "Hello."
    settings = Settings(home=tmp_path / "home")
    async with build(settings, embedder=HashingEmbedder()) as app:
        await app.indexes.rebuild()
    run = await measured(
        questions,
        file,
        settings,
        lambda stage, done, total: None,
        embedder=HashingEmbedder(),
        chat=ChatChoice(ScriptedChat(replies=["nothing"]), "scripted", "scripted", "a test"),
    )
    told = document_of(run)
    assert (told["n"], told["right"], told["chat"]) == (2, 1, "scripted")
    assert told["by_kind"]["off_topic"] == {"right": 1, "n": 1}
    assert [f["id"] for f in told["failures"]] == ["k1"]
    assert "no answer with citations" in told["failures"][0]["faults"]
