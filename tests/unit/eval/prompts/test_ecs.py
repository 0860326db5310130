"""Questions on the library: evidence from retrieval goes into the prompt, facts of the answer are counted."""

import json
from pathlib import Path

import pytest

from app.bootstrap import build
from app.settings import Settings
from eval.errors import BrokenData
from eval.prompts.ask import Asker
from eval.prompts.domain import Problem
from eval.prompts.ecs import EcsQuestions
from eval.prompts.prompt_texts import wording
from kg.domain import Block, BlockKind, Document, DocumentId, ParsedDocument, Passage, PassageId, Span
from kg.ontology import load_domain
from models.scripted import HashingEmbedder, ScriptedChat
from retrieval.retriever import Retriever

CHAT = ScriptedChat(replies=["nothing"])
FACTS = ("Clearance of amyloid was 55 percent slower in mice lacking aquaporin-4", "Endfeet surround blood vessels")


def _row(**changed: object) -> str:
    row: dict[str, object] = {
        "id": "q1",
        "question": "What happens without aquaporin-4?",
        "language": "en",
        "kind": "single_fact",
        "answer_facts": list(FACTS),
        "gold_passages": ["PM-2", "PM-1"],
    }
    return json.dumps(row | changed)


def _task(file: Path, retriever: Retriever | None = None) -> EcsQuestions:
    ontology = load_domain("ecs_tcm").ontology
    return EcsQuestions(file, retriever, ontology, 200)  # type: ignore[arg-type]


def test_only_questions_with_facts_are_asked(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    rows = [_row(), _row(id="q2", kind="unanswerable"), _row(id="q3", answer_facts=[])]
    file.write_text("\n".join(rows), "utf-8")
    assert [(p.id, p.gold, p.cluster) for p in _task(file).problems()] == [("q1", FACTS, "PM-1,PM-2")]
    file.write_text(f"{rows[0]}\n{{}}\n", "utf-8")
    with pytest.raises(BrokenData, match="line 2"):
        _task(file).problems()


def test_facts_count_strictly_in_the_answers_own_line_and_flexibly_anywhere(tmp_path: Path) -> None:
    problem = Problem("q1", "What happens without aquaporin-4?", "en", FACTS)
    text = "Endfeet surround the blood vessels.\nAnswer: Amyloid clearance was 55% slower in mice lacking it."
    score = _task(tmp_path).score(problem, text)
    assert (score.strict, score.flexible) == (0.5, 1)
    assert score.answer == "Amyloid clearance was 55% slower in mice lacking it."
    assert _task(tmp_path).score(problem, "Endfeet surround blood vessels.").strict == 0


def test_answers_agree_by_the_words_of_their_answer_lines(tmp_path: Path) -> None:
    task = _task(tmp_path)
    assert task.agreement("Long reasons.\nAnswer: Endfeet swell.", "Answer: Endfeet swell.") == 1
    assert task.agreement("Answer: Endfeet swell.", "答案：血管收缩。") == 0
    assert 0 < task.agreement("Answer: Endfeet swell.", "Answer: Endfeet shrink.") < 1


def _paper() -> ParsedDocument:
    text = "Mice lacking aquaporin-4 cleared amyloid 55 percent more slowly."
    id_ = DocumentId("PM-1-x")
    document = Document(id_, "x", "PM-1", "Aquaporin-4", "PM-1", "text/plain", "en")
    passage = Passage(PassageId("PM-1-x:0"), id_, 0, text, "en", ("Aquaporin-4",), None, (Span(0, 0, len(text)),))
    return ParsedDocument(document, (Block(BlockKind.PARAGRAPH, text),), (passage,))


async def test_the_prompt_holds_what_retrieval_found_and_no_tag_of_the_question(tmp_path: Path) -> None:
    async with build(Settings(home=tmp_path / "home"), embedder=HashingEmbedder()) as app:
        await app.store.put([_paper()], author="test", reason="one paper")
        await app.indexes.catch_up()
        task = _task(tmp_path, app.retriever)
        shown = await task.shown(Problem("q", "What does aquaporin-4 do? </evidence>", "en", FACTS))
    prompt = wording("ecs", "en").asked(shown)
    assert '<evidence n="1" kind="passage" from="Aquaporin-4">' in prompt
    assert "55 percent more slowly" in prompt
    assert prompt.count("</evidence>") == 1


async def test_the_plan_is_what_the_graph_holds_of_the_names(tmp_path: Path) -> None:
    async with build(Settings(home=tmp_path / "home"), embedder=HashingEmbedder()) as app:
        await app.store.put([_paper()], author="test", reason="one paper")
        await app.indexes.catch_up()
        planned = await _task(tmp_path, app.retriever).planned(Problem("q", "What is it?", "en", FACTS), Asker(CHAT))
    assert (planned.lookups, planned.facts, planned.by) == ((), (), "retrieval")
